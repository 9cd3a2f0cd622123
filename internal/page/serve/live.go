package serve

import (
	"crypto/sha256"
	"encoding/base64"
	"sync"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/page"
)

// A Live is a run that goes on, as pages see it. One goroutine tells it what
// is new; streams read it.
type Live struct {
	mu      sync.Mutex
	trace   *nnvet.Trace // newest; never nil
	input   page.Input   // as of the newest verdict
	parts   []part       // of input, where fresh
	fresh   bool
	ended   bool
	changed chan struct{} // closed at the next change
}

// A part is a fragment of the page.
type part struct {
	ID   string `json:"id"`
	V    string `json:"v"` // a hash of HTML
	HTML string `json:"html"`
}

// NewLive returns a run of which only its name and command are known.
func NewLive(in page.Input) *Live {
	return &Live{trace: orEmpty(in.Report.Trace), input: in, changed: make(chan struct{})}
}

// Draw tells of newer figures. A trace that was told is not changed any more.
func (l *Live) Draw(t *nnvet.Trace) {
	l.tell(func() { l.trace = t })
}

// Judge tells of a newer verdict.
func (l *Live) Judge(in page.Input) {
	l.tell(func() { l.show(in) })
}

// End tells of the last verdict, after which nothing changes.
func (l *Live) End(in page.Input) {
	l.tell(func() {
		l.show(in)
		l.ended = true
	})
}

func (l *Live) show(in page.Input) {
	l.input, l.trace, l.fresh = in, orEmpty(in.Report.Trace), false
}

func (l *Live) tell(change func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
	close(l.changed)
	l.changed = make(chan struct{})
}

// Over reports whether the run has ended.
func (l *Live) Over() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ended
}

// Input returns what a page of the run shows.
func (l *Live) Input() page.Input {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.input
}

// Trace returns the newest figures.
func (l *Live) Trace() *nnvet.Trace {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.trace
}

// A moment is all that a stream needs to know of a run.
type moment struct {
	trace   *nnvet.Trace
	parts   []part
	ended   bool
	changed <-chan struct{} // closed when there is more
}

// now returns the run as it is. The parts of the page are drawn by the first
// who asks after a verdict, so a run that nobody watches draws none.
func (l *Live) now() (moment, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.fresh {
		in := l.input
		in.Live = &page.Live{}
		if !l.ended {
			in.Live.Events = events(in.Report.ID)
		}
		fragments, err := page.Fragments(in)
		if err != nil {
			return moment{}, err
		}
		l.parts, l.fresh = partsOf(fragments), true
	}
	return moment{l.trace, l.parts, l.ended, l.changed}, nil
}

func partsOf(fragments []page.Fragment) []part {
	parts := make([]part, len(fragments))
	for i, f := range fragments {
		const enough = 12 // bytes of a hash that tells versions of one part apart
		sum := sha256.Sum256([]byte(f.HTML))
		parts[i] = part{f.ID, base64.RawURLEncoding.EncodeToString(sum[:enough]), string(f.HTML)}
	}
	return parts
}
