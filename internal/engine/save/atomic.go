package save

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// WriteFile replaces the file at path by what write gives. A reader sees the
// old file or the new one, whatever happens: where something fails the old
// file stands as it was, and nothing else is left behind.
func WriteFile(path string, write func(io.Writer) error) error {
	target, err := resolve(path)
	if err != nil {
		return fmt.Errorf("%s: not written: %w", path, err)
	}
	if err := replace(target, write); err != nil {
		return fmt.Errorf("%s: not written: %w", path, reason(err))
	}
	return nil
}

// resolve follows a symbolic link, so that it is not the link that is replaced.
func resolve(path string) (string, error) {
	target, err := filepath.EvalSymlinks(path)
	if errors.Is(err, os.ErrNotExist) {
		return path, nil
	}
	if err != nil {
		return "", reason(err)
	}
	if info, err := os.Stat(target); err == nil && !info.Mode().IsRegular() {
		return "", errors.New("it is no regular file; name another")
	}
	return target, nil
}

// Writable finds out whether a file could be written at path, and leaves
// nothing behind: a block beside it fails where the folder is missing or
// protected, or the disk full.
func Writable(path string) error {
	const block = 4096 // bytes, that most file systems hand out at a time
	target, err := resolve(path)
	if err != nil {
		return fmt.Errorf("%s: cannot be written: %w", path, err)
	}
	f, err := beside(target)
	if err == nil {
		_, err = f.Write(make([]byte, block))
		err = errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	if err != nil {
		return fmt.Errorf("%s: cannot be written: %w", path, reason(err))
	}
	return nil
}

// beside makes a file that takes the place of another when it is complete.
func beside(path string) (*os.File, error) {
	name := fmt.Sprintf(".%s-%016x", filepath.Base(path), rand.Uint64())
	return os.OpenFile(filepath.Join(filepath.Dir(path), name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
}

func replace(path string, write func(io.Writer) error) error {
	f, err := beside(path)
	if err != nil {
		return err
	}
	err = fill(f, path, write)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return err
	}
	return syncDir(filepath.Dir(path))
}

// fill writes the contents to the disk, not only to the system's memory: a
// rename may reach it earlier than what is renamed.
func fill(f *os.File, path string, write func(io.Writer) error) error {
	w := bufio.NewWriterSize(f, 1<<16)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if old, err := os.Stat(path); err == nil { // a new file has the mode that the umask leaves
		if err := f.Chmod(old.Mode().Perm()); err != nil {
			return err
		}
	}
	return f.Sync()
}

// syncDir makes the new name last. Some file systems cannot do it for a
// folder, and the file is there all the same.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return nil
	}
	_ = d.Sync()
	return d.Close()
}

// reason returns an error without the operation and the path that the system
// puts before it: the path would be that of the temporary file.
func reason(err error) error {
	var path *os.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
