package normalization

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

//go:embed near_constant_feature.md
var nearConstantFeatureDoc string

// NearConstantFeature finds columns that hardly vary and were scaled as if
// they did.
var NearConstantFeature = nnvet.Check{
	ID:       "NN0104",
	Name:     "near-constant-feature",
	Pitfall:  nnvet.Normalization,
	Doc:      nearConstantFeatureDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedProfile(nnvet.Input)},
	Limits: append([]nnvet.Limit{
		{Name: "mode", Default: 0.995, Source: "measured on small MLPs: columns with one value in more than 99.5 of 100 rows, standardized, broke 40 of 40 runs"},
		{Name: "z", Default: 30, Source: "measured on small MLPs: 5.7 at most in healthy inputs; 5 standard deviations were injected as 31.6"},
		{Name: "hardly", Default: 0.99, Source: "convention: one row in a hundred with another value, where that is as large as \"z\" whatever it was scaled by"},
		{Name: "apart", Default: 8, Source: "measured on small MLPs: healthy inputs reach 5.7 standard deviations"},
	}, harmLimits...),
	Explains: append([]string{"NN0804", "NN0401", "NN0604"}, upset...),
	AtEnd:    true,
	Run:      func(p *nnvet.Pass) { eachInput(p, judgeConstants) },
}

func judgeConstants(p *nnvet.Pass, x *nnvet.Profile) {
	cols := p.Trace.Named(x)
	if undefined := neverFinite(cols); len(undefined) > 0 && len(undefined) < len(cols) {
		reportUndefined(p, x, undefined)
		return
	}
	rows, columns := normalizes(p.Trace)
	for _, c := range cols {
		if c.Constant() && math.Abs(c.Mean) >= p.Limit("z") && !rows && !columns {
			reportHuge(p, x, c)
			return
		}
	}
	s := p.Trace.SurveyOf(x.Site)
	if s == nil || len(s.Columns) == 0 {
		p.Skip("the trace has no survey of the inputs of %s", x.Site)
		return
	}
	if s.Rows < 64 {
		p.Short("the survey holds %d rows; it takes 64 to call a value rare", s.Rows)
		return
	}
	judgeRare(p, x, cols, s)
}

// neverFinite returns the columns that hold no finite number at all.
func neverFinite(cols []nnvet.Column) []nnvet.Column {
	var out []nnvet.Column
	for _, c := range cols {
		if c.N == 0 && c.NonFinite > 0 {
			out = append(out, c)
		}
	}
	return out
}

// judgeRare looks for a column with nearly one value, whose others come in far
// out. A flag that is rarely 1 is no such column: its 1 is no large number.
func judgeRare(p *nnvet.Pass, x *nnvet.Profile, cols []nnvet.Column, s *nnvet.Survey) {
	worst, z, at := -1, 0.0, nnvet.Column{}
	limit := rareZ(p, s.Rows)
	constant := 0
	for _, c := range cols {
		f := s.Feature(c.Index)
		if c.Constant() {
			constant++
		}
		extreme := extremeOf(p.Trace, x, c)
		if f == nil || !finite(extreme) {
			continue
		}
		rare := f.ModeShare > p.Limit("mode") && extreme >= limit && f.MaxZ >= limit
		huge := f.ModeShare > p.Limit("hardly") && extreme >= p.Limit("z") && f.MaxZ >= p.Limit("apart")
		if (rare || huge) && extreme > z {
			worst, z, at = c.Index, extreme, c
		}
	}
	p.Measured("%d constant", constant)
	if _, columns := normalizes(p.Trace); worst < 0 || columns {
		return
	}
	f := finding(p, x)
	f.Confidence = 0.9
	f.Brief = "up to " + short(z)
	share, held := s.Feature(worst).ModeShare, "mode"
	if share <= p.Limit(held) {
		held = "hardly"
	}
	standardized := math.Abs(math.Log10(at.Std)) < 0.5
	f.Message = fmt.Sprintf("%s hardly varies, with one value in %s of the rows, and the other rows come in as far out as %s", labelOf(at, x), percent(share), figure(z))
	if standardized {
		f.Message = fmt.Sprintf("%s hardly varies, with one value in %s of the rows, and was scaled up all the same: the other rows come in as far out as %s",
			labelOf(at, x), percent(share), figure(z))
	}
	f.Evidence = []nnvet.Evidence{
		{What: fmt.Sprintf("share of the commonest value (%s)", label(at)), Saw: share, Limit: held},
		{What: "largest number fed in it", Saw: z, Lo: -5.7, Hi: 5.7},
		{What: "the same in standard deviations", Saw: s.Feature(worst).MaxZ, Lo: 0, Hi: 5.7},
	}
	tollOf(p).judge(&f)
	// One run does not show what it costs: of 10 tasks of the casebook in which
	// numbers past "z" were found, 9 lost 0.05 of skill or more. A flag is another
	// thing: standardized, as many do, its rare 1 is as large as it is rare, and no
	// number of it is larger.
	if flag := standardized && s.Feature(worst).Distinct == 2; f.Severity == nnvet.Note && z >= p.Limit("z") && !flag {
		f.Severity, f.Confidence = nnvet.Warning, 0.7
	}
	undo := fmt.Sprintf("do not divide %s by its standard deviation: leave it as it was, which is to scale it by 1; with an epsilon in place of that its rare values stay huge", label(at))
	if !standardized {
		undo = fmt.Sprintf("divide %s by %s, the size of its rare values, and by nothing smaller: what it mostly is stays where it is", label(at), figure(z))
	}
	f.Treatments = leaveUnscaled(p.Trace, at, undo)
	p.Report(f)
}

// extremeOf returns the largest number that a column was fed, in training or in
// validation: the batches that were looked at may have had no rare row.
func extremeOf(t *nnvet.Trace, x *nnvet.Profile, c nnvet.Column) float64 {
	most := math.Max(math.Abs(c.Min), math.Abs(c.Max))
	v := t.ProfileOf(nnvet.Input, nnvet.Validation, x.Site)
	if v == nil {
		return most
	}
	for _, o := range v.Columns {
		if m := math.Max(math.Abs(o.Min), math.Abs(o.Max)); o.Index == c.Index && m > most {
			most = m
		}
	}
	return most
}

// rareZ returns from how many deviations on a value is out: in n rows none can
// be more than their root out, so it takes less where there are few.
func rareZ(p *nnvet.Pass, rows int) float64 {
	return math.Min(p.Limit("z"), math.Max(8, 0.5*math.Sqrt(float64(rows))))
}

// reportUndefined reports columns that are NaN in every row, beside others
// that are not: so comes out what was divided by a deviation of 0.
func reportUndefined(p *nnvet.Pass, x *nnvet.Profile, undefined []nnvet.Column) {
	f := finding(p, x)
	f.Severity, f.Confidence = nnvet.Error, 0.8
	f.Brief = "NaN column"
	f.Message = fmt.Sprintf("%s came in without a single finite number, while others are finite: a column that does not vary, divided by its standard deviation of 0, comes out so",
		labels(undefined))
	f.Evidence = []nnvet.Evidence{{What: "columns that are never finite", Saw: float64(len(undefined))},
		{What: fmt.Sprintf("NaN and infinities in %s", label(undefined[0])), Saw: float64(undefined[0].NonFinite)}}
	f.Treatments = leaveUnscaled(p.Trace, undefined[0], fmt.Sprintf(
		"divide %s by 1 where the standard deviation is 0, std[std == 0] = 1 before (x - mean) / std, and by no epsilon", labels(undefined)))
	p.Report(f)
}

// reportHuge reports a column that is the same large number in every row: to
// the first layer it is a huge bias, which no deviation can scale.
func reportHuge(p *nnvet.Pass, x *nnvet.Profile, c nnvet.Column) {
	f := finding(p, x)
	f.Confidence = 0.7
	f.Brief = "always " + short(c.Mean)
	f.Message = fmt.Sprintf("%s is %s in every row: it tells the network nothing, and shifts every unit of the first layer",
		labelOf(c, x), figure(c.Mean))
	f.Evidence = []nnvet.Evidence{
		{What: fmt.Sprintf("size of the constant (%s)", label(c)), Saw: math.Abs(c.Mean), Limit: "z"},
		{What: "its std", Saw: c.Std},
	}
	tollOf(p).judge(&f)
	f.Treatments = []nnvet.Treatment{{Action: p.Trace.Say(nnvet.Words{
		Program: fmt.Sprintf("leave %s out: it is the same in every row of training", label(c)),
		File:    fmt.Sprintf("leave %s out: let data.transform drop it", label(c)),
	}), Settings: of(c, "drop")}}
	p.Report(f)
}

// leaveUnscaled returns what to do about a column that hardly varies.
func leaveUnscaled(t *nnvet.Trace, c nnvet.Column, program string) []nnvet.Treatment {
	if t.OfFile() {
		return []nnvet.Treatment{
			{Action: fmt.Sprintf("let data.transform leave %s as it is: none", label(c)), Settings: of(c, "none")},
			{Action: fmt.Sprintf("or let data.transform drop %s", label(c)), Settings: of(c, "drop")},
		}
	}
	return []nnvet.Treatment{
		{Action: program, Settings: of(c, "none")},
		{Action: fmt.Sprintf("leave %s out, where it says nothing", label(c)), Settings: of(c, "drop")},
	}
}
