package normalization

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed input_not_normalized.md
var inputNotNormalizedDoc string

// InputNotNormalized finds inputs whose scale is far from 1, or whose columns
// are scaled far apart.
var InputNotNormalized = nnvet.Check{
	ID:       "NN0101",
	Name:     "input-not-normalized",
	Pitfall:  nnvet.Normalization,
	Doc:      inputNotNormalizedDoc,
	Severity: nnvet.Error,
	Needs:    []nnvet.Need{nnvet.NeedProfile(nnvet.Input)},
	Limits: []nnvet.Limit{
		{Name: "spread", Default: 1, Source: "small synthetic networks: 0.03 in healthy inputs, no alarm on 60 odd but healthy ones (pixels, sparse flags, rare classes)"},
		{Name: "spread-error", Default: 2, Source: "convention: a hundred times"},
		{Name: "scale", Default: 0.7, Source: "small synthetic networks: 0.006 in healthy inputs, no alarm on 60 odd but healthy ones"},
		{Name: "scale-error", Default: 1, Source: "convention: ten times too large or too small"},
		sparse,
		{Name: "dominance", Default: 10, Source: "convention: supports a finding, never makes one"},
	},
	Explains: []string{"NN0601", "NN0603", "NN0602", "NN0801", "NN0805", "NN0904", "NN0201", "NN0102", "NN0107", "NN0110", "NN0105", "NN0802", "NN0803", "NN0804", "NN0408", "NN0902", "NN0903", "NN0604"},
	Run:      func(p *nnvet.Pass) { eachInput(p, judgeInput) },
}

func judgeInput(p *nnvet.Pass, x *nnvet.Profile) {
	cols := quantities(p, x)
	if len(cols) == 0 {
		return
	}
	in := survey(x, pooled(p.Trace, cols))
	p.Measured("std %s", short(in.all.Std))
	rows, columns := normalizes(p.Trace)
	within, inside := rescaled(p.Trace, x)
	inside = inside && math.Abs(math.Log10(within)) < p.Limit("scale")
	spread := in.spread >= p.Limit("spread") && !nnvet.Pixels(in.cols)
	switch {
	case columns:
		p.Measured("norm first")
	case pictures(x, in.all):
	case spread && inside:
		p.Skip("the network scales its inputs by itself: its first layer is given a root mean square of %s where %s is fed, and how far apart columns are there is not recorded",
			short(within), short(in.all.RMS()))
	case spread:
		reportSpread(p, x, in)
	case inside:
		p.Measured("own scale")
	case !rows && math.Abs(in.scale) >= p.Limit("scale"):
		reportScale(p, x, in)
	}
}

func reportSpread(p *nnvet.Pass, x *nnvet.Profile, in intake) {
	small, large := in.cols[0], in.cols[len(in.cols)-1]
	apart := short(math.Pow(10, in.spread))
	f := finding(p, x)
	f.Brief = apart + "x apart"
	f.Message = fmt.Sprintf("the inputs are not normalized: %s has std %s, %s has %s, %s times apart",
		labelOf(large, x), figure(large.Std), label(small), figure(small.Std), apart)
	f.Evidence = []nnvet.Evidence{
		{What: "spread of the columns' std", Saw: in.spread, Unit: "decades", Limit: "spread"},
		{What: fmt.Sprintf("largest std (%s)", label(large)), Saw: large.Std, Lo: 0.3, Hi: 3},
		{What: fmt.Sprintf("smallest std (%s)", label(small)), Saw: small.Std, Lo: 0.3, Hi: 3},
	}
	if in.dominance >= p.Limit("dominance") {
		f.Evidence = append(f.Evidence, nnvet.Evidence{
			What: fmt.Sprintf("variance of %s / mean", label(large)), Saw: in.dominance, Limit: "dominance"})
	}
	f.Treatments = []nnvet.Treatment{withTargets(p, standardize(p.Trace, program(p.Trace, x, culprits(in, p.Limit("spread")))))}
	// Columns that are only small are left out of what the network learns, and
	// sometimes they should be; columns that are large upset all the others.
	onlySmall := math.Abs(math.Log10(large.RMS())) < p.Limit("scale-error")
	if onlySmall {
		f.Treatments = append(f.Treatments, nnvet.Treatment{
			Action: "leave a column small where it should matter less, and say so: declare it in one group with the columns that it is small beside"})
	}
	if onlySmall || in.spread < p.Limit("spread-error") {
		f.Severity, f.Confidence = nnvet.Warning, 0.7
	}
	reportAtMost(p, f)
}

func reportScale(p *nnvet.Pass, x *nnvet.Profile, in intake) {
	f := finding(p, x)
	shown, named := x.All(), "" // of all columns, flat ones as well: one mean and one deviation are taken off them all
	action := "standardize the inputs with the training set's figures: " + standardized("x", shown)
	if !alike(x, in) {
		worst := in.furthest()
		shown, named = worst.Moments, labelOf(worst, x)+" has "
		action = program(p.Trace, x, in.off(p.Limit("scale")))
	}
	f.Brief = brief(shown)
	f.Message = fmt.Sprintf("the inputs are not normalized: %smean %s and std %s instead of 0 and 1", named, center(shown), figure(shown.Std))
	f.Evidence = []nnvet.Evidence{
		{What: "rms of all columns, from 1", Saw: math.Abs(in.scale), Unit: "decades", Limit: "scale"},
		{What: "mean", Saw: shown.Mean, Lo: -1, Hi: 1},
		{What: "std", Saw: shown.Std, Lo: 0.3, Hi: 3},
	}
	f.Treatments = []nnvet.Treatment{withTargets(p, standardize(p.Trace, action))}
	if zeros := float64(in.all.Zeros) / float64(in.all.N); zeros > mostlyZeros {
		f.Treatments = append([]nnvet.Treatment{unsparse(p.Trace)}, f.Treatments...)
	}
	if bytes(in.all) {
		f.Message = fmt.Sprintf("the inputs are not normalized: they are raw bytes, std %s instead of 1", figure(shown.Std))
		if !p.Trace.OfFile() { // of which standardizing is as short to write
			f.Treatments = append([]nnvet.Treatment{{Action: "scale the bytes to -1..1: x / 127.5 - 1"}}, f.Treatments...)
		}
	}
	if math.Abs(in.scale) < p.Limit("scale-error") {
		f.Severity, f.Confidence = nnvet.Warning, 0.7
	}
	reportAtMost(p, f)
}

// reportAtMost reports a finding that needs no loss to be one, as no worse
// than what it can have cost a run that ended well.
func reportAtMost(p *nnvet.Pass, f nnvet.Finding) {
	if f.Severity == 0 {
		f.Severity = p.Check.Severity
	}
	if most := atMost(p.Trace); most < f.Severity {
		f.Severity = most
		f.Message += "; the network has learned all the same"
	}
	p.Report(f)
}

// withTargets adds the targets to the treatment of inputs where they are far too
// large as well. Large inputs at least bring the outputs near such targets soon;
// behind standardized ones they are further off than before.
func withTargets(p *nnvet.Pass, inputs nnvet.Treatment) nnvet.Treatment {
	for i := range p.Trace.Heads {
		h := &p.Trace.Heads[i]
		y := p.Trace.ProfileOf(nnvet.Target, nnvet.Train, h.Name)
		if !regression(h) || rescales(h) != "" || y == nil || !(math.Log10(y.All().RMS()) >= p.Limit("scale-error")) {
			continue
		}
		targets := restore(p.Trace, unscale(y))
		inputs.Action += "; and with it, not after it, " + targets.Action
		inputs.Settings = append(inputs.Settings, targets.Settings...)
		inputs.Edits = append(inputs.Edits, targets.Edits...)
	}
	return inputs
}

// fedHere labels the place that an input comes from.
var fedHere = nnvet.Words{Program: "fed here", File: "prepared here"}

// finding returns what the findings about an input have in common.
func finding(p *nnvet.Pass, x *nnvet.Profile) nnvet.Finding {
	f := nnvet.Finding{Confidence: 0.95, Span: nnvet.Span{To: max(p.Trace.Run.Steps-1, 0)}, Source: x.Source, Label: p.Trace.Say(fedHere)}
	for i := range p.Trace.Profiles {
		if o := &p.Trace.Profiles[i]; o != x && o.Role == x.Role && o.Split == x.Split {
			f.Site = x.Site // several networks are fed
		}
	}
	return f
}

// program says what to do about columns in a program: the figures where they
// are few and all were looked at.
func program(t *nnvet.Trace, x *nnvet.Profile, cols []nnvet.Column) string {
	const few = 4
	group := slices.ContainsFunc(cols, func(c nnvet.Column) bool { return c.Index < 0 })
	if group || len(cols) == 0 || len(cols) > few || len(x.Columns) < x.Of {
		each := "standardize every column with its own mean and std, both taken from the training rows: (x - mean) / std"
		if len(t.Declared.Groups) > 0 {
			each += "; and the columns of a group with their own means and one std, the root of the mean of their variances"
		}
		return each + coded(x)
	}
	slices.SortFunc(cols, func(a, b nnvet.Column) int { return a.Index - b.Index })
	var each []string
	for _, c := range cols {
		each = append(each, standardized(slice(x, c), c.Moments))
	}
	return "standardize with the training set's figures: " + strings.Join(each, ", ")
}
