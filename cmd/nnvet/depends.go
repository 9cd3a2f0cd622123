package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nnvet/nnvet/internal/experiment"
)

// mostFiles bounds the files whose change makes a proof begin anew: as many as a
// trial copies.
const mostFiles = 20000

// read is the size in bytes up to which a file is known by what is in it; larger
// ones are by size and time.
const read = 1 << 20

// dependsOn names the files below a directory that a training may read, by what is
// in them: all that a trial has, and in place, where trainings leave files too,
// those of the program. What nnvet itself writes meanwhile is none of them.
func (p *proving) dependsOn(dir string) string {
	var out strings.Builder
	n := 0
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && d != nil && d.IsDir(), n >= mostFiles:
			return fs.SkipDir
		case err != nil:
			return nil
		case d.IsDir() && path != dir && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || d.Name() == "__pycache__" || isEnvironment(path)):
			return fs.SkipDir
		case d.IsDir(), p.inPlace && !strings.HasSuffix(path, ".py"), p.writes(path):
			return nil
		}
		n++
		rel, _ := filepath.Rel(dir, path) // it lies below
		fmt.Fprintf(&out, " %s %s", rel, mark(path))
		return nil
	})
	return out.String()
}

// dataOf names the data of an experiment file by what is in them; "" where the
// file cannot be read, which training it says.
func (p *proving) dataOf(path string, text []byte) string {
	f, err := experiment.Parse(path, text)
	if err != nil {
		return ""
	}
	paths, err := filepath.Glob(f.Data.Path)
	if err != nil || len(paths) == 0 {
		paths = []string{f.Data.Path}
	}
	var out strings.Builder
	for _, path := range append(paths, f.Data.Options.Labels) {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			out.WriteString(p.dependsOn(path))
		} else if path != "" {
			fmt.Fprintf(&out, " %s %s", path, mark(path))
		}
	}
	return hash([]byte(out.String()))
}

// mark tells a file from what it was before; of a link, the file that it leads to.
func mark(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return "gone"
	}
	if info.Mode().IsRegular() && info.Size() <= read {
		if text, err := os.ReadFile(path); err == nil {
			return hash(text)
		}
	}
	return fmt.Sprint(info.Size(), " ", info.ModTime().UnixNano())
}

// writes reports whether a file is what this command writes.
func (p *proving) writes(path string) bool {
	info, err := os.Stat(path)
	if err != nil {
		return false
	}
	same := func(other os.FileInfo, err error) bool { return err == nil && os.SameFile(info, other) }
	return same(os.Stdout.Stat()) || same(os.Stderr.Stat()) ||
		slices.ContainsFunc(p.files, func(d destination) bool { return same(os.Stat(d.path)) })
}

// pythonAt names a Python by where it lies and what it is.
func pythonAt(name string) string {
	path, err := exec.LookPath(name)
	if err != nil {
		return name
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return path + " " + mark(real)
	}
	return path
}

func isEnvironment(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "pyvenv.cfg"))
	return err == nil
}
