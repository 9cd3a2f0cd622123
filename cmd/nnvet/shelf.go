package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/nnvet/nnvet/checks"
	"github.com/nnvet/nnvet/internal/config"
	"github.com/nnvet/nnvet/internal/page"
	"github.com/nnvet/nnvet/internal/page/serve"
	"github.com/nnvet/nnvet/internal/store"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// A shelf is the runs that pages show: those of a store, or a single one that
// lies elsewhere.
type shelf struct {
	o    *options
	only *store.Run // or nil

	mu    sync.Mutex
	lives map[string]*serve.Live // runs that are followed, by name
	stop  chan struct{}          // closed at the end
	going sync.WaitGroup
}

func newShelf(o *options, only *store.Run) *shelf {
	return &shelf{o: o, only: only, lives: make(map[string]*serve.Live), stop: make(chan struct{})}
}

func (s *shelf) source() serve.Source {
	return serve.Source{Runs: s.runs, Has: s.has, Read: s.read, Live: s.live, Ignore: s.ignore}
}

// close waits for what follows runs.
func (s *shelf) close() {
	s.mu.Lock()
	close(s.stop)
	s.mu.Unlock()
	s.going.Wait()
}

func (s *shelf) has(id string) bool {
	_, err := s.find(id)
	return err == nil
}

// find returns the run of just that name.
func (s *shelf) find(id string) (*store.Run, error) {
	if s.only != nil {
		if id != s.only.Meta.ID {
			return nil, fs.ErrNotExist
		}
		return store.Open(s.only.Dir)
	}
	dir := filepath.Join(s.o.store, "runs", id)
	if fi, err := os.Lstat(dir); err != nil || !fi.IsDir() { // a link may lead out of the store
		return nil, fs.ErrNotExist
	}
	return store.Open(dir)
}

// read judges a run that has ended.
func (s *shelf) read(id string) (page.Input, error) {
	run, err := s.find(id)
	if err != nil {
		return page.Input{}, err
	}
	settings := *s.o
	if err := settings.readSettings(); err != nil { // anew: a finding may have been dismissed meanwhile
		return page.Input{}, err
	}
	rep, err := examine(run, tracefile.OpenDir(run.Dir), settings.settings)
	if err != nil && !errors.Is(err, tracefile.ErrEmpty) { // of an empty one the page says that nothing was recorded
		return page.Input{}, err
	}
	rep.Notes = s.o.notes
	in := pageOf(run, rep)
	in.Others = s.others(id)
	return in, nil
}

// runs lists the newest runs.
func (s *shelf) runs() ([]page.Run, error) {
	if s.only != nil {
		return []page.Run{entryOf(s.only)}, nil
	}
	ids, err := store.IDs(s.o.store)
	if err != nil {
		return nil, err
	}
	var runs []page.Run
	for _, id := range ids[:min(len(ids), maxListed)] {
		if run, err := s.find(id); err == nil {
			runs = append(runs, entryOf(run))
		}
	}
	return runs, nil
}

// maxListed bounds the runs that are listed (convention): older ones are
// reached by their names.
const maxListed = 200

// others lists the runs to go to from a page.
func (s *shelf) others(id string) []page.Run {
	all, _ := s.runs() // the page is there without them
	var others []page.Run
	for _, r := range all {
		if r.ID != id {
			others = append(others, r)
		}
	}
	return others
}

func (s *shelf) ignore(_ string, w serve.Waiver) error {
	return config.Waive(s.o.settings.File, w.Fingerprint, w.Reason, checks.All)
}
