package edit

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrChanged reports a file that is no longer what the patch was made for.
var ErrChanged = errors.New("changed since the run: run it again")

// Write changes the files below dir, all of them or none, and returns the
// backups that it made, by their paths from dir. A file keeps its mode, and is
// never half written.
func (p *Patch) Write(dir string) (backups []string, err error) {
	paths := make([]string, len(p.Files))
	for i, f := range p.Files {
		if paths[i], err = target(dir, f); err != nil {
			return nil, err
		}
	}
	for i, f := range p.Files {
		backup, err := keep(paths[i], f.Before)
		if err == nil {
			backups = append(backups, filepath.Join(filepath.Dir(f.Path), filepath.Base(backup)))
			err = replace(paths[i], f.After)
		}
		if err != nil {
			for j := range i { // what was written goes back; its backup stays
				err = errors.Join(err, replace(paths[j], p.Files[j].Before))
			}
			return backups, err
		}
	}
	return backups, nil
}

// target returns where a file lies, links followed, once it is known to lie
// below dir and to be what the patch is of.
func target(dir string, f File) (string, error) {
	if !filepath.IsLocal(f.Path) {
		return "", fmt.Errorf("%s: leads outside of %s", f.Path, dir)
	}
	root, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", err
	}
	path, err := filepath.EvalSymlinks(filepath.Join(root, f.Path))
	if err != nil {
		return "", err
	}
	if rel, err := filepath.Rel(root, path); err != nil || !filepath.IsLocal(rel) {
		return "", fmt.Errorf("%s: is a link that leads outside of %s: edit %s by hand", f.Path, dir, path)
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s: is no regular file", f.Path)
	}
	now, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if !bytes.Equal(now, f.Before) {
		return "", fmt.Errorf("%s: %w", f.Path, ErrChanged)
	}
	return path, nil
}

// maxBackups bounds the numbers that backups of one file get.
const maxBackups = 10_000

// keep writes the text beside the file, under a name that nothing has yet.
func keep(path string, text []byte) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	for n := 1; n <= maxBackups; n++ {
		name := path + ".nnvet-backup"
		if n > 1 {
			name = fmt.Sprintf("%s-%d", name, n)
		}
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm())
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		return name, fill(f, text)
	}
	return "", fmt.Errorf("%s: has %d backups: move some away", path, maxBackups)
}

// replace writes a file beside the old one and lets it take its name.
func replace(path string, text []byte) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+strings.TrimPrefix(filepath.Base(path), ".")+".*")
	if err != nil {
		return err
	}
	err = f.Chmod(info.Mode().Perm())
	err = errors.Join(err, fill(f, text))
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// fill writes a new file to the disk and closes it.
func fill(f *os.File, text []byte) error {
	_, err := f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}
