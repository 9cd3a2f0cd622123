// Package store keeps runs on disk. A store is a directory, .nnvet by
// default; runs/ID in it holds what one run left: meta.json, the trace,
// diagnosis.json and the probe that was used.
//
// Directories have mode 0700 and files 0600. Runs never share a directory.
package store

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Meta is what meta.json says of a run. It holds no environment variables.
type Meta struct {
	ID      string    `json:"id"`
	Nnvet   string    `json:"nnvet"` // version that made the run
	Command []string  `json:"command"`
	Cwd     string    `json:"cwd"` // the working directory, seen from the run's directory
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended,omitzero"`
	Exit    *int      `json:"exit,omitempty"` // of the command; absent where it has not ended under nnvet's eyes
}

// A Run is one run's directory.
type Run struct {
	Dir  string // absolute
	Meta Meta
}

// Create makes the directory of a new run in the store and gives the run an
// ID of its own, also where several processes create runs at once.
func Create(store, version string, command []string) (*Run, error) {
	abs, err := filepath.Abs(store)
	if err != nil {
		return nil, err
	}
	runs := filepath.Join(abs, "runs")
	if err := os.MkdirAll(runs, 0o700); err != nil {
		return nil, err
	}
	if err := ignored(abs); err != nil {
		return nil, err
	}
	id, err := reserve(runs)
	if err != nil {
		return nil, err
	}
	r := &Run{Dir: filepath.Join(runs, id), Meta: Meta{
		ID: id, Nnvet: version, Command: command, Cwd: seenFrom(filepath.Join(runs, id)), Started: time.Now(),
	}}
	return r, r.save()
}

// ignored keeps the store out of version control.
func ignored(store string) error {
	f, err := os.OpenFile(filepath.Join(store, ".gitignore"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString("*\n")
	return errors.Join(err, f.Close())
}

// reserve makes a directory that nobody else has. Of 16 million names a
// thousand runs take a few, so the second try almost always succeeds.
func reserve(runs string) (id string, err error) {
	for range 100 {
		b := make([]byte, 3)
		rand.Read(b) // never fails
		id = hex.EncodeToString(b)
		if err = os.Mkdir(filepath.Join(runs, id), 0o700); !errors.Is(err, fs.ErrExist) {
			return id, err
		}
	}
	return "", err
}

// seenFrom returns the working directory relative to dir, so that a project
// can be moved with its runs, or "" where it is not known.
func seenFrom(dir string) string {
	cwd, err := os.Getwd()
	if err != nil {
		return ""
	}
	rel, err := filepath.Rel(dir, cwd)
	if err != nil {
		return ""
	}
	return rel
}

// End notes that the command ended, and how.
func (r *Run) End(code int) error {
	r.Meta.Ended, r.Meta.Exit = time.Now(), &code
	return r.save()
}

func (r *Run) save() error {
	b, err := json.MarshalIndent(r.Meta, "", "  ")
	if err != nil {
		return err
	}
	return r.Write("meta.json", append(b, '\n'))
}

// Write replaces a file of the run as a whole: a reader sees the old or the new one.
func (r *Run) Write(name string, data []byte) error {
	f, err := os.CreateTemp(r.Dir, "."+name+"-") // made with mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), r.Path(name))
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// Path returns the path of a file of the run.
func (r *Run) Path(name string) string { return filepath.Join(r.Dir, name) }

// Cwd returns the directory that the command ran in, where traces' relative
// file names start.
func (r *Run) Cwd() string { return filepath.Join(r.Dir, r.Meta.Cwd) }

// Remove deletes the run.
func (r *Run) Remove() error { return os.RemoveAll(r.Dir) }

// Open reads the run in a directory. A directory without meta.json is taken
// as a bare trace, whose files lie beside the sources.
func Open(dir string) (*Run, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	r := &Run{Dir: abs}
	switch b, err := os.ReadFile(r.Path("meta.json")); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	default:
		if err := json.Unmarshal(b, &r.Meta); err != nil {
			return nil, fmt.Errorf("%s: %w", r.Path("meta.json"), err)
		}
	}
	r.Meta.ID = cmp.Or(r.Meta.ID, filepath.Base(abs))
	return r, nil
}

// IDs lists the runs of a store, the newest first.
func IDs(store string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(store, "runs"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	started := make(map[string]time.Time, len(entries))
	var ids []string
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		ids = append(ids, e.Name())
		started[e.Name()] = startOf(filepath.Join(store, "runs", e.Name()))
	}
	slices.SortStableFunc(ids, func(a, b string) int { return started[b].Compare(started[a]) })
	return ids, nil
}

// startOf returns when a run began: what meta.json says, or else the age of the directory.
func startOf(dir string) time.Time {
	if r, err := Open(dir); err == nil && !r.Meta.Started.IsZero() {
		return r.Meta.Started
	}
	if fi, err := os.Stat(dir); err == nil {
		return fi.ModTime()
	}
	return time.Time{}
}

// Last is the name that stands for the newest run.
const Last = "last"

// Find returns the run that name stands for: Last, an ID, the beginning of
// just one ID, or a directory.
func Find(store, name string) (*Run, error) {
	if strings.ContainsRune(name, filepath.Separator) {
		return findDir(name)
	}
	ids, err := IDs(store)
	if err != nil {
		return nil, err
	}
	var match []string
	for _, id := range ids {
		if id == name || name == Last {
			return Open(filepath.Join(store, "runs", id))
		}
		if strings.HasPrefix(id, name) {
			match = append(match, id)
		}
	}
	switch {
	case len(match) == 1:
		return Open(filepath.Join(store, "runs", match[0]))
	case len(match) > 1:
		return nil, fmt.Errorf("run %s: %d runs begin so: %s", name, len(match), strings.Join(match, ", "))
	case isDir(name):
		return findDir(name)
	case len(ids) == 0:
		return nil, fmt.Errorf("%s holds no runs", store)
	}
	return nil, fmt.Errorf("run %s: not in %s; the newest is %s", name, store, ids[0])
}

func findDir(dir string) (*Run, error) {
	if !isDir(dir) {
		return nil, fmt.Errorf("run %s: no such directory", dir)
	}
	return Open(dir)
}

func isDir(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.IsDir()
}
