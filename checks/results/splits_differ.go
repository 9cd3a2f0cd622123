package results

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed splits_differ.md
var splitsDifferDoc string

// SplitsDiffer finds validation rows of another kind than the training rows.
var SplitsDiffer = nnvet.Check{
	ID:       "NN0208",
	Name:     "splits-differ",
	Pitfall:  nnvet.Results,
	Doc:      splitsDifferDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{needOverlap},
	Limits: []nnvet.Limit{
		{Name: "auc", Default: 0.6, Source: "convention of adversarial validation: below, splits count as alike"},
		{Name: "apart", Default: 0.7, Source: "convention of adversarial validation: above, they clearly differ"},
		{Name: "sure", Default: 3, Source: "convention: standard errors of the AUC above chance"},
		{Name: "gap", Default: 0.1, Source: "convention: a tenth of the skill lost from training to validation rows counts as major"},
		{Name: "rows", Default: 64, Source: "convention: of fewer rows, the AUC of equal splits exceeds 0.6 too often"},
	},
	Explains: []string{"NN0401", "NN0213", "NN0216", "NN0201"},
	AtEnd:    true,
	Run: func(p *nnvet.Pass) {
		s := overlapping(p.Trace)
		o := s.Overlap
		if least := min(s.Rows, o.Rows); float64(least) < p.Limit("rows") {
			p.Short("%d rows of a split were looked at; it takes %g to tell splits apart", least, p.Limit("rows"))
			return
		}
		if !stat.Finite(o.AUC) {
			p.Skip("no classifier told the splits apart, as where inputs are indices of tokens")
			return
		}
		p.Measured("AUC %.2f", o.AUC)
		if o.AUC > p.Limit("auc") && o.AUC-p.Limit("sure")*chanceAUC(s.Rows, o.Rows) > 0.5 {
			reportDiffer(p, s)
		}
	},
}

// chanceAUC returns the standard error of the AUC of two samples that do not
// differ (Mann and Whitney 1947).
func chanceAUC(n, m int) float64 {
	a, b := float64(n), float64(m)
	return math.Sqrt((a + b + 1) / (12 * a * b))
}

func reportDiffer(p *nnvet.Pass, s *nnvet.Survey) {
	o := s.Overlap
	gap := skillOf(p.Trace, nnvet.Train) - skillOf(p.Trace, nnvet.Validation) // may be NaN: then no harm is seen
	f := nnvet.Finding{
		Source:     fed(p.Trace, nnvet.Validation),
		Label:      "rows of another kind",
		Span:       whole(p.Trace),
		Severity:   nnvet.Note,
		Brief:      fmt.Sprintf("AUC %.2f", o.AUC),
		Confidence: 0.8,
		Message: fmt.Sprintf("validation rows are of another kind than training rows: a linear classifier ranks the right one of a pair higher %.0f times in 100, where chance gives 50",
			100*o.AUC),
		Evidence: []nnvet.Evidence{
			{What: "AUC of a classifier of the splits", Saw: o.AUC, Limit: "auc", Lo: 0.5 - 2*chanceAUC(s.Rows, o.Rows), Hi: 0.5 + 2*chanceAUC(s.Rows, o.Rows)},
		},
		Treatments: []nnvet.Treatment{{Action: p.Trace.Say(shuffleFirst)}, {Action: p.Trace.Say(sameTreatment)}},
	}
	if o.Outside > 0 {
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "share of validation rows outside the range of training rows", Saw: o.Outside})
	}
	if gap > p.Limit("gap") {
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "skill lost from training to validation rows", Saw: gap, Limit: "gap"})
		f.Message += fmt.Sprintf("; the skill falls from %.2f to %.2f between them", skillOf(p.Trace, nnvet.Train), skillOf(p.Trace, nnvet.Validation))
		if o.AUC > p.Limit("apart") {
			f.Severity = nnvet.Warning
		}
	}
	p.Report(f)
}

// What to do about splits that differ.
var (
	shuffleFirst = nnvet.Words{
		Program: "shuffle before you split (train_test_split does), and stratify by class: a sorted file that is cut in two gives two kinds of rows",
		File:    "split at random: data.split.by: random; where the order matters, as in time, expect the gap and train on later rows as they come",
	}
	sameTreatment = nnvet.Words{
		Program: "fit the scaler on training rows alone and use that same one for validation rows",
		File:    "compare the columns of the two parts: one that drifts with time, or names where a row came from, tells them apart and had better be left out (data.exclude)",
	}
)
