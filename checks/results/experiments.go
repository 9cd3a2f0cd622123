package results

import (
	_ "embed"
	"fmt"
	"math"
	"slices"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// The pages of the checks that take a training of their own.
var (
	//go:embed inputs_ignored.md
	inputsIgnoredDoc string
	//go:embed cannot_overfit_one_batch.md
	cannotOverfitDoc string
	//go:embed gradient_disagrees.md
	gradientDisagreesDoc string
	//go:embed not_reproducible.md
	notReproducibleDoc string
)

// InputsIgnored finds networks that do as well on another row's inputs.
var InputsIgnored = nnvet.Check{
	ID:       "NN0203",
	Name:     "inputs-ignored",
	Pitfall:  nnvet.Results,
	Doc:      inputsIgnoredDoc,
	Severity: nnvet.Error,
	Limits: []nnvet.Limit{
		{Name: "gain", Default: 0.02, Source: "the smallest effect worth claiming; below it the inputs bought nothing"},
		nnvet.StillFalls,
	},
	Explains:   []string{"NN0206", "NN0216", "NN0201"},
	Experiment: "the same network trained again on inputs permuted between rows",
	Run: func(p *nnvet.Pass) {
		e := p.Experiment(2)
		if e == nil {
			return
		}
		real, blind := e.Arms[0], e.Arms[1]
		gain, _ := real.Ahead(blind)
		c, err := p.Trace.Course(nnvet.Train)
		switch {
		case math.IsNaN(gain):
			p.Skip("no seed came to a finite score on both")
		case gain > p.Limit("gain"):
			p.Measured("gain %.2f", gain)
		case real.Mean() < -p.Limit("gain"):
			p.Skip("it does worse than a constant, with its inputs and without: mend that first")
		case err == nil && c.Scale.How != "" && c.Skill() > p.Limit("gain")+max(0, blind.Mean()):
			p.Skip("it learns its training rows from their inputs, and validation gains nothing by that: that is for other checks")
		case err == nil && c.Fell() > p.Limit("falls"):
			p.Short("the loss still falls: a longer run shows whether the inputs are used in the end")
		default:
			p.Report(nnvet.Finding{
				Confidence: 0.7, // inputs that know nothing of the target look the same
				Message:    fmt.Sprintf("it scores %.2f on its inputs, and %.2f on those of other rows (%d seeds)", real.Mean(), blind.Mean(), len(blind.Figures)),
				Brief:      fmt.Sprintf("gain %.2f", gain),
				Evidence:   []nnvet.Evidence{{What: "score on the inputs less that on permuted ones", Saw: gain, Limit: "gain", Lo: 0.02, Hi: 1}},
				Treatments: []nnvet.Treatment{{Action: "print one row at every stage: as it was read, as the network gets it, what it answers, and the truth beside it; then look which columns reach the loss"}},
			})
		}
	},
}

// CannotOverfit finds networks that cannot learn a few rows by heart.
var CannotOverfit = nnvet.Check{
	ID:       "NN0204",
	Name:     "cannot-overfit-one-batch",
	Pitfall:  nnvet.Results,
	Doc:      cannotOverfitDoc,
	Severity: nnvet.Error,
	Limits: []nnvet.Limit{
		{Name: "left", Default: 1e-3, Source: "convention: a thousandth of the constant's loss is nothing left to learn"},
		{Name: "stuck", Default: 0.2, Sound: 0.13, Source: "measured: of 120 sound programs of the casebook six left more than a thousandth, by absolute errors or with a few units, and 0.13 at most; half as much again. A path that is broken leaves most of it"},
		{Name: "rows", Default: 16, Source: "TheDeepChecker takes 16 rows"},
		{Name: "steps", Default: 1000, Source: "TheDeepChecker takes 1000 iterations"},
	},
	Explains:   []string{"NN0206", "NN0216", "NN0201"},
	Experiment: "the same network on 16 rows alone, without regularization, at several learning rates",
	Run: func(p *nnvet.Pass) {
		e := p.Experiment(1)
		if e == nil {
			return
		}
		a, best := e.Arms[0], math.Inf(-1) // how much of a constant's loss was learned, one figure a learning rate
		for _, v := range a.Figures {
			if stat.Finite(v) {
				best = max(best, v)
			}
		}
		left := 1 - best
		if left <= p.Limit("left") {
			p.Measured("left %.1g", max(left, 0))
			return
		}
		severity := nnvet.Error
		if left < p.Limit("stuck") {
			severity = nnvet.Note
		}
		p.Report(nnvet.Finding{
			Severity:   severity,
			Message:    fmt.Sprintf("on %g rows alone, the best of %d learning rates leaves %s of a constant's loss after %g steps", p.Limit("rows"), len(a.Figures), leaves(left), p.Limit("steps")),
			Brief:      "left " + leaves(left),
			Evidence:   []nnvet.Evidence{{What: "loss left on a few rows, in constants' losses", Saw: left, Limit: "left", Lo: 0, Hi: 1e-3}},
			Treatments: []nnvet.Treatment{{Action: "loop over one batch and print the loss and the norm of every layer's gradient: the first layer without one, or an output that cannot reach its target, is at fault"}},
		})
	},
}

// leaves says how much of a loss is left.
func leaves(share float64) string {
	if share >= 1 {
		return "all"
	}
	return fmt.Sprintf("%.2g %%", 100*share)
}

// GradientDisagrees finds gradients that are not the slope of the loss.
var GradientDisagrees = nnvet.Check{
	ID:       "NN0212",
	Name:     "gradient-disagrees",
	Pitfall:  nnvet.Results,
	Doc:      gradientDisagreesDoc,
	Severity: nnvet.Error,
	Limits: []nnvet.Limit{
		{Name: "float32", Default: 1e-2, Source: "TheDeepChecker's default for the relative error in single precision"},
		{Name: "float64", Default: 1e-5, Source: "convention: central differences leave about 1e-10 in double precision, and kinks more"},
	},
	Explains:   []string{"NN0206", "NN0216", "NN0201"},
	Experiment: "the loss a small step to either side of the weights, against the gradient along that step",
	// An arm is a parameter; its figures are relative errors, one a size of the
	// step. Of these the least counts: long steps meet kinks, short ones rounding.
	Run: func(p *nnvet.Pass) {
		e := p.Experiment(1)
		if e == nil {
			return
		}
		worst, at := -1.0, ""
		for _, a := range e.Arms {
			if least := slices.Min(a.Figures); !(least <= worst) { // NaN is the worst
				worst, at = least, a.What
			}
		}
		if worst <= p.Limit("float32") {
			p.Measured("%.0e", worst)
			return
		}
		p.Report(nnvet.Finding{
			Site:     at,
			Message:  fmt.Sprintf("along the gradient of %s the loss changes by something else than the gradient says: the relative error is %.2g", at, worst),
			Brief:    fmt.Sprintf("%.0e", worst),
			Evidence: []nnvet.Evidence{{What: "relative error of the gradient along itself", Saw: worst, Limit: "float32", Lo: 0, Hi: 1e-2}},
			Treatments: []nnvet.Treatment{{Action: p.Trace.Say(nnvet.Words{
				Program: "check functions of your own with torch.autograd.gradcheck, and look for .detach(), .item() and .data between the weights and the loss",
				File:    "take out what has no gradient or pretends to have one (round, clip); without these please report it",
			})}},
		})
	},
}

// NotReproducible finds trainings that come out differently from one seed.
var NotReproducible = nnvet.Check{
	ID:       "NN0215",
	Name:     "not-reproducible",
	Pitfall:  nnvet.Results,
	Doc:      notReproducibleDoc,
	Severity: nnvet.Note,
	Limits: []nnvet.Limit{
		{Name: "apart", Default: 0, Source: "by definition: the same seed, machine and versions give the same bits"},
	},
	Experiment: "the same training twice from one seed, compared step by step",
	// The arms are the two trainings; their figures are losses, at steps.
	Run: func(p *nnvet.Pass) {
		e := p.Experiment(2)
		if e == nil {
			return
		}
		a, b := e.Arms[0], e.Arms[1]
		n := min(len(a.Figures), len(b.Figures), len(a.At))
		first, most := -1, 0.0
		for i := range n {
			d := apart(a.Figures[i], b.Figures[i])
			if d > p.Limit("apart") && first < 0 {
				first = i
			}
			most = max(most, d)
		}
		switch {
		case first >= 0:
			reportApart(p, a, first, most)
		case len(a.Figures) != len(b.Figures):
			p.Skip("one of the two trainings was recorded %d times and the other %d times", len(a.Figures), len(b.Figures))
		default:
			p.Measured("same bits")
		}
	},
}

// apart returns how far apart two losses are: 0 for equal ones, of which two
// NaN are a pair.
func apart(a, b float64) float64 {
	switch d := math.Abs(a - b); {
	case a == b || math.IsNaN(a) && math.IsNaN(b):
		return 0
	case math.IsNaN(d):
		return math.Inf(1)
	default:
		return d
	}
}

func reportApart(p *nnvet.Pass, a nnvet.Arm, first int, most float64) {
	what := "the arithmetic, or what is drawn on the way"
	if first == 0 {
		what = "the first batch, or the weights at the start"
	}
	step := int64(a.At[first])
	p.Report(nnvet.Finding{
		Span:     nnvet.Span{From: step, To: int64(a.At[len(a.At)-1])},
		Message:  fmt.Sprintf("the same program trained twice as it is differs from step %d on, by %.2g at most: it begins with %s", step, most, what),
		Brief:    fmt.Sprintf("%.0e apart", most),
		Evidence: []nnvet.Evidence{{What: "largest difference of the two losses", Saw: most, Limit: "apart"}},
		Treatments: []nnvet.Treatment{{
			Action: p.Trace.Say(nnvet.Words{
				Program: "set every seed before anything is made (random.seed, numpy.random.seed, torch.manual_seed), and give DataLoader a generator; where digits differ only later, torch.use_deterministic_algorithms(True)",
				File:    "please report it: from one seed the embedded engine gives the same bits on one machine",
			}),
			Safe: true,
		}},
	})
}
