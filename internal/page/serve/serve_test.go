package serve

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/page"
	"github.com/nnvet/nnvet/internal/report"
)

// secret stands in everything that a server may tell: whoever sees it was told.
const secret = "Marzipan"

// traceOf returns a training of so many steps.
func traceOf(steps int) *nnvet.Trace { return builderOf(steps).Snapshot() }

func builderOf(steps int) *nnvet.Builder {
	b := new(nnvet.Builder)
	b.Run.Steps = int64(steps)
	for i := range steps {
		if err := b.Add(nnvet.Key{Quantity: nnvet.Loss, Split: nnvet.Train}, int64(i), math.Exp(-float64(i)/100)); err != nil {
			panic(err)
		}
	}
	return b
}

// inputOf returns a run with one finding.
func inputOf(id string, steps int) page.Input {
	check := &nnvet.Check{ID: "NN0601", Name: "lr-too-high", Pitfall: nnvet.LearningRate}
	return page.Input{Report: &report.Report{
		ID: id, Version: "0", Command: []string{"python", secret + ".py"}, Trace: traceOf(steps),
		Result: nnvet.Result{Findings: []nnvet.Finding{{Check: check, Severity: nnvet.Error, Message: secret + " is too high"}}},
	}}
}

// A shelf is a source of two runs, of which one may go on.
type shelf struct {
	mu     sync.Mutex
	live   *Live // of run "aaaaaa"
	waived []Waiver
	asked  []string // names of runs
}

func (f *shelf) source() Source {
	return Source{
		Runs: func() ([]page.Run, error) {
			return []page.Run{{ID: "aaaaaa", Command: secret, Verdict: "error"}, {ID: "bbbbbb", Command: secret, Verdict: "clear"}}, nil
		},
		Has: func(id string) bool {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.asked = append(f.asked, id)
			return id == "aaaaaa" || id == "bbbbbb"
		},
		Read: func(id string) (page.Input, error) {
			if id != "aaaaaa" && id != "bbbbbb" {
				return page.Input{}, errors.New("asked for " + id)
			}
			return inputOf(id, 10), nil
		},
		Live: func(id string) *Live {
			f.mu.Lock()
			defer f.mu.Unlock()
			if id == "aaaaaa" {
				return f.live
			}
			return nil
		},
		Ignore: func(_ string, w Waiver) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.waived = append(f.waived, w)
			return nil
		},
	}
}

func (f *shelf) waivers() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.waived)
}

// start starts a server whose patience is short, and ends it with the test.
func start(t *testing.T, f *shelf, o Options) *Server {
	t.Helper()
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	s, err := newServer(f.source(), o, l.Addr().(*net.TCPAddr).Port)
	if err != nil {
		t.Fatal(err)
	}
	s.http.ReadHeaderTimeout, s.http.ReadTimeout = 200*time.Millisecond, 400*time.Millisecond
	s.serve(l)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// A call is a request, byte for byte as it goes over the wire.
type call struct {
	method, target, host, cookie, body string
	header                             []string
}

// of returns the request that a page of the server's own would send.
func (s *Server) of(method, target string) call {
	c := call{method: method, target: target, host: s.hosts[0], cookie: s.cookie + "=" + s.key}
	if method == http.MethodPost {
		c.header = []string{"Origin: http://" + s.hosts[0], "Sec-Fetch-Site: same-origin", "Content-Type: application/x-www-form-urlencoded"}
	}
	return c
}

func (c call) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", c.method, c.target, c.host)
	if c.cookie != "" {
		fmt.Fprintf(&b, "Cookie: %s\r\n", c.cookie)
	}
	for _, h := range c.header {
		fmt.Fprintf(&b, "%s\r\n", h)
	}
	if c.body != "" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(c.body))
	}
	return b.String() + "\r\n" + c.body
}

// send sends bytes and returns the answer and the beginning of its body.
func (s *Server) send(t *testing.T, text string) (*http.Response, string) {
	t.Helper()
	conn, err := net.Dial("tcp4", s.hosts[0])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.WriteString(conn, text) }() // the server may hang up before all of it
	method, _, _ := strings.Cut(text, " ")
	res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%.60q: no answer: %v", text, err)
	}
	defer res.Body.Close()
	if res.Header.Get("Content-Type") == "text/event-stream" {
		return res, ""
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%.60q: %v", text, err)
	}
	return res, string(body)
}

// An opening is a request that a page sends, with the status that it gets.
type opening struct {
	method, target, body string
	status               int
}

var open = []opening{
	{"GET", "/", "", 200},
	{"GET", "/runs", "", 200},
	{"GET", "/run/aaaaaa", "", 200},
	{"GET", "/run/aaaaaa/report.html", "", 200},
	{"GET", "/run/aaaaaa/diagnosis.json", "", 200},
	{"GET", "/compare/aaaaaa/bbbbbb", "", 200},
	{"GET", "/events/aaaaaa", "", 200},
	{"GET", "/api/runs/aaaaaa/series?since=3", "", 200},
	{"HEAD", "/run/aaaaaa", "", 200},
	{"POST", "/run/aaaaaa/ignore", "fingerprint=" + print1() + "&reason=on+purpose", 303},
}

func print1() string {
	return inputOf("aaaaaa", 1).Report.Result.Findings[0].Fingerprint()
}

// TestOpen holds that the page's own requests are answered; without it the
// table of attacks would pass of a server that answers nothing.
func TestOpen(t *testing.T) {
	f := &shelf{}
	s := start(t, f, Options{})
	for _, c := range open {
		x := s.of(c.method, c.target)
		x.body = c.body
		res, body := s.send(t, x.String())
		if res.StatusCode != c.status {
			t.Errorf("%s %s: got %d %.100q, want %d", c.method, c.target, res.StatusCode, body, c.status)
		}
		if told := strings.Contains(body, secret); c.method == "GET" && !told && !strings.Contains(c.target, "/events/") && !strings.Contains(c.target, "/series") {
			t.Errorf("GET %s: it does not show the run: %.100q", c.target, body)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "Content-Security-Policy": page.Policy(),
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s %s: got %s %q, want %q", c.method, c.target, name, got, want)
			}
		}
	}
	if f.waivers() != 1 {
		t.Errorf("got %d waivers, want the one that was posted", f.waivers())
	}
	if !strings.Contains(page.Policy(), "frame-ancestors 'none'") || !strings.Contains(page.Policy(), "default-src 'none'") {
		t.Errorf("the policy is open: %s", page.Policy())
	}
}

func TestKey(t *testing.T) {
	f := &shelf{}
	s := start(t, f, Options{Home: "bbbbbb"})
	_, query, _ := strings.Cut(s.Address(), "/?")
	res, body := s.send(t, call{method: "GET", target: "/run/aaaaaa?" + query, host: s.hosts[0]}.String())
	if res.StatusCode != 303 || res.Header.Get("Location") != "/run/aaaaaa" {
		t.Fatalf("got %d to %q, want to be sent on without the key", res.StatusCode, res.Header.Get("Location"))
	}
	if strings.Contains(body, s.key) || len(s.key) < 128/6 {
		t.Errorf("the key is shown or short: %q", s.key)
	}
	cookies := res.Cookies()
	if len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteStrictMode || cookies[0].Path != "/" {
		t.Fatalf("got cookies %v", cookies)
	}
	if res, body := s.send(t, call{method: "GET", target: "/", host: s.hosts[1], cookie: cookies[0].Name + "=" + cookies[0].Value}.String()); res.StatusCode != 200 || body == "" {
		t.Errorf("got %d of the page with its cookie", res.StatusCode)
	}
}

// TestTicket holds that what a browser's command line shows opens the page once.
func TestTicket(t *testing.T) {
	f := &shelf{}
	s := start(t, f, Options{})
	once := s.Once()
	if strings.Contains(once, s.key) {
		t.Fatal("the ticket is the key")
	}
	target := "/" + once[strings.Index(once, "?"):]
	for i, want := range []int{303, 403} {
		if res, _ := s.send(t, call{method: "GET", target: target, host: s.hosts[0]}.String()); res.StatusCode != want {
			t.Errorf("use %d: got %d, want %d", i, res.StatusCode, want)
		}
	}
	late := time.Now().Add(2 * ticketFor)
	if ticket := s.tickets.make(time.Now()); s.tickets.take(ticket, late) {
		t.Error("an old ticket was taken")
	}
}

// TestKept holds that a server that was started anew knows the cookies of the
// one before, and that another one does not.
func TestKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	key := func(host string) string {
		k, err := keptKey(file, host)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	first := key("127.0.0.1:1000")
	if key("127.0.0.1:1000") != first {
		t.Error("the key changed from one start to the next")
	}
	if key("127.0.0.1:1001") == first {
		t.Error("two addresses share a key")
	}
	for name, spoil := range map[string]func() error{
		"readable for others": func() error { return chmod(file, 0o644) },
		"old":                 func() error { return age(file, keptFor) },
		"cut":                 func() error { return cut(file) },
	} {
		before := key("127.0.0.1:1000")
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		if key("127.0.0.1:1000") == before {
			t.Errorf("a secret that is %s is used", name)
		}
	}
}
