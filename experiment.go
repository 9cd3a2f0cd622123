package nnvet

import (
	"math"
	"slices"

	"github.com/nnvet/nnvet/internal/stat"
)

// An Experiment is what other trainings of the same program gave, for a check
// that no single run can answer ([Check.Experiment]). Recording a run leaves
// none: whoever trained again puts them beside the trace, and the check reads
// them like everything else.
type Experiment struct {
	Check string // ID of the check that asked
	Arms  []Arm  // the training as it is first, where it takes part
	// Lacking says why it could not be done, or not all of it: "the time was up".
	// What there is may still be enough to judge.
	Lacking string
}

// An Arm is one side of an experiment: what was different, and what came of it.
type Arm struct {
	What     string    // "inputs permuted between rows"; "as it is"
	Size     float64   // how large that is beside the first arm: 0.5 for half of its layers; 0 where that is no question
	At       []float64 // what each figure belongs to: a seed, a step, a learning rate
	Figures  []float64 // scores, where the experiment does not say otherwise; higher is better
	Settings []Setting // the same as settings, where a machine could keep them
}

// AsGood is how far behind a score may be and still be as good.
var AsGood = Limit{Name: "same", Default: 0.02, Source: "the smallest effect worth claiming: a fiftieth of the way from a constant to a perfect predictor"}

// Harm is how far behind a score must be for a fault: what is less is worth
// knowing. On five seeds a lead that small is as often luck as not.
var Harm = Limit{Name: "harm", Default: 0.05, Source: "what a fault must cost to count as one in the casebook; of 120 sound programs that it holds, other widths, fewer layers or an earlier end led by 0.02 to 0.05 in one of six, and by more in two"}

// Experiment returns the experiment of a check, or nil where it was not done.
func (t *Trace) Experiment(check string) *Experiment {
	return find(t.Experiments, func(e *Experiment) bool { return e.Check == check })
}

// With returns the trace with experiments beside it.
func (t *Trace) With(experiments []Experiment) *Trace {
	with := *t
	with.Experiments = experiments
	return &with
}

// Experiment returns the experiment of the pass's check, with at least so many
// arms that have figures. Where there are fewer, it says what is lacking and
// returns nil.
func (p *Pass) Experiment(arms int) *Experiment {
	e := p.Trace.Experiment(p.Check.ID)
	if e != nil {
		e = &Experiment{e.Check, slices.DeleteFunc(slices.Clone(e.Arms), func(a Arm) bool { return len(a.Figures) == 0 }), e.Lacking}
	}
	switch {
	case e == nil:
		p.Skip("it takes an experiment: %s", p.Check.Experiment)
	case len(e.Arms) >= arms:
		return e
	case e.Lacking != "":
		p.Skip("%s", e.Lacking)
	default:
		p.Skip("its experiment came to no figures")
	}
	return nil
}

// Ahead returns by how much an arm is above another one on what both have
// figures at, and the standard error of that: infinite of a single pair, NaN of
// none or where a figure is not finite.
func (a Arm) Ahead(b Arm) (mean, err float64) {
	switch differences := a.less(b); {
	case len(differences) == 0 || stat.FirstBad(differences) >= 0:
		return math.NaN(), math.NaN()
	case len(differences) == 1:
		return differences[0], math.Inf(1)
	default:
		return stat.Mean(differences), stat.SD(differences) / math.Sqrt(float64(len(differences)))
	}
}

// less returns the figures of an arm less those of another one at the same places.
func (a Arm) less(b Arm) (differences []float64) {
	for i, at := range a.At[:min(len(a.At), len(a.Figures))] {
		if j := slices.Index(b.At, at); j >= 0 && j < len(b.Figures) {
			differences = append(differences, a.Figures[i]-b.Figures[j])
		}
	}
	return differences
}

// Mean returns the mean of an arm's figures.
func (a Arm) Mean() float64 { return stat.Mean(a.Figures) }

// Keeps reports whether an arm is as good as another one: not behind by as much
// as same, even where its lead is overstated by a standard error.
func (a Arm) Keeps(b Arm, same float64) bool {
	mean, err := a.Ahead(b)
	return mean-err > -same
}

// Weight returns what it is worth that an arm beats another one: a warning where it
// leads by what a fault costs at least, a note otherwise.
func (a Arm) Weight(b Arm, harm float64) Severity {
	if ahead, _ := a.Ahead(b); ahead >= harm {
		return Warning
	}
	return Note
}

// Beats reports whether an arm is better than another one by more than same, and
// by an exact sign-flip test at 5 %: with fewer than five seeds none ever is.
func (a Arm) Beats(b Arm, same float64) bool {
	differences := a.less(b)
	return stat.FirstBad(differences) < 0 && stat.Mean(differences) > same && stat.SignFlip(differences) <= 0.05
}
