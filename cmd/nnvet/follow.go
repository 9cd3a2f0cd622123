package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/nnvet/nnvet/internal/page"
	"github.com/nnvet/nnvet/internal/page/serve"
	"github.com/nnvet/nnvet/internal/report"
	"github.com/nnvet/nnvet/internal/store"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// silence is how long a run that was not seen to end may write nothing and
// still be taken to go on: a slow step or validation (convention).
const silence = 10 * time.Minute

// goesOn reports whether a run has neither ended nor fallen silent.
func goesOn(run *store.Run) bool {
	if !run.Meta.Ended.IsZero() || run.Meta.Started.IsZero() {
		return false
	}
	last := run.Meta.Started
	files, _ := filepath.Glob(run.Path("r*.jsonl")) // the pattern is sound
	for _, file := range files {
		if fi, err := os.Lstat(file); err == nil && fi.ModTime().After(last) {
			last = fi.ModTime()
		}
	}
	return time.Since(last) < silence
}

// live returns a run that goes on, which is followed from now on, or nil.
func (s *shelf) live(id string) *serve.Live {
	s.mu.Lock()
	defer s.mu.Unlock()
	if live, ok := s.lives[id]; ok {
		return live
	}
	run, err := s.find(id)
	if err != nil || !goesOn(run) {
		return nil
	}
	select {
	case <-s.stop:
		return nil
	default:
	}
	d := newDisplay(nil, report.Style{}, tracefile.OpenDir(run.Dir), s.o.settings)
	d.page, d.report = serve.NewLive(page.Input{Report: reportOf(run, s.o.settings)}), reportOf(run, s.o.settings)
	s.lives[id] = d.page
	guard(os.Stderr, d.look) // what there is already
	s.going.Go(func() { guard(os.Stderr, func() { s.follow(id, d) }) })
	return d.page
}

// follow tells a page of a run that another nnvet watches, to its end.
func (s *shelf) follow(id string, d *display) {
	done := make(chan struct{})
	s.going.Go(func() {
		defer close(done)
		s.wait(id)
	})
	d.follow(done)
	s.end(id, d.page)
}

// wait returns when a run has ended, or the shelf is closed.
func (s *shelf) wait(id string) {
	every := time.NewTicker(vetEvery)
	defer every.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-every.C:
			if run, err := s.find(id); err != nil || !goesOn(run) {
				return
			}
		}
	}
}

// end shows a run as it ended.
func (s *shelf) end(id string, live *serve.Live) {
	in, err := s.read(id)
	if err != nil {
		in = live.Input() // what was seen stays
	}
	live.End(in)
}

// present opens the page of a training that begins, if one was asked for. What
// goes wrong with it is said: training matters more.
func (r *runner) present(run *store.Run) {
	if !r.open || run == nil {
		return
	}
	guard(os.Stderr, func() {
		s := newShelf(&r.options, nil)
		s.lives[run.Meta.ID] = serve.NewLive(page.Input{Report: reportOf(run, s.o.settings)})
		if err := r.window.open(s, run.Meta.ID); err != nil {
			complain(os.Stderr, err)
			return
		}
		fmt.Fprintf(os.Stderr, "nnvet: live at %s\n", r.window.server.Address())
		r.window.browse()
	})
}

// show follows a training on the terminal, on the page and in events, as far as
// there are any, until done is closed.
func (r *runner) show(run *store.Run, dir *tracefile.Dir, done <-chan struct{}) {
	d := newDisplay(nil, r.style, dir, r.settings)
	if live(r.style) && r.events == nil { // which are lines of a program's, not a person's
		d.w = os.Stderr
	}
	if d.events = r.told(); d.events != nil {
		d.report = reportOf(run, r.settings)
	}
	if r.window.server != nil {
		d.page, d.report = r.window.shelf.live(run.Meta.ID), reportOf(run, r.settings)
	}
	if d.w != nil || d.page != nil || d.events != nil {
		d.follow(done)
	}
}
