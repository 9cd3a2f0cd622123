package mcp

import (
	"fmt"
	"path/filepath"

	"github.com/nnvet/nnvet/internal/store"
)

// longestName is more than any path that one types, in bytes.
const longestName = 1000

// find returns the run that a caller names: the newest for "", an id or its
// beginning, or a directory below the root. Neither it nor the program that it
// ran may lie elsewhere, links followed.
func (s *server) find(name string) (*store.Run, error) {
	if name == "" {
		name = store.Last
	}
	if len(name) > longestName {
		return nil, fmt.Errorf("the name of the run has %d bytes", len(name))
	}
	if filepath.Base(name) != name || name == "." || name == ".." {
		if !filepath.IsAbs(name) {
			name = filepath.Join(s.root, name)
		}
		if err := s.within(name); err != nil {
			return nil, err
		}
	}
	run, err := store.Find(filepath.Join(s.root, ".nnvet"), name)
	if err != nil {
		return nil, fmt.Errorf("%w; nnvet run -- python train.py makes a run", err)
	}
	if err := s.within(run.Dir); err != nil {
		return nil, err
	}
	if err := s.within(run.Cwd()); err != nil {
		return nil, fmt.Errorf("the program of run %s: %w", run.Meta.ID, err)
	}
	return run, nil
}

// within refuses a path that does not lie below the root. Of one that is written
// so, nobody is told whether there is anything.
func (s *server) within(path string) error {
	real := path
	if s.below(path) {
		var err error
		if real, err = filepath.EvalSymlinks(path); err != nil {
			return err
		}
	}
	if !s.below(real) {
		return fmt.Errorf("%s does not lie below %s: start nnvet mcp where it does", path, s.root)
	}
	return nil
}

func (s *server) below(path string) bool {
	rel, err := filepath.Rel(s.root, path)
	return err == nil && filepath.IsLocal(rel)
}
