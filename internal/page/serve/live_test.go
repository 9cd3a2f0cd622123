package serve

import (
	"bufio"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nnvet/nnvet"
)

// An event is one of a stream.
type event struct{ id, name, data string }

// listen opens the stream of run aaaaaa and returns its events. The channel is
// closed where the stream ends.
func listen(t *testing.T, s *Server, query string, header ...string) <-chan event {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.hosts[0]+"/events/aaaaaa"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.AddCookie(&http.Cookie{Name: s.cookie, Value: s.key})
	for _, h := range header {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		t.Fatalf("got status %d", res.StatusCode)
	}
	events := make(chan event, 1000)
	go func() {
		defer res.Body.Close()
		defer close(events)
		var e event
		lines := bufio.NewScanner(res.Body)
		lines.Buffer(nil, 64<<20)
		for lines.Scan() {
			switch name, value, _ := strings.Cut(lines.Text(), ": "); {
			case name == "id":
				e.id = value
			case name == "event":
				e.name = value
			case name == "data":
				e.data = value
			case lines.Text() == "" && e.name != "":
				events <- e
				e = event{}
			}
		}
	}()
	return events
}

// next returns the next event of a name, and fails where there comes none.
func next(t *testing.T, events <-chan event, name string) event {
	t.Helper()
	for {
		select {
		case e, ok := <-events:
			if !ok {
				t.Fatalf("the stream ended before a %s event", name)
			}
			if e.name == name {
				return e
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("no %s event", name)
		}
	}
}

// TestStream follows a run from its beginning to its end.
func TestStream(t *testing.T) {
	live := NewLive(inputOf("aaaaaa", 0))
	f := &shelf{live: live}
	s := start(t, f, Options{})
	events := listen(t, s, "")
	live.Draw(traceOf(5))
	if e := next(t, events, "series"); e.id != "4" {
		t.Errorf("got figures to step %q, want 4", e.id)
	}
	live.Judge(inputOf("aaaaaa", 8))
	if e := next(t, events, "series"); e.id != "7" {
		t.Errorf("got figures to step %q, want 7", e.id)
	}
	if s.Watched() != 1 {
		t.Errorf("%d pages watch, want 1", s.Watched())
	}
	live.End(inputOf("aaaaaa", 9))
	next(t, events, "done")
	for e := range events {
		t.Errorf("after the end came %v", e)
	}
	for deadline := time.Now().Add(5 * time.Second); s.Watched() > 0; {
		if time.Now().After(deadline) {
			t.Fatal("a stream that ended is still counted")
		}
	}
}

// TestAgain holds that a page that lost its stream gets what it missed, once.
func TestAgain(t *testing.T) {
	live := NewLive(inputOf("aaaaaa", 100))
	f := &shelf{live: live}
	s := start(t, f, Options{})
	for name, c := range map[string]struct{ query, header string }{
		"browser":              {"?since=3", "Last-Event-ID: 50"},
		"page that came back":  {"?since=50", "Accept: text/event-stream"},
		"page of longer since": {"", "Last-Event-ID: 98"},
	} {
		if e := next(t, listen(t, s, c.query, c.header), "series"); e.id != "99" {
			t.Errorf("%s: got figures to %q, want 99", name, e.id)
		}
	}
	events := listen(t, s, "?since=99") // has all, and gets the last step once more
	live.Draw(traceOf(120))
	for e := next(t, events, "series"); e.id != "119"; e = next(t, events, "series") {
		if e.id != "99" || strings.Contains(e.data, "[98") {
			t.Errorf("got %s to %q, want step 99 alone", e.data, e.id)
		}
	}
}

// TestLate holds that a figure that comes after those of later steps is sent.
func TestLate(t *testing.T) {
	live := NewLive(inputOf("aaaaaa", 0))
	f := &shelf{live: live}
	s := start(t, f, Options{})
	events := listen(t, s, "")
	live.Draw(traceOf(10))
	next(t, events, "series")
	validated := func(steps int, at int64) *nnvet.Trace {
		b := builderOf(steps)
		if err := b.Add(nnvet.Key{Quantity: nnvet.Loss, Split: nnvet.Validation}, at, 0.123); err != nil {
			t.Fatal(err)
		}
		return b.Snapshot()
	}
	live.Draw(validated(10, 5))
	if e := next(t, events, "series"); !strings.Contains(e.data, "0.123") {
		t.Errorf("got %s, want the validation at step 5", e.data)
	}
	live.Draw(validated(11, 5))
	if e := next(t, events, "series"); strings.Contains(e.data, "0.123") {
		t.Errorf("got %s, want no validation again", e.data)
	}
	events = listen(t, s, "?since=9")
	live.Draw(validated(11, 9)) // of the step that the page knows already
	if e := next(t, events, "series"); !strings.Contains(e.data, "0.123") && !strings.Contains(next(t, events, "series").data, "0.123") {
		t.Errorf("got %s, want the validation at step 9", e.data)
	}
}

// TestPace holds that what happens fast is merged to ten turns a second.
func TestPace(t *testing.T) {
	live := NewLive(inputOf("aaaaaa", 0))
	f := &shelf{live: live}
	s := start(t, f, Options{})
	events := listen(t, s, "")
	began := time.Now()
	const steps = 500
	for i := range steps {
		live.Draw(traceOf(i + 1))
	}
	live.End(inputOf("aaaaaa", steps))
	var ids []string
	for e := range events {
		if e.name == "series" {
			ids = append(ids, e.id)
		}
	}
	turns := int(time.Since(began)/(time.Second/10)) + 2
	if len(ids) == 0 || len(ids) > turns || ids[len(ids)-1] != strconv.Itoa(steps-1) {
		t.Errorf("got figures to %v in at most %d turns, want the last step in no more", ids, turns)
	}
}

// TestEnded holds that the stream of a run that has ended says so and closes.
func TestEnded(t *testing.T) {
	f := &shelf{}
	s := start(t, f, Options{})
	var names []string
	for e := range listen(t, s, "") {
		names = append(names, e.name)
	}
	if len(names) == 0 || names[0] != "series" || names[len(names)-1] != "done" {
		t.Errorf("got %v, want series first and done last", names)
	}
}

// TestCrowd holds that no more pages follow than are allowed, that the others
// are told so, and that they may when one has left.
func TestCrowd(t *testing.T) {
	f := &shelf{live: NewLive(inputOf("aaaaaa", 1))}
	s := start(t, f, Options{})
	var all []<-chan event
	for range maxStreams {
		all = append(all, listen(t, s, ""))
	}
	for _, events := range all {
		next(t, events, "series")
	}
	if res, body := s.send(t, s.of("GET", "/events/aaaaaa").String()); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("got %d %q, want 503", res.StatusCode, body)
	}
}

// TestDismissLive holds that findings of a run that goes on are not dismissed.
func TestDismissLive(t *testing.T) {
	f := &shelf{live: NewLive(inputOf("aaaaaa", 1))}
	s := start(t, f, Options{})
	i := slices.IndexFunc(open, func(o opening) bool { return o.method == "POST" })
	c := s.of("POST", open[i].target)
	c.body = open[i].body
	if res, _ := s.send(t, c.String()); res.StatusCode != http.StatusConflict || f.waivers() > 0 {
		t.Errorf("got %d and %d waivers, want 409 and none", res.StatusCode, f.waivers())
	}
}

// TestForm holds that forms work as browsers send them: Origin is "null" where
// no referrer is sent, and one of the two headers is missing in older browsers.
func TestForm(t *testing.T) {
	f := &shelf{}
	s := start(t, f, Options{})
	i := slices.IndexFunc(open, func(o opening) bool { return o.method == "POST" })
	for n, headers := range [][]string{
		{"Origin: null", "Sec-Fetch-Site: same-origin"},
		{"Sec-Fetch-Site: same-origin"},
		{"Origin: http://" + s.hosts[0]},
	} {
		c := s.of("POST", open[i].target)
		c.header, c.body = append(headers, "Content-Type: application/x-www-form-urlencoded"), open[i].body
		if res, body := s.send(t, c.String()); res.StatusCode != http.StatusSeeOther || f.waivers() != n+1 {
			t.Errorf("%q: got %d %q and %d waivers", headers, res.StatusCode, body, f.waivers())
		}
	}
}

// TestClose holds that a server with open streams ends at once.
func TestClose(t *testing.T) {
	f := &shelf{live: NewLive(inputOf("aaaaaa", 1))}
	s, err := Start(f.source(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	events := listen(t, s, "")
	next(t, events, "series")
	began := time.Now()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > closeWithin/2 {
		t.Errorf("closing took %v", took)
	}
	for range events {
	}
}
