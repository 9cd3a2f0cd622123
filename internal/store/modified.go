package store

import (
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxSource bounds the source files that are read, in bytes: nobody
// writes a larger one by hand.
const maxSource = 16 << 20

// Modified returns those of the run's source files, given with the checksums
// they had, that are no longer the same, in order of their names. A file that
// cannot be read counts as changed: its lines must not be quoted.
func (r *Run) Modified(sources map[string]uint32) []string {
	var changed []string
	for name, crc := range sources {
		if b, err := r.source(name); err != nil || crc32.ChecksumIEEE(b) != crc {
			changed = append(changed, name)
		}
	}
	slices.Sort(changed)
	return changed
}

// Source returns the lines of a source file that the trace names.
func (r *Run) Source(name string) ([]string, error) {
	b, err := r.source(name)
	if err != nil {
		return nil, err
	}
	text := strings.ReplaceAll(string(b), "\r\n", "\n")
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n"), nil
}

var errNotSource = errors.New("not a source file")

// source reads a source file. It refuses what is not a regular file: a
// damaged trace may name a device or a pipe.
func (r *Run) source(name string) ([]byte, error) {
	if !filepath.IsAbs(name) {
		name = filepath.Join(r.Cwd(), name)
	}
	fi, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !fi.Mode().IsRegular() || fi.Size() > maxSource {
		return nil, errNotSource
	}
	return os.ReadFile(name)
}
