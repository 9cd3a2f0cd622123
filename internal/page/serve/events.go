package serve

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/page"
)

// The pace of a stream: at most ten turns a second, and a sign of life that
// keeps tunnels open. A reader that takes none of it for longer is dropped.
const (
	turnEvery  = 100 * time.Millisecond
	aliveEvery = 15 * time.Second
	takeWithin = 10 * time.Second
)

// maxStreams bounds the pages that follow at once (convention). A hidden tab
// closes its stream.
const maxStreams = 32

// streams counts the open streams, and ends them.
type streams struct {
	mu   sync.Mutex
	n    int
	over bool
	stop chan struct{} // closed at the end
}

func (s *streams) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over || s.n >= maxStreams {
		return false
	}
	s.n++
	return true
}

func (s *streams) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n--
}

func (s *streams) open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

func (s *streams) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.over {
		s.over = true
		close(s.stop)
	}
}

// events returns the address of a run's stream.
func events(id string) string { return "/events/" + id }

// stream follows a run for a page. Of a run that has ended it sends what the
// page lacks, and that it is done.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) error {
	since, err := step(cmp.Or(r.Header.Get("Last-Event-ID"), r.URL.Query().Get("since")))
	if err != nil {
		return err
	}
	in, err := s.read(r, "id")
	if err != nil {
		return err
	}
	live := s.live(in.Report.ID)
	if live == nil {
		live = NewLive(in)
		live.End(in)
	}
	if !s.streams.enter() {
		return &refusal{http.StatusServiceUnavailable, "too many pages follow runs already: close some"}
	}
	defer s.streams.leave()
	w.Header().Set("Content-Type", "text/event-stream")
	newStream(w, since).follow(live, r.Context().Done(), s.streams.stop)
	return nil
}

// A stream is one page that follows a run.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	b       bytes.Buffer        // of the turn
	since   int64               // the page has all up to this step
	sent    map[nnvet.Key]int64 // last step of each series that was sent
	has     map[string]string   // versions of the parts that were sent
}

// newStream returns the stream of a page that has the steps up to since. What
// is validated counts for the step that training stands at, and may have come
// after it, so that step is sent again.
func newStream(w http.ResponseWriter, since int64) *stream {
	return &stream{
		w: w, control: http.NewResponseController(w), since: max(since-1, beginning),
		sent: make(map[nnvet.Key]int64), has: make(map[string]string),
	}
}

// follow sends what is new until the run is done or the page or the server gone.
func (s *stream) follow(live *Live, gone, stop <-chan struct{}) {
	fmt.Fprint(&s.b, "retry: 1000\n\n") // milliseconds after which a browser connects again
	alive := time.NewTicker(aliveEvery)
	defer alive.Stop()
	for {
		m, err := live.now()
		if err != nil || s.turn(m) != nil || m.ended {
			return
		}
		pause := time.NewTimer(turnEvery)
		select { // what happens meanwhile goes into the next turn
		case <-pause.C:
		case <-gone:
			return
		case <-stop:
			return
		}
		select {
		case <-m.changed:
		case <-alive.C:
			fmt.Fprint(&s.b, ":\n\n")
		case <-gone:
			return
		case <-stop:
			return
		}
	}
}

// turn sends what a page lacks of a moment, in one piece.
func (s *stream) turn(m moment) error {
	if err := s.series(m.trace); err != nil {
		return err
	}
	for _, p := range m.parts {
		if s.has[p.ID] != p.V {
			s.has[p.ID] = p.V
			if err := s.part(p); err != nil {
				return err
			}
		}
	}
	if m.ended {
		fmt.Fprint(&s.b, "event: done\ndata: {}\n\n")
	}
	if s.b.Len() == 0 {
		return nil
	}
	if err := s.control.SetWriteDeadline(time.Now().Add(takeWithin)); err != nil {
		return err
	}
	if _, err := s.b.WriteTo(s.w); err != nil {
		return err
	}
	return s.control.Flush()
}

// series sends the figures that are new, from the first new one of any series
// on. Of the others a page gets steps again that it has.
func (s *stream) series(t *nnvet.Trace) error {
	from, last := s.news(t)
	if last == beginning {
		return nil
	}
	doc, err := page.Series(t, from-1)
	fmt.Fprintf(&s.b, "id: %d\nevent: series\ndata: %s\n\n", last, bytes.TrimSpace(doc))
	return err
}

// news returns the first step that was not sent of what the timeline shows and
// the last step of all, or the beginning where nothing is new. It notes them as sent.
func (s *stream) news(t *nnvet.Trace) (from, last int64) {
	from, last = math.MaxInt64, beginning
	for _, q := range []nnvet.Quantity{nnvet.Loss, nnvet.HeadLoss, nnvet.Accuracy, nnvet.Rate} {
		for x := range t.All(q) {
			has, ok := s.sent[x.Key]
			if !ok {
				has = s.since
			}
			i, _ := slices.BinarySearch(x.Steps, has+1)
			if i < len(x.Steps) {
				from = min(from, x.Steps[i])
				s.sent[x.Key] = x.Steps[len(x.Steps)-1]
			}
			if x.Len() > 0 {
				last = max(last, x.Steps[len(x.Steps)-1])
			}
		}
	}
	if from == math.MaxInt64 {
		return beginning, beginning
	}
	return from, last
}

func (s *stream) part(p part) error {
	doc, err := json.Marshal(p) // on one line, as an event's data must be
	fmt.Fprintf(&s.b, "event: fragment\ndata: %s\n\n", doc)
	return err
}
