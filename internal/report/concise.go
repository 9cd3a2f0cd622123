package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/nnvet/nnvet"
)

// Concise renders a line for each finding, as compilers do, so that editors
// find the places, and last the counts, behind the score where there is one:
//
//	train.py:41:44: error[NN0601] lr-too-high: learning rate 0.1 is about 30 times too high
func Concise(w io.Writer, r *Report, _ Style) error {
	v := look(r)
	var b strings.Builder
	for _, g := range v.groups {
		fmt.Fprintf(&b, "%s: %s %s: %s\n", v.place(g.cause), id(g.cause), g.cause.Check.Name, clean(g.cause.Message))
		for _, f := range g.symptoms {
			fmt.Fprintf(&b, "%s: %s %s: %s (symptom of %s)\n", v.place(f), id(f), f.Check.Name, clean(f.Message), strings.Join(f.Because, ", "))
		}
	}
	b.WriteString(clean(v.reached()) + v.summary() + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// place returns "file:line:col" of a finding: the beginning of the line where
// the column is unknown, and of the script where the line is.
func (v *view) place(f nnvet.Finding) string {
	l := f.Source
	if !l.Known() {
		l = nnvet.Location{File: v.trace.Run.Script, Line: 1}
	}
	if l.File == "" {
		return "-"
	}
	return fmt.Sprintf("%s:%d:%d", clean(l.File), l.Line, max(l.Col, 1))
}

// summary counts in one line.
func (v *view) summary() string {
	switch {
	case v.found():
		return v.counts().String() + "; " + v.coverage() + v.unsaid()
	case v.verdict() == verdictNone:
		return "no verdict: " + clean(v.noVerdict())
	}
	blind := ""
	if v.unlearned() != "" {
		blind = ", " + whetherLearned
	}
	return "no problem found" + blind + "; " + v.coverage() + v.unsaid()
}
