package serve

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"regexp"
	"strconv"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/page"
	"github.com/nnvet/nnvet/internal/report"
)

// silent drops what net/http has to say of connections: who connects here is
// not to write to somebody's terminal.
func silent() *log.Logger { return log.New(io.Discard, "", 0) }

// http1 is the only protocol: there is no TLS to agree on another.
func http1() *http.Protocols {
	p := new(http.Protocols)
	p.SetHTTP1(true)
	return p
}

// routes is the table of addresses. Only what is listed here is answered.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	for pattern, handle := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /{$}":                     s.first,
		"GET /runs":                    s.list,
		"GET /run/{id}":                s.run,
		"GET /run/{id}/report.html":    s.report,
		"GET /run/{id}/diagnosis.json": s.diagnosis,
		"POST /run/{id}/ignore":        s.ignore,
		"GET /compare/{a}/{b}":         s.compare,
		"GET /events/{id}":             s.stream,
		"GET /api/runs/{id}/series":    s.series,
		"GET /favicon.ico":             nothing,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			if err := handle(w, r); err != nil {
				fail(w, err)
			}
		})
	}
	return mux
}

// A refusal is an error that its reader can mend.
type refusal struct {
	status int
	text   string
}

func (e *refusal) Error() string { return e.text }

var errNoRun = &refusal{http.StatusNotFound, "there is no such run"}

// fail answers with an error in a sentence.
func fail(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	var r *refusal
	if errors.As(err, &r) {
		status = r.status
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintln(w, err)
}

func nothing(w http.ResponseWriter, _ *http.Request) error {
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// send answers with a document that is whole: one that fails half-way is an error.
func send(w http.ResponseWriter, kind string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	_, _ = b.WriteTo(w) // the browser may have left
	return nil
}

const (
	html  = "text/html; charset=utf-8"
	jsonT = "application/json"
)

// idForm is what a run's name may look like. What lies in the store besides is
// not served.
var idForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$`)

// id returns the run that an address names, if there is one.
func (s *Server) id(r *http.Request, name string) (string, error) {
	id := r.PathValue(name)
	if !idForm.MatchString(id) || !s.source.Has(id) {
		return "", errNoRun
	}
	return id, nil
}

// read reads the run that an address names. Reading takes memory and a core,
// so it is done one at a time.
func (s *Server) read(r *http.Request, name string) (page.Input, error) {
	id, err := s.id(r, name)
	if err != nil {
		return page.Input{}, err
	}
	if live := s.live(id); live != nil {
		return live.Input(), nil
	}
	select {
	case s.reading <- struct{}{}:
		defer func() { <-s.reading }()
	case <-r.Context().Done():
		return page.Input{}, r.Context().Err()
	}
	return s.source.Read(id)
}

// live returns a run that goes on, or nil.
func (s *Server) live(id string) *Live {
	if live := s.source.Live(id); live != nil && !live.Over() {
		return live
	}
	return nil
}

// first shows the run that the server was started for, or the list.
func (s *Server) first(w http.ResponseWriter, r *http.Request) error {
	if s.home == "" {
		return s.list(w, r)
	}
	r.SetPathValue("id", s.home)
	return s.run(w, r)
}

func (s *Server) list(w http.ResponseWriter, _ *http.Request) error {
	runs, err := s.source.Runs()
	if err != nil {
		return err
	}
	return send(w, html, func(w io.Writer) error { return page.List(w, runs, true) })
}

func (s *Server) run(w http.ResponseWriter, r *http.Request) error {
	in, err := s.read(r, "id")
	if err != nil {
		return err
	}
	in.Live = &page.Live{}
	if s.live(in.Report.ID) != nil {
		in.Live.Events = events(in.Report.ID)
	}
	return send(w, html, func(w io.Writer) error { return page.Write(w, in) })
}

func (s *Server) report(w http.ResponseWriter, r *http.Request) error {
	in, err := s.read(r, "id")
	if err != nil {
		return err
	}
	return send(w, html, func(w io.Writer) error { return page.Write(w, in) })
}

func (s *Server) diagnosis(w http.ResponseWriter, r *http.Request) error {
	in, err := s.read(r, "id")
	if err != nil {
		return err
	}
	return send(w, jsonT, func(w io.Writer) error { return report.JSON(w, in.Report, report.Style{}) })
}

func (s *Server) compare(w http.ResponseWriter, r *http.Request) error {
	a, err := s.read(r, "a")
	if err != nil {
		return err
	}
	b, err := s.read(r, "b")
	if err != nil {
		return err
	}
	return send(w, html, func(w io.Writer) error { return page.Compare(w, a, b) })
}

func (s *Server) series(w http.ResponseWriter, r *http.Request) error {
	since, err := step(r.URL.Query().Get("since"))
	if err != nil {
		return err
	}
	in, err := s.read(r, "id")
	if err != nil {
		return err
	}
	trace := in.Report.Trace
	if live := s.live(in.Report.ID); live != nil {
		trace = live.Trace()
	}
	return send(w, jsonT, func(w io.Writer) error {
		doc, err := page.Series(orEmpty(trace), since)
		if err == nil {
			_, err = w.Write(doc)
		}
		return err
	})
}

// beginning is the step before the first.
const beginning = -1

// step reads a step, or the beginning from an empty text.
func step(text string) (int64, error) {
	if text == "" {
		return beginning, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < beginning {
		return 0, &refusal{http.StatusBadRequest, "since: a step is a whole number"}
	}
	return n, nil
}

// orEmpty returns a trace that can be asked.
func orEmpty(t *nnvet.Trace) *nnvet.Trace {
	if t == nil {
		return &nnvet.Trace{}
	}
	return t
}
