package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
	"github.com/nnvet/nnvet/internal/config"
	"github.com/nnvet/nnvet/internal/page"
	"github.com/nnvet/nnvet/internal/page/serve"
	"github.com/nnvet/nnvet/internal/report"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// How often the status is drawn and the checks are run. Both read what the
// probe wrote, so they take no time from training but a little of a core.
const (
	drawEvery = 300 * time.Millisecond
	vetEvery  = 2 * time.Second
)

// live reports whether a line may be rewritten on stderr: only on a terminal
// that can, and where a person looks at it.
func live(s report.Style) bool {
	return term.IsTerminal(int(os.Stderr.Fd())) && os.Getenv("TERM") != "dumb" && !s.Linear &&
		os.Getenv("CI") == "" && report.DefaultFormat(os.Getenv) == "text"
}

// A display shows a training that goes on: on a status line, on a page, as
// events, or all of it.
type display struct {
	w        io.Writer   // nil: no line
	page     *serve.Live // or nil
	events   []*report.Events
	report   *report.Report // what the page and events know beside the trace
	style    report.Style
	dir      *tracefile.Dir
	settings *config.Settings

	result nnvet.Result
	seen   map[string]bool // fingerprints of the findings that were printed
	line   string          // the status as it stands on the terminal
	judged *nnvet.Trace    // that the result is of
}

func newDisplay(w io.Writer, style report.Style, dir *tracefile.Dir, settings *config.Settings) *display {
	return &display{w: w, style: style, dir: dir, settings: settings, seen: make(map[string]bool)}
}

// follow keeps the display until done is closed, and leaves no trace of a line.
func (d *display) follow(done <-chan struct{}) {
	draw, vet := time.NewTicker(drawEvery), time.NewTicker(vetEvery)
	defer draw.Stop()
	defer vet.Stop()
	for {
		select {
		case <-done:
			if d.w != nil {
				fmt.Fprint(d.w, clearLine)
			}
			return
		case <-vet.C:
			d.judge()
		case <-draw.C:
			_ = d.dir.Poll() // what cannot be read is said at the end
			d.draw()
		}
	}
}

// look takes in all that there is.
func (d *display) look() {
	_ = d.dir.Poll() // what cannot be read is said at the end
	d.draw()
	d.judge()
}

const clearLine = "\r\x1b[K"

// draw rewrites the line if it has changed, and goes back to its start, so
// that what the command prints next begins at the left edge.
func (d *display) draw() {
	if d.page != nil {
		d.page.Draw(d.dir.Trace())
	}
	if d.w == nil {
		return
	}
	if line := report.Status(d.dir.Trace(), d.result, d.style); line != d.line {
		d.line = line
		fmt.Fprint(d.w, clearLine, line, "\r")
	}
}

// judge runs the checks, and prints each new error once above the status.
func (d *display) judge() {
	if d.dir.Trace() == d.judged {
		return
	}
	d.judged = d.dir.Trace()
	copied, options := *d.judged, d.settings.Options // pages may be drawing the trace
	t := &copied
	d.settings.Declare(t)
	options.Live = true
	options.Likelihoods = checks.Likelihoods
	d.result = nnvet.Vet(t, checks.All, options)
	d.tell(t)
	if d.w == nil {
		return
	}
	for _, f := range d.result.Findings {
		if print := f.Fingerprint(); f.Severity == nnvet.Error && !d.seen[print] {
			d.seen[print] = true
			d.line = ""
			fmt.Fprint(d.w, clearLine, report.Live(f, d.style), "\n")
		}
	}
}

// tell says on the page and as events what was judged of a trace.
func (d *display) tell(t *nnvet.Trace) {
	if d.report == nil {
		return
	}
	rep := *d.report
	rep.Trace, rep.Result = t, d.result
	if d.page != nil {
		d.page.Judge(page.Input{Report: &rep})
	}
	for _, e := range d.events {
		e.Look(&rep)
	}
}
