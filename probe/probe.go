// Package probe carries the Python that watches a training process and puts
// it where a Python interpreter finds it.
package probe

import (
	"embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

//go:embed sitecustomize.py _nnvet/*.py
var files embed.FS

// Install writes the probe to the new directory dir. With dir in PYTHONPATH,
// an interpreter runs the probe's sitecustomize.py before anything else.
func Install(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	return fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		switch path := filepath.Join(dir, name); {
		case err != nil || name == ".":
			return err
		case d.IsDir():
			return os.Mkdir(path, 0o700)
		default:
			b, err := files.ReadFile(name)
			return errors.Join(err, os.WriteFile(path, b, 0o600))
		}
	})
}
