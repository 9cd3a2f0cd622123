//go:build unix

package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"runtime/debug"
)

type data struct {
	x      []float32
	labels []int32
}

// readData reads rows of so many features and their labels.
func readData(dir string, features int) (data, error) {
	x, err := readFloats(fmt.Sprintf("%s/x%d", dir, features))
	if err != nil {
		return data{}, err
	}
	d := data{x, make([]int32, len(x)/features)}
	return d, read(fmt.Sprintf("%s/labels%d", dir, features), d.labels)
}

// readFloats reads a file of nothing but little-endian float32.
func readFloats(name string) ([]float32, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	x := make([]float32, info.Size()/4)
	return x, read(name, x)
}

func read(name string, into any) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return binary.Read(f, binary.LittleEndian, into)
}

// version returns that of GoMLX.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range info.Deps {
		if m.Path == "github.com/gomlx/gomlx" {
			return m.Version
		}
	}
	return ""
}
