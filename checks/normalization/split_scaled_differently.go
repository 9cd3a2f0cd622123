package normalization

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

//go:embed split_scaled_differently.md
var splitScaledDifferentlyDoc string

// SplitScaledDifferently finds validation inputs that were scaled by other
// figures than those of training.
var SplitScaledDifferently = nnvet.Check{
	ID:       "NN0108",
	Name:     "split-scaled-differently",
	Pitfall:  nnvet.Normalization,
	Doc:      splitScaledDifferentlyDoc,
	Severity: nnvet.Warning,
	Needs: []nnvet.Need{nnvet.NeedProfile(nnvet.Input), {What: "statistics of validation inputs", Has: func(t *nnvet.Trace) bool {
		return t.Profile(nnvet.Input, nnvet.Validation) != nil
	}}},
	Limits: []nnvet.Limit{
		{Name: "shift", Default: 0.5, Source: "convention: half a standard deviation between the means; augmentation moves them less"},
		{Name: "ratio", Default: 2, Source: "convention: twice or half the deviation; augmentation changes it less"},
		{Name: "columns", Default: 0.5, Source: "convention: another scaling shows in most columns, another kind of rows in some"},
		{Name: "far", Default: 10, Source: "convention: rows of one kind do not come ten times apart; one column that does was scaled otherwise"},
		{Name: "rows", Default: 30, Source: "convention: of fewer, the deviation is not known to a quarter"},
		{Name: "behind", Default: 0.1, Source: "the smallest loss of skill that counts as more than a small one"},
		sparse, nnvet.NoSkill,
	},
	Explains: []string{"NN0206", "NN0208", "NN0209", "NN0401"},
	AtEnd:    true,
	Run: func(p *nnvet.Pass) {
		eachInput(p, func(p *nnvet.Pass, x *nnvet.Profile) {
			if v := p.Trace.ProfileOf(nnvet.Input, nnvet.Validation, x.Site); v == nil {
				p.Skip("no validation inputs of %s were recorded", x.Site)
			} else {
				judgeSplits(p, x, v)
			}
		})
	},
}

// A gap is how far a column of one split is from that of the other.
type gap struct {
	column, other nnvet.Column
	shift         float64 // of the means, in deviations of training
	ratio         float64 // of the deviations
}

// size puts a gap on one scale, to find the largest.
func (g gap) size() float64 {
	return math.Max(g.shift, math.Abs(math.Log(g.ratio)))
}

func judgeSplits(p *nnvet.Pass, x, v *nnvet.Profile) {
	cols := quantities(p, x)
	if len(cols) == 0 {
		return
	}
	if n := min(x.Rows, v.Rows); float64(n) < p.Limit("rows") {
		p.Short("%d rows were looked at; it takes %g to compare scales", n, p.Limit("rows"))
		return
	}
	gaps := gapsOf(cols, v)
	if len(gaps) == 0 {
		p.Skip("no column was seen in both splits")
		return
	}
	var off []gap
	worst, far := gaps[0], false
	for _, g := range gaps {
		if g.size() > worst.size() {
			worst = g
		}
		far = far || isFar(g, p.Limit("far"))
		if isOff(p, g, x.Rows, v.Rows) {
			off = append(off, g)
		}
	}
	p.Measured("apart %s", short(worst.size()))
	switch most := float64(len(off)) >= p.Limit("columns")*float64(len(gaps)); {
	case most && len(off) > 0 || far:
		reportSplits(p, x, v, worst, len(off), len(gaps))
	case x.Layout == "features" && scaledByItself(gaps, v.Rows):
		reportOwnFigures(p, x, v, gaps)
	}
}

func gapsOf(cols []nnvet.Column, v *nnvet.Profile) []gap {
	var out []gap
	for _, c := range cols {
		for _, o := range v.Columns {
			g := gap{column: c, other: o, shift: math.Abs(c.Mean-o.Mean) / c.Std, ratio: o.Std / c.Std}
			if o.Index == c.Index && o.N > 0 && finite(g.shift, g.ratio) {
				out = append(out, g)
			}
		}
	}
	return out
}

// isOff reports whether two columns differ past the limits and past what
// chance gives in so few rows: four standard errors of a mean, and of a
// deviation twice those of a normal distribution, as tails make it jump.
func isOff(p *nnvet.Pass, g gap, train, val int64) bool {
	n := math.Sqrt(1/float64(train) + 1/float64(val))
	return g.shift > p.Limit("shift")+4*n || math.Abs(math.Log(g.ratio)) > math.Log(p.Limit("ratio"))+8*n/math.Sqrt2
}

// isFar reports whether one column alone is proof: its deviation many times
// another, and its mean as far off; or its deviation a hundred times another.
func isFar(g gap, far float64) bool {
	r := math.Max(g.ratio, 1/g.ratio)
	return g.other.Std > 0 && (r >= far*far || r >= far/2 && g.shift >= far)
}

// scaledByItself reports whether the validation columns have mean 0 and
// deviation 1 to a twentieth of what chance gives: by the figures of training
// they would not.
func scaledByItself(gaps []gap, rows int64) bool {
	const enough = 3
	n := float64(rows)
	same := true
	for _, g := range gaps {
		o := g.other
		if !(math.Abs(o.Mean) < 0.05/math.Sqrt(n)) || !(math.Abs(o.Std-1) < 0.05/math.Sqrt(2*n)+0.6/n) {
			return false
		}
		same = same && o.Min == g.column.Min && o.Max == g.column.Max // the rows of training again
	}
	return len(gaps) >= enough && !same
}

func reportSplits(p *nnvet.Pass, x, v *nnvet.Profile, worst gap, off, of int) {
	c, o := worst.column, worst.other
	f := splitFinding(p, v)
	f.Confidence = 0.6 // other rows differ too
	if isFar(worst, p.Limit("far")) {
		f.Confidence = 0.9
	}
	f.Brief = brief(o.Moments)
	f.Message = fmt.Sprintf("validation inputs are scaled otherwise than training inputs: %s has mean %s and std %s in validation, %s and %s in training",
		labelOf(c, x), center(o.Moments), figure(o.Std), center(c.Moments), figure(c.Std))
	if off > 1 {
		f.Message += fmt.Sprintf("; %d of %d columns differ so", off, of)
	}
	f.Evidence = []nnvet.Evidence{
		{What: fmt.Sprintf("distance of the means in std of training (%s)", label(c)), Saw: worst.shift, Limit: "shift"},
		{What: fmt.Sprintf("std in validation / std in training (%s)", label(c)), Saw: worst.ratio, Limit: "ratio"},
		{What: "share of the columns that differ", Saw: float64(off) / float64(of), Limit: "columns"},
	}
	fallsBehind(p, &f)
	f.Treatments = []nnvet.Treatment{{Action: p.Trace.Say(scaleAlike)}}
	p.Report(f)
}

var scaleAlike = nnvet.Words{
	Program: "scale validation and test inputs by the mean and std of the training rows, in one function that training, validation and use all call",
	File:    "let data.transform scale the columns: it takes its figures from the training rows, for every split",
}

// few is how many rows give figures that are a tenth of a deviation off.
const few = 100

func reportOwnFigures(p *nnvet.Pass, x, v *nnvet.Profile, gaps []gap) {
	mean, std := 0.0, 0.0
	for _, g := range gaps {
		mean, std = math.Max(mean, math.Abs(g.other.Mean)), math.Max(std, math.Abs(g.other.Std-1))
	}
	f := splitFinding(p, v)
	f.Confidence = 0.9
	f.Brief = "own figures"
	f.Message = fmt.Sprintf("validation inputs were scaled by figures of their own: all %d columns have mean 0 and std 1 in them to within %s, which the figures of training do not give",
		len(gaps), short(math.Max(mean, std)))
	f.Evidence = []nnvet.Evidence{
		{What: "largest |mean| of a validation column", Saw: mean, Lo: 0.05 / math.Sqrt(float64(v.Rows)), Hi: 4 / math.Sqrt(float64(v.Rows))},
		{What: "validation rows", Saw: float64(v.Rows)},
	}
	if f.Severity = nnvet.Note; v.Rows < few { // more give nearly the figures of training
		fallsBehind(p, &f)
	}
	again := "fit the scaler to the training rows alone, and only transform the others: scaler.transform(x_val), not fit_transform"
	f.Treatments = []nnvet.Treatment{{Action: p.Trace.Say(nnvet.Words{Program: again, File: scaleAlike.File})}}
	p.Report(f)
}

func splitFinding(p *nnvet.Pass, v *nnvet.Profile) nnvet.Finding {
	return nnvet.Finding{Source: v.Source, Label: "validation is fed here", Span: nnvet.Span{To: max(p.Trace.Run.Steps-1, 0)}}
}

// fallsBehind judges by what it costs where it can: on the validation rows.
func fallsBehind(p *nnvet.Pass, f *nnvet.Finding) {
	f.Severity = nnvet.Note
	train, err := p.Trace.Course(nnvet.Train)
	if err != nil {
		return
	}
	val, err := p.Trace.Course(nnvet.Validation)
	if err != nil || val.Scale.How == "" {
		return
	}
	behind := train.Skill() - val.Skill()
	if !(behind >= p.Limit("behind")) {
		return
	}
	f.Severity = nnvet.Warning
	f.Message += "; " + val.Ended()
	f.Evidence = append(f.Evidence, nnvet.Evidence{What: "validation skill behind training skill", Saw: behind, Key: val.Key, Limit: "behind"})
	if val.Skill() <= p.Limit("learned") {
		f.Severity = nnvet.Error
		f.Evidence = append(f.Evidence, val.Evidence("learned"))
	}
}
