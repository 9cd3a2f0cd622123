package script

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	large    = 64 << 20 // bytes of a file from which on it is linked, not copied
	maxFiles = 20000    // that are copied for a trial: that takes a second or two
	maxAbove = 1000     // entries of a directory above the program's that are linked
)

// left are directories and files that no trial needs, or that it must not have:
// a link to .git would let git write into it.
var left = []string{".git", ".hg", ".svn", ".nnvet", "__pycache__", ".ipynb_checkpoints", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".tox"}

// A tree is what a scratch copy is made of.
type tree struct {
	dir     string
	entries []entry // directories before what they hold
}

// An entry is a directory, a file that is copied, or a link.
type entry struct {
	path   string // below the directory
	mode   fs.FileMode
	size   int64
	time   time.Time
	target string // of a link; "" for what is none
}

// list returns what a copy of a directory is made of. Its error says what is
// too large for one.
func list(ctx context.Context, dir string, limit int64) (*tree, error) {
	t := &tree{dir: dir}
	sizes := make(map[string]int64) // of what lies directly in the directory
	files, bytes := 0, int64(0)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, path)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case rel == ".":
			return err
		case slices.Contains(left, d.Name()):
			return skip(d)
		case errors.Is(err, fs.ErrNotExist): // it went meanwhile
			return nil
		case err != nil:
			return skip(d) // the program cannot read it either
		}
		e, keep, err := t.entry(path, rel, d)
		if err != nil || !keep {
			return err
		}
		t.entries = append(t.entries, e)
		if e.mode.IsRegular() && e.target == "" {
			files, bytes = files+1, bytes+e.size
			top, _, _ := strings.Cut(rel, string(filepath.Separator))
			sizes[top] += e.size
		}
		if d.IsDir() && e.target != "" {
			return fs.SkipDir
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("trial: %w", err)
	case bytes > limit:
		return nil, fmt.Errorf("trial: %s holds %s to copy for every trial, more than %s: %s; move data to another directory, run from a smaller one, or in place",
			dir, size(bytes), size(limit), largest(sizes))
	case files > maxFiles:
		return nil, fmt.Errorf("trial: %s holds %d files to copy for every trial, more than %d; move data to another directory, run from a smaller one, or in place",
			dir, files, maxFiles)
	}
	return t, nil
}

func skip(d fs.DirEntry) error {
	if d != nil && d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// entry says what becomes of a file or directory in a copy.
func (t *tree) entry(path, rel string, d fs.DirEntry) (e entry, keep bool, err error) {
	info, err := d.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return e, false, nil
	}
	if err != nil {
		return e, false, err
	}
	e = entry{path: rel, mode: info.Mode(), size: info.Size(), time: info.ModTime()}
	switch {
	case d.IsDir():
		if d.Name() == "node_modules" || has(path, "pyvenv.cfg") || has(path, "conda-meta") {
			e.target = path
		}
	case e.mode&fs.ModeSymlink != 0:
		e.target, err = os.Readlink(path)
		if err != nil {
			return e, false, nil
		}
		if inside := !filepath.IsAbs(e.target) && filepath.IsLocal(filepath.Join(filepath.Dir(rel), e.target)); !inside {
			if !filepath.IsAbs(e.target) {
				e.target = filepath.Join(filepath.Dir(path), e.target)
			}
		}
	case !e.mode.IsRegular():
		return e, false, nil // a pipe, a socket, a device
	case e.size > large:
		e.target = path
	}
	return e, true, nil
}

func has(dir, name string) bool {
	_, err := os.Lstat(filepath.Join(dir, name))
	return err == nil
}

func size(n int64) string {
	switch f := float64(n); {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", f/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.0f MiB", f/(1<<20))
	}
	return fmt.Sprintf("%d KiB", (n+1023)>>10)
}

// largest names the three that hold the most.
func largest(sizes map[string]int64) string {
	names := slices.SortedFunc(maps.Keys(sizes), func(a, b string) int { return cmp.Or(cmp.Compare(sizes[b], sizes[a]), cmp.Compare(a, b)) })
	var words []string
	for _, name := range names[:min(3, len(names))] {
		words = append(words, name+" "+size(sizes[name]))
	}
	return strings.Join(words, ", ")
}

// copy makes a copy at a new directory. What went meanwhile is left out.
func (t *tree) copy(ctx context.Context, to string) error {
	for _, e := range t.entries {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		path := filepath.Join(to, e.path)
		var err error
		switch {
		case e.target != "":
			err = os.Symlink(e.target, path)
		case e.mode.IsDir():
			err = os.Mkdir(path, e.mode.Perm()|0o700)
		default:
			err = copyFile(filepath.Join(t.dir, e.path), path, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// copyFile copies a file with its mode and time. Where the file system can
// share what two files hold until one is written, the kernel lets it.
func copyFile(from, to string, e entry) error {
	in, err := os.Open(from)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil // it went meanwhile, or the program cannot read it either
	}
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, e.mode.Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close(), os.Chmod(to, e.mode.Perm()), os.Chtimes(to, time.Time{}, e.time))
}

// linkAbove makes the directories above dir below root, and links there what
// lies in those above dir, so that the copy at root+dir finds ../data. The
// directory itself is left to be made; without is a directory that is not
// linked.
func linkAbove(root, dir, without string) error {
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(filepath.Join(root, parent), 0o700); err != nil {
		return err
	}
	for child := dir; parent != child; child, parent = parent, filepath.Dir(parent) {
		entries, err := os.ReadDir(parent)
		if err != nil || len(entries) > maxAbove {
			continue
		}
		for _, e := range entries {
			from := filepath.Join(parent, e.Name())
			if from == child || from == without || slices.Contains(left, e.Name()) {
				continue
			}
			if err := os.Symlink(from, filepath.Join(root, from)); err != nil {
				return err
			}
		}
	}
	return nil
}
