// Package page draws a diagnosis as one HTML page that needs nothing beside it:
// the report that every run leaves, and, from the same templates, the page that
// is live while training runs. All of it can be read without scripts; they add
// the zoomable timeline, keys, and what is live. It reads no clock and no files
// but through the report's Source, so the same trace gives the same bytes.
package page

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"

	"github.com/nnvet/nnvet/internal/report"
)

// An Input is what a page shows.
type Input struct {
	Report *report.Report
	Proof  *report.ProofReport // nil where nothing was tried
	Others []Run               // other runs to go to; nil where there are none
	Live   *Live               // nil of a static report
}

// A Live page goes on being written to.
type Live struct {
	Events string // address of the stream of events
	Key    string // that the address takes; "" where a cookie holds it
}

// A Run is a line in the list of runs.
type Run struct {
	ID, When, Command string
	Verdict           string // as in JSON: "error", "warning", "clear", "none"
	Worst             string // its worst finding in a sentence; "" where there is none
	Errors, Warnings  int
}

// A Fragment is a part of a page that is replaced while it is live.
type Fragment struct {
	ID   string
	HTML template.HTML
}

//go:embed ui/*.html
var sources embed.FS

var (
	//go:embed dist/app.js
	script string
	//go:embed dist/app.css
	style string
)

var templates = template.Must(template.New("").Funcs(functions).ParseFS(sources, "ui/*.html"))

// parts lists the fragments in the order of the page.
var parts = []string{"head", "lamps", "findings", "layers", "data", "results", "passed", "notrun", "provenance"}

// Write writes the whole page.
func Write(w io.Writer, in Input) error {
	v, err := see(in)
	if err != nil {
		return err
	}
	return v.write(w, "page")
}

// Fragments returns the parts that a live page replaces, in page order.
func Fragments(in Input) ([]Fragment, error) {
	v, err := see(in)
	if err != nil {
		return nil, err
	}
	var out []Fragment
	for _, id := range parts {
		var b bytes.Buffer
		if err := v.write(&b, id); err != nil {
			return nil, err
		}
		out = append(out, Fragment{id, template.HTML(b.String())}) // a template escaped it
	}
	return out, nil
}

// write runs a template as a whole, so that no half of a page goes anywhere.
func (v *view) write(w io.Writer, name string) error { return execute(w, name, v) }

func execute(w io.Writer, name string, data any) error {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, data); err != nil {
		return fmt.Errorf("page: %w", err)
	}
	_, err := w.Write(inert(b.Bytes()))
	return err
}
