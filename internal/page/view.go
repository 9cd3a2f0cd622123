package page

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/report"
	"github.com/nnvet/nnvet/internal/report/picture"
)

// A view is what the templates show.
type view struct {
	*report.View
	In       Input
	Trace    *nnvet.Trace // never nil
	Tab      string       // title of the browser's tab
	Lamps    []lamp
	Cards    []card
	Shortly  []card // causes that are only told in a line
	Timeline *figure
	Strip    *figure // layers over steps
	Lines    []layerLine
	Data     []dataTable
	Results  results
	Passed   []passed
	Facts    []fact
}

// A lamp is a lamp with the place on the page that tells more.
type lamp struct {
	report.Lamp
	To string
}

func see(in Input) (*view, error) {
	v := &view{View: report.See(in.Report), In: in, Trace: in.Report.Trace}
	if v.Trace == nil {
		v.Trace = &nnvet.Trace{}
	}
	res := &in.Report.Result
	v.Tab = tab(v.View) + name(in.Report)
	v.addCards(res)
	timeline, ok := picture.Timeline(v.Trace, res)
	v.Timeline = figureOf("timeline", timeline, ok)
	strip, ok := picture.Layers(v.Trace, res)
	v.Strip = figureOf("strip", strip, ok)
	v.Lines = layerLines(v.Layers)
	v.Data = dataTables(v.Trace)
	v.Results = resultsOf(in.Report, v.Trace)
	v.Passed = passedOf(v.View, in.Report, v.Trace)
	v.Facts = provenance(in.Report, v.Trace)
	for _, l := range v.View.Lamps {
		v.Lamps = append(v.Lamps, lamp{l, v.lit(l)})
	}
	return v, nil
}

// tab counts what is wrong, so that one of many tabs says it.
func tab(v *report.View) string {
	switch {
	case v.Counts != "":
		return v.Counts
	case v.Verdict == "none":
		return "no verdict"
	}
	return "no problem found"
}

// name returns ": train.py", the program behind what is said of it.
func name(r *report.Report) string {
	if r.Trace != nil && r.Trace.Run.Script != "" {
		return ": " + report.Clean(filepath.Base(r.Trace.Run.Script))
	}
	if len(r.Command) > 0 {
		return ": " + report.Clean(strings.Join(r.Command, " "))
	}
	return ""
}

// lit returns the place that tells why a lamp is lit as it is.
func (v *view) lit(l report.Lamp) string {
	for _, c := range v.Cards {
		if c.Finding.Check.Pitfall == l.Pitfall {
			return c.ID
		}
		for _, s := range c.Symptoms {
			if s.Finding.Check.Pitfall == l.Pitfall {
				return c.ID
			}
		}
	}
	for _, c := range v.Shortly {
		if c.Finding.Check.Pitfall == l.Pitfall {
			return c.ID
		}
	}
	for _, p := range v.Passed {
		if p.Lamp.Pitfall == l.Pitfall {
			return p.ID
		}
	}
	return "notrun"
}

// Diagnosis returns the whole diagnosis as JSON, to be saved or read by programs.
func (v *view) Diagnosis() (template.JS, error) {
	var b bytes.Buffer
	if err := report.JSON(&b, v.In.Report, report.Style{}); err != nil {
		return "", err
	}
	return block(b.Bytes())
}

// Series returns the columns of the timeline as JSON.
func (v *view) Series() (template.JS, error) {
	buckets := carriedBuckets
	if v.In.Live != nil {
		buckets = mostBuckets
	}
	return marshal(timelineOf(v.Trace, -1, buckets))
}

// History returns the layers at other steps as JSON.
func (v *view) History() (template.JS, error) { return marshal(historyOf(v.Trace, v.Layers)) }

// Agent returns the diagnosis as coding agents read it.
func (v *view) Agent() (string, error) {
	var b strings.Builder
	err := report.Agent(&b, v.In.Report, report.Style{})
	return b.String(), err
}

// Proven reports whether the cause in the title is proven to be one.
func (v *view) Proven() bool {
	for _, c := range v.Causes {
		if c.Proven {
			return true
		}
	}
	return false
}

// Command returns what was run.
func (v *view) Command() string { return report.Clean(strings.Join(v.In.Report.Command, " ")) }

// Policy returns the policy of a page that stands alone.
func (v *view) Policy() string { return policy("'none'", "'none'") }

// Ended reports whether the page is served and the run over, so that findings
// can be dismissed.
func (v *view) Ended() bool { return v.In.Live != nil && v.In.Live.Events == "" }

// Events returns the address of the stream, or "".
func (v *view) Events() string {
	l := v.In.Live
	if l == nil || l.Events == "" || l.Key == "" {
		if l == nil {
			return ""
		}
		return l.Events
	}
	return l.Events + "?" + url.Values{"k": {l.Key}}.Encode()
}

func marshal(v any) (template.JS, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return block(b)
}

// block makes JSON fit for an element of the page: without anything that ends
// the element, and with what cannot be seen written out.
func block(doc []byte) (template.JS, error) {
	var tight, safe bytes.Buffer
	if err := json.Compact(&tight, doc); err != nil {
		return "", fmt.Errorf("page: %w", err)
	}
	json.HTMLEscape(&safe, tight.Bytes())
	var b strings.Builder
	for _, r := range safe.String() {
		if hidden(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return template.JS(b.String()), nil
}
