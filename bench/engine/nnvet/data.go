//go:build unix

package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"

	"github.com/nnvet/nnvet/internal/engine"
)

// readData reads rows of so many features and their labels.
func readData(dir string, features int) (engine.Data, error) {
	x, err := readFloats(filepath.Join(dir, fmt.Sprintf("x%d", features)))
	if err != nil {
		return engine.Data{}, err
	}
	d := engine.Data{X: x, Labels: make([]int32, len(x)/features), Rows: len(x) / features}
	return d, read(filepath.Join(dir, fmt.Sprintf("labels%d", features)), d.Labels)
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
