package normalization

import (
	_ "embed"
	"fmt"

	"github.com/nnvet/nnvet"
)

//go:embed heavy_tailed_feature.md
var heavyTailedFeatureDoc string

// HeavyTailedFeature finds columns a part of which lies far outside the rest.
var HeavyTailedFeature = nnvet.Check{
	ID:       "NN0105",
	Name:     "heavy-tailed-feature",
	Pitfall:  nnvet.Normalization,
	Doc:      heavyTailedFeatureDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedProfile(nnvet.Input), needSurvey, nnvet.NeedSeries(nnvet.Loss, nnvet.Train)},
	Limits: append([]nnvet.Limit{
		{Name: "tail", Default: 0.01, Source: "measured on small MLPs: 0 in healthy inputs; a normal distribution has none in 10^15 past 8 robust deviations"},
		{Name: "stout", Default: 0.1, Source: "measured in the casebook's part to learn from: of 13 tasks with such tails as long as \"long\", 11 lost 0.05 of skill or more, though not one run shows it by itself"},
		{Name: "long", Default: 8, Source: "measured on small MLPs: healthy inputs reach 5.7 standard deviations"},
		{Name: "fits", Default: 0.9, Source: "convention: where nine tenths are explained, the tail cost little"},
		{Name: "alone", Default: 0.05, Source: "convention: a column whose ranks tell less of the target has little to gain from another scale"},
		{Name: "rows", Default: 200, Source: "convention: below, one in a hundred is one or two rows"},
		{Name: "levels", Default: 10, Source: "convention: fewer values are levels, which have no tail"},
		sparse,
	}, harmLimits...),
	Explains: append([]string{"NN0604"}, upset...),
	AtEnd:    true,
	Run:      func(p *nnvet.Pass) { eachInput(p, judgeTails) },
}

var needSurvey = nnvet.Need{What: "survey of its rows", Has: func(t *nnvet.Trace) bool { return len(t.Surveys) > 0 }}

func judgeTails(p *nnvet.Pass, x *nnvet.Profile) {
	cols := quantities(p, x)
	s := p.Trace.SurveyOf(x.Site)
	switch {
	case len(cols) == 0:
		return
	case s == nil || len(s.Columns) == 0:
		p.Skip("the trace has no survey of the inputs of %s", x.Site)
		return
	case float64(s.Rows) < p.Limit("rows"):
		p.Short("the survey holds %d rows; it takes %g to see a tail", s.Rows, p.Limit("rows"))
		return
	}
	var heavy []nnvet.Column
	var worst *nnvet.Feature
	var at nnvet.Column
	most, tells := 0.0, 0.0
	for _, c := range cols {
		f := s.Feature(c.Index)
		if f == nil || !(f.MAD > 0) || float64(f.Distinct) < p.Limit("levels") || !finite(f.Tail) {
			continue
		}
		most = max(most, f.Tail)
		if f.Tail < p.Limit("tail") {
			continue
		}
		heavy = append(heavy, c)
		if f.Alone > tells {
			tells = f.Alone
		}
		if worst == nil || f.Tail > worst.Tail {
			worst, at = f, c
		}
	}
	p.Measured("tail %s%%", short(100*most))
	if _, columns := normalizes(p.Trace); worst == nil || columns || nnvet.Pixels(cols) {
		return
	}
	reportTail(p, x, heavy, at, worst, tells)
}

func reportTail(p *nnvet.Pass, x *nnvet.Profile, heavy []nnvet.Column, c nnvet.Column, w *nnvet.Feature, tells float64) {
	f := finding(p, x)
	f.Confidence = 0.6
	f.Brief = fmt.Sprintf("tail %s%%", short(100*w.Tail))
	f.Message = fmt.Sprintf("%s has a heavy tail: %s %% of its values lie more than 8 robust deviations from the median, the furthest %s standard deviations from the mean",
		labelOf(c, x), short(100*w.Tail), short(w.MaxZ))
	if len(heavy) > 1 {
		f.Message += fmt.Sprintf("; it is the worst of %d such columns", len(heavy))
	}
	f.Evidence = []nnvet.Evidence{
		{What: fmt.Sprintf("share past 8 robust deviations (%s)", label(c)), Saw: w.Tail, Limit: "tail"},
		{What: "largest distance from the mean, in std", Saw: w.MaxZ, Lo: 0, Hi: 5.7},
		{What: "skew", Saw: w.Skew, Lo: -2, Hi: 2},
	}
	harm := tollOf(p)
	telling := tells >= p.Limit("alone")
	if harm.unsure && !telling { // the scale of a column that tells nothing is not what was missing
		harm = toll{severity: nnvet.Note}
	}
	harm.judge(&f)
	if c, err := p.Trace.Course(nnvet.Train); err == nil && telling && c.Skill() < p.Limit("fits") && f.Severity == nnvet.Note && w.Tail >= p.Limit("stout") && w.MaxZ >= p.Limit("long") {
		f.Severity = nnvet.Warning
	}
	f.Treatments = shorten(p.Trace, c, w)
	p.Report(f)
}

// look returns the treatment of a tail that a file's transforms cannot shorten.
func look(column string) nnvet.Treatment {
	return nnvet.Treatment{Action: fmt.Sprintf("look at the rows furthest out in %s: correct what is an error, and say what stands for a missing value in data.missing", column)}
}

// shorten returns what to do about a tail: a logarithm where the column is an
// amount, else a robust scale with its ends cut. A normal distribution has
// 1.4826 times the median absolute deviation as its standard deviation.
func shorten(t *nnvet.Trace, c nnvet.Column, w *nnvet.Feature) []nnvet.Treatment {
	const normal = 1.4826
	amount := c.Min >= 0 && w.Skew > 2
	log := nnvet.Treatment{Action: t.Say(nnvet.Words{
		Program: fmt.Sprintf("take the logarithm of %s first, log(1 + x) of what it was before any scaling, and standardize that", label(c)),
		File:    fmt.Sprintf("let data.transform take the logarithm of %s: log", label(c)),
	}), Settings: of(c, "log")}
	robust := nnvet.Treatment{Action: fmt.Sprintf("scale %s by its median and spread, and cut its ends at 8: clip(%s, -8, 8)",
		label(c), standardized("x", nnvet.Moments{Mean: w.Median, Std: normal * w.MAD})), Settings: of(c, "robust")}
	switch {
	case t.OfFile() && c.Min*w.Scale+w.Shift < 0: // of which there is no logarithm; also false where it is not known
		return []nnvet.Treatment{look(label(c))}
	case t.OfFile():
		return []nnvet.Treatment{log}
	case amount:
		return []nnvet.Treatment{log, robust}
	}
	return []nnvet.Treatment{robust, log}
}
