package prove

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/edit"
)

// A Decided is a check that no single run can answer, with what its experiment
// came to.
type Decided struct {
	Check      string           `json:"check"`
	Name       string           `json:"name"`
	Outcome    string           `json:"outcome"`            // "found", "clear" or "not checked"
	Severity   string           `json:"severity,omitempty"` // of what was found
	Message    string           `json:"message"`            // what was found, measured, or lacked
	Action     string           `json:"action,omitempty"`   // what to do about it
	Experiment nnvet.Experiment `json:"-"`
	Arms       []DecidedArm     `json:"arms,omitempty"`
	finding    *nnvet.Finding
}

// A DecidedArm is one side of the experiment.
type DecidedArm struct {
	What    string   `json:"what"`
	At      []Figure `json:"at"`
	Figures []Figure `json:"figures"`
}

// Finding returns what was found; nil where nothing was.
func (d *Decided) Finding() *nnvet.Finding { return d.finding }

// An asked is how the experiment of a check is done.
type asked struct {
	check string
	last  bool // not while something upstream is found: small networks are made to work first
	arms  func(*laboratory) ([]nnvet.Arm, error)
}

// experiments are those of the checks that ask for one, cheapest first, so that
// a short time answers as many as it can.
var experiments = []asked{
	{"NN0212", false, (*laboratory).slopes},
	{"NN0215", false, (*laboratory).twice},
	{"NN0204", false, (*laboratory).byHeart},
	{"NN0203", false, (*laboratory).blind},
	{"NN0404", false, (*laboratory).mislabelled},
	{"NN0402", false, (*laboratory).regularized},
	{"NN1003", true, (*laboratory).passable},
	{"NN1001", true, (*laboratory).shallower},
	{"NN1102", true, (*laboratory).narrower},
	{"NN1104", true, (*laboratory).widths},
}

// Decisions are what the experiments on a training came to.
type Decisions struct {
	Scale     Scale         `json:"scale"`
	Split     string        `json:"split"`
	Decided   []Decided     `json:"decided"`
	Trainings int           `json:"trainings"`
	Spent     time.Duration `json:"spent_ns"`
}

// Decide does the experiments of the checks that ask for one, on the training as
// base has it, and judges them. What is too dear for the time that is left is not
// begun, and says so.
func (p *Prover) Decide(ctx context.Context, base Variant) (*Decisions, error) {
	known := p.journal.Known()
	t, err := p.begin(ctx, base, fewSeeds)
	if err != nil {
		return nil, err
	}
	out := &Decisions{Scale: p.yard.Scale, Split: p.yard.Split}
	upstream := p.upstream(t)
	for _, x := range experiments {
		i := slices.IndexFunc(p.Checks, func(c *nnvet.Check) bool { return c.ID == x.check })
		if i < 0 || len(p.Only) > 0 && !slices.Contains(p.Only, x.check) {
			continue
		}
		e := nnvet.Experiment{Check: x.check}
		if x.last && upstream != "" && !p.Force {
			e.Lacking = "depth and width come last: " + upstream + " is found, and stands before them (--force tries all the same)"
		} else {
			l := &laboratory{Prover: p, ctx: ctx, base: base, t: t, check: p.Checks[i]}
			e.Arms, err = x.arms(l)
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			if err != nil {
				e.Lacking = lacking(err, p)
			}
		}
		out.Decided = append(out.Decided, p.decided(t, p.Checks[i], e))
	}
	out.Trainings, out.Spent = p.journal.Known()-known+p.unkept, p.clock().Sub(p.began)
	return out, nil
}

// begin trains a variant as it is, and chooses what all is scored by.
func (p *Prover) begin(ctx context.Context, base Variant, seeds int) (*nnvet.Trace, error) {
	p.began, p.report, p.seeds = p.clock(), &Report{}, firstProven
	p.plan(seeds)
	runs, err := p.train(ctx, "training as it is", []side{{base, upTo(firstRaced, int64(seeds))}})
	if errors.Is(err, errBudget) {
		return nil, fmt.Errorf("not even the training as it is fits into %s", p.Budget)
	}
	if err != nil {
		return nil, err
	}
	p.report.Baseline = runs[0]
	if p.yard, err = Choose(runs[0], p.Metric); err != nil {
		return nil, err
	}
	return p.trace(ctx, base)
}

// Patched returns a subject's variant with edited files; nil, the subject as it is,
// where there are none.
func Patched(s Subject, p *edit.Patch) Variant {
	if len(p.Files) == 0 {
		return nil
	}
	if _, ok := s.(*Experiment); ok {
		return edited{p}
	}
	return treated{patch: p}
}

func lacking(err error, p *Prover) string {
	if errors.Is(err, errBudget) {
		return fmt.Sprintf("the time of %s was up", p.Budget)
	}
	return err.Error()
}

// upstream names an error that stands before depth and width; "" where none is found.
func (p *Prover) upstream(t *nnvet.Trace) string {
	for _, f := range nnvet.Vet(t, p.Checks, p.Vet).Findings {
		if f.Severity == nnvet.Error && f.Check.Pitfall < nnvet.Depth && len(f.Because) == 0 {
			return f.Check.Name
		}
	}
	return ""
}

// decided judges an experiment by its check.
func (p *Prover) decided(t *nnvet.Trace, c *nnvet.Check, e nnvet.Experiment) Decided {
	d := Decided{Check: c.ID, Name: c.Name, Experiment: e}
	for _, a := range e.Arms {
		d.Arms = append(d.Arms, DecidedArm{a.What, figures(a.At), figures(a.Figures)})
	}
	o := p.Vet
	o.Live = false
	r := nnvet.Vet(t.With([]nnvet.Experiment{e}), []*nnvet.Check{c}, o)
	switch {
	case len(r.Findings) > 0:
		f := r.Findings[0]
		d.Outcome, d.Severity, d.Message, d.finding = "found", f.Severity.String(), f.Message, &f
		if len(f.Treatments) > 0 {
			d.Action = f.Treatments[0].Action
		}
	case len(r.Clear) > 0:
		d.Outcome, d.Message = "clear", r.Clear[0].Brief
	case len(r.NotChecked) > 0:
		d.Outcome, d.Message = "not checked", r.NotChecked[0].Reason
	default:
		d.Outcome, d.Message = "not checked", "the settings leave it out"
	}
	return d
}

func figures(values []float64) []Figure {
	out := make([]Figure, len(values))
	for i, v := range values {
		out[i] = Figure(v)
	}
	return out
}
