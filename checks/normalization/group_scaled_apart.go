package normalization

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

//go:embed group_scaled_apart.md
var groupScaledApartDoc string

// GroupScaledApart finds columns that belong together and do not share a scale.
var GroupScaledApart = nnvet.Check{
	ID:       "NN0107",
	Name:     "group-scaled-apart",
	Pitfall:  nnvet.Normalization,
	Doc:      groupScaledApartDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedProfile(nnvet.Input), nnvet.NeedSeries(nnvet.Loss, nnvet.Train)},
	Limits: append([]nnvet.Limit{
		{Name: "apart", Default: 10, Source: "convention: the coordinates of one thing rarely vary ten times as much in one direction"},
		{Name: "own", Default: 0.01, Source: "convention: deviations that agree within a hundredth were made equal"},
		sparse,
	}, harmLimits...),
	Explains: []string{"NN0602", "NN0201"},
	AtEnd:    true,
	Run:      func(p *nnvet.Pass) { eachInput(p, judgeGroups) },
}

func judgeGroups(p *nnvet.Pass, x *nnvet.Profile) {
	all := p.Trace.Named(x)
	if x.Layout == "channels" && x.Of == 3 && len(all) == 3 {
		judgeColours(p, x, all)
		return
	}
	families := p.Trace.Declared.Families(all)
	if len(families) == 0 {
		p.Skip("no group of columns was declared, and none shows in the names of %s's columns", x.Site)
		return
	}
	if _, columns := normalizes(p.Trace); columns {
		p.Measured("norm first")
		return
	}
	p.Measured("groups: %d", len(families))
	for _, f := range families {
		cols := make([]nnvet.Column, len(f.Members))
		for i, m := range f.Members {
			cols[i] = all[m]
		}
		if cols = dense(cols, p.Limit("sparse")); len(cols) < 2 {
			continue
		}
		judgeGroup(p, x, f, cols)
	}
}

// judgeColours takes the channels of an image for a group.
func judgeColours(p *nnvet.Pass, x *nnvet.Profile, all []nnvet.Column) {
	cols := dense(all, p.Limit("sparse"))
	p.Measured("rgb")
	if len(cols) == 3 {
		judgeGroup(p, x, nnvet.Family{Name: "rgb"}, cols)
	}
}

// judgeGroup judges a group that names tell by its spread. In one that was
// declared the spread means something, so it is at fault where it is gone.
func judgeGroup(p *nnvet.Pass, x *nnvet.Profile, f nnvet.Family, cols []nnvet.Column) {
	small, large := cols[0], cols[0]
	for _, c := range cols {
		if c.Std < small.Std {
			small = c
		}
		if c.Std > large.Std {
			large = c
		}
	}
	ratio := large.Std / small.Std
	switch {
	case f.Declared && eachOnItsOwn(cols, p.Limit("own")):
		reportEqualized(p, x, f, cols, ratio)
	case !f.Declared && ratio >= p.Limit("apart"):
		reportApart(p, x, f, cols, small, large)
	}
}

// eachOnItsOwn reports whether every column has mean 0 and the deviation 1, as
// those have that were standardized one by one.
func eachOnItsOwn(cols []nnvet.Column, close float64) bool {
	for _, c := range cols {
		if math.Abs(c.Mean) > close || math.Abs(c.Std-1) > close {
			return false
		}
	}
	return true
}

func reportApart(p *nnvet.Pass, x *nnvet.Profile, group nnvet.Family, cols []nnvet.Column, small, large nnvet.Column) {
	f := finding(p, x)
	f.Site = group.Name
	f.Confidence = 0.6
	if group.Unit {
		f.Confidence = 0.5 // a hole and a house are both in millimetres
	}
	ratio := apart(large.Std, small.Std)
	f.Brief = short(ratio) + "x apart"
	f.Message = fmt.Sprintf("%s belong together and are scaled apart: %s has std %s, %s has %s, %s times apart",
		labels(cols), label(large), figure(large.Std), label(small), figure(small.Std), short(ratio))
	f.Evidence = []nnvet.Evidence{
		{What: fmt.Sprintf("largest over smallest std in group %s", group.Name), Saw: ratio, Limit: "apart"},
		{What: "largest std", Saw: large.Std}, {What: "smallest std", Saw: small.Std},
	}
	tollOf(p).judge(&f)
	f.Severity = min(f.Severity, nnvet.Warning) // names are no proof
	f.Treatments = []nnvet.Treatment{
		{Action: oneFigure(group, cols, small, large)},
		{Action: fmt.Sprintf("say that the difference is meant: declare %s a group", labels(cols))},
	}
	p.Report(f)
}

func reportEqualized(p *nnvet.Pass, x *nnvet.Profile, group nnvet.Family, cols []nnvet.Column, ratio float64) {
	f := finding(p, x)
	f.Site = group.Name
	f.Confidence = 0.8
	f.Brief = "each its own"
	f.Message = fmt.Sprintf("group %s was declared to share a scale, but %s were each brought to mean 0 and std 1: how large they are beside each other is lost",
		group.Name, labels(cols))
	f.Evidence = []nnvet.Evidence{
		{What: fmt.Sprintf("largest over smallest std in group %s", group.Name), Saw: ratio, Lo: 1, Hi: 1 + p.Limit("own")},
		{What: "largest distance of a std from 1", Saw: furthestFromOne(cols), Limit: "own"},
	}
	tollOf(p).judge(&f)
	f.Treatments = []nnvet.Treatment{{Action: p.Trace.Say(nnvet.Words{
		Program: fmt.Sprintf("scale %s by one figure: subtract each mean, and divide all by the root of the mean of their variances over the training rows", labels(cols)),
		File:    fmt.Sprintf("leave %s as they are (transform: none) once they are in one unit that is near 1, or take the group out of data.groups", labels(cols)),
	})}}
	p.Report(f)
}

func furthestFromOne(cols []nnvet.Column) float64 {
	worst := 0.0
	for _, c := range cols {
		worst = math.Max(worst, math.Abs(c.Std-1))
	}
	return worst
}

// oneFigure says how to bring a group to one scale: by the root of the mean of
// its variances, once its columns are in one unit.
func oneFigure(group nnvet.Family, cols []nnvet.Column, small, large nnvet.Column) string {
	if !group.Unit {
		return fmt.Sprintf("bring the columns to one unit (%s is %s times as large as %s), then divide all of them by one figure, the root of the mean of their variances over the training rows",
			label(large), short(apart(large.Std, small.Std)), label(small))
	}
	sum := 0.0
	for _, c := range cols {
		sum += c.Std * c.Std / float64(len(cols))
	}
	return fmt.Sprintf("where the columns are parts of one thing, divide all of them by one figure, %s; where they are not, standardize each", figure(math.Sqrt(sum)))
}
