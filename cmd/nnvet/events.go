package main

import (
	"io"
	"os"

	"github.com/nnvet/nnvet/internal/report"
)

// begin starts the events of a run that is about to: on the stream w, and in
// files, where that is what they get.
func (o *options) begin(w io.Writer) error {
	if o.stream.Name == "jsonl" {
		o.events = report.NewEvents(w)
	}
	for i := range o.files {
		d := &o.files[i]
		if d.format.Name != "jsonl" || d.page {
			continue
		}
		f, err := os.Create(d.path)
		if err != nil {
			return usage("", "-o: %w", err)
		}
		d.file, d.events = f, report.NewEvents(f)
	}
	return nil
}

// told returns the events that were begun.
func (o *options) told() []*report.Events {
	var out []*report.Events
	if o.events != nil {
		out = append(out, o.events)
	}
	for _, d := range o.files {
		if d.events != nil {
			out = append(out, d.events)
		}
	}
	return out
}
