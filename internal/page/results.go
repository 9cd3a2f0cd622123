package page

import (
	"fmt"
	"math"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/report"
	"github.com/nnvet/nnvet/internal/report/picture"
)

// results is what the network reached.
type results struct {
	Headline    string
	Scores      []score
	Facts       []report.Fact
	Curves      []report.Curve
	Pictures    []figure
	Experiments []experiment
}

// A score is a figure of merit beside what a constant reaches.
type score struct{ Name, Split, Value, Baseline, Rows, Seeds string }

// An experiment is what other trainings gave, for a check that one run cannot answer.
type experiment struct {
	Check   string
	Arms    []arm
	Lacking string
}

type arm struct{ What, Figures string }

func resultsOf(r *report.Report, t *nnvet.Trace) results {
	res := results{Curves: report.CurvesOf(t)}
	if o := r.Outcome; o != nil {
		res.Headline, res.Facts = o.Headline, o.Facts
		for _, s := range o.Scores {
			res.Scores = append(res.Scores, score{s.Name, s.Split, report.Num(s.Value), report.Num(s.Baseline), fmt.Sprint(s.Rows), numbers(s.Seeds)})
		}
	}
	res.Pictures = figures("results", picture.Looks(t, &r.Result, nnvet.Results))
	for _, e := range t.Experiments {
		x := experiment{Check: e.Check, Lacking: e.Lacking}
		for _, a := range e.Arms {
			x.Arms = append(x.Arms, arm{a.What, numbers(a.Figures)})
		}
		res.Experiments = append(res.Experiments, x)
	}
	return res
}

// numbers writes figures one after another; of many, their mean, and from where
// to where they reach.
func numbers(xs []float64) string {
	const few = 8
	var out []string
	sum, lo, hi := 0.0, math.Inf(1), math.Inf(-1)
	for _, x := range xs {
		out = append(out, report.Num(x))
		sum, lo, hi = sum+x, math.Min(lo, x), math.Max(hi, x)
	}
	if len(xs) > few {
		return fmt.Sprintf("mean %s of %d, %s to %s", report.Num(sum/float64(len(xs))), len(xs), report.Num(lo), report.Num(hi))
	}
	return strings.Join(out, ", ")
}
