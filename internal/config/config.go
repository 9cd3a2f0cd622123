// Package config reads the user's settings: nnvet.toml, or the table
// [tool.nnvet] of a pyproject.toml. Every error names the line, and for a
// name that nobody knows, the nearest one that is known.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/nnvet/nnvet"
)

// Settings is what a settings file says.
type Settings struct {
	File     string // where it was read; "" where there is none
	Options  nnvet.Options
	Overhead Share          // 0 where it does not say
	FailOn   nnvet.Severity // 0 where it does not say
	Declared nnvet.Declared // about the data
}

// The names under which settings are looked for, in this order.
const (
	ownFile    = "nnvet.toml"
	pythonFile = "pyproject.toml"
)

// Find returns the settings that hold in a directory: those of the nearest
// nnvet.toml or pyproject.toml with a table [tool.nnvet], there or above it.
// The search ends at the root of the repository and at the home directory.
func Find(dir string, checks []*nnvet.Check) (*Settings, error) {
	home, _ := os.UserHomeDir() // without one, the search goes on to the root
	for {
		for _, name := range []string{ownFile, pythonFile} {
			s, err := Read(filepath.Join(dir, name), checks)
			if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errNoTable) {
				return s, err
			}
		}
		abs, err := filepath.Abs(dir)
		if err != nil {
			return nil, err
		}
		if exists(filepath.Join(dir, ".git")) || abs == home || abs == filepath.Dir(abs) {
			return &Settings{}, nil
		}
		dir = filepath.Join(dir, "..") // messages name it as the user sees it
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// errNoTable reports a pyproject.toml without [tool.nnvet].
var errNoTable = errors.New("no table [tool.nnvet]")

// maxFile bounds a settings file and a baseline, in bytes.
const maxFile = 4 << 20

// Read reads a settings file, and the baseline that it names.
func Read(path string, checks []*nnvet.Check) (*Settings, error) {
	data, err := read(path)
	if err != nil {
		return nil, err
	}
	return of(path, data, checks)
}

// of reads the text of a settings file.
func of(path string, data []byte, checks []*nnvet.Check) (*Settings, error) {
	d, err := parse(path, data)
	if err != nil {
		return nil, err
	}
	root := section{doc: d, table: d.tree}
	if filepath.Base(path) == pythonFile {
		if root, err = root.pyproject(); err != nil {
			return nil, err
		}
	}
	return root.settings(checks)
}

func read(path string) ([]byte, error) {
	fi, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !fi.Mode().IsRegular():
		return nil, fmt.Errorf("%s: not a file", path)
	case fi.Size() > maxFile:
		return nil, fmt.Errorf("%s: larger than %d MiB", path, maxFile>>20)
	}
	return os.ReadFile(path)
}
