package preprocessing

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

var needSurvey = nnvet.Need{What: "survey of training rows", Has: func(t *nnvet.Trace) bool { return len(t.Surveys) > 0 }}

// counted reports whether a survey was of enough rows to say more than how
// many they were.
func counted(s *nnvet.Survey) bool {
	return slices.ContainsFunc(s.Columns, func(f nnvet.Feature) bool { return f.Distinct > 0 })
}

const notCounted = "no values of columns were counted: it takes 64 rows, and numbers as inputs"

// called names a column for a sentence.
func called(f *nnvet.Feature) string {
	if f.Name != "" {
		return f.Name
	}
	return fmt.Sprintf("column %d", f.Index)
}

// calledAll names a few columns.
func calledAll(fs []*nnvet.Feature) string {
	const few = 3
	var names []string
	for i, f := range fs {
		if i == few {
			names = append(names, fmt.Sprintf("%d more", len(fs)-few))
			break
		}
		names = append(names, called(f))
	}
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// momentsOf returns the moments of a column as it was fed, or nil. Of images
// and sequences a profile's columns are not those of the survey.
func momentsOf(t *nnvet.Trace, s *nnvet.Survey, f *nnvet.Feature) *nnvet.Moments {
	x := t.ProfileOf(nnvet.Input, nnvet.Train, s.Site)
	if x == nil || x.Layout != "features" || x.Of != s.Of {
		return nil
	}
	for i := range x.Columns {
		if x.Columns[i].Index == f.Index {
			return &x.Columns[i].Moments
		}
	}
	return nil
}

// standardized reports whether a column has mean 0 and deviation 1, so that its
// numbers are no longer those that were measured.
func standardized(m *nnvet.Moments) bool {
	return m != nil && math.Abs(m.Mean) < 0.1 && math.Abs(m.Std-1) < 0.1
}

// found returns what the findings about a network's inputs have in common.
func found(p *nnvet.Pass, s *nnvet.Survey) nnvet.Finding {
	f := nnvet.Finding{Span: nnvet.Span{To: max(p.Trace.Run.Steps-1, 0)}}
	if x := p.Trace.ProfileOf(nnvet.Input, nnvet.Train, s.Site); x != nil && x.Source.Known() {
		f.Source = x.Source
		f.Label = p.Trace.Say(nnvet.Words{Program: "fed here", File: "prepared here"})
	}
	if len(p.Trace.Surveys) > 1 {
		f.Site = s.Site
	}
	return f
}

// figure writes v to three digits, without an exponent while it is of a usual size.
func figure(v float64) string {
	if a := math.Abs(v); a >= 1e-4 && a < 1e7 || v == 0 {
		return strconv.FormatFloat(stat.Signif(v, 3), 'f', -1, 64)
	}
	return fmt.Sprintf("%.3g", v)
}

// percent writes a share: "3 %", "0.4 %".
func percent(share float64) string {
	if p := 100 * share; p >= 10 || p == 0 {
		return fmt.Sprintf("%.0f %%", p)
	}
	return figure(stat.Signif(100*share, 2)) + " %"
}

// board writes a share for the board of pitfalls, in at most four characters.
func board(share float64) string {
	return fmt.Sprintf("%.0f%%", 100*math.Max(0, math.Min(share, 9.99)))
}

// short writes a figure that is mostly below 1 for the board, in at most five characters.
func short(v float64) string { return fmt.Sprintf("%.2f", math.Max(-9, math.Min(v, 99))) }
