package casebook

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/prove"
)

// A Placebo is a report of a prover that was told to try what cannot help.
type Placebo struct {
	Case      string   `json:"case"`
	Label     string   `json:"label"`
	Kind      string   `json:"kind"`
	Verdicts  []string `json:"verdicts"` // of its claims about placebos
	Others    int      `json:"others"`   // claims about what is none, as a learning rate alone, which may be true
	Trainings int      `json:"trainings"`
}

// wrong reports whether the report calls anything proven.
func (p *Placebo) wrong() bool { return slices.Contains(p.Verdicts, prove.Proven.String()) }

// A placebo is a treatment that changes what a training happens to draw, and
// nothing that matters.
type placebo struct {
	what  string
	knob  string // that it goes by: with "inputs" a prover races learning rates anew, in both arms
	treat func(v *variant, r *rand.Rand) error
}

// blank is a knob that a prover knows nothing of.
const blank = "placebo"

var (
	fasterByLittle = placebo{"learning rate 1 % higher", blank, func(v *variant, _ *rand.Rand) error {
		o, err := v.of.Spec.Optimizer.Filled()
		if err != nil {
			return err
		}
		v.of.Spec.Optimizer.LR = o.LR * 1.01
		return nil
	}}
	otherSeeds = placebo{"other seeds", blank, func(v *variant, _ *rand.Rand) error {
		v.shift += 1 << 20
		return nil
	}}
	otherRows = placebo{"training rows in another order", blank, func(v *variant, r *rand.Rand) error {
		if v.of.Spec.KeepOrder {
			return errors.New("it is trained in the order of its rows, which then matters")
		}
		d := &v.of.Train
		order := r.Perm(d.Rows)
		d.X, d.Y, d.Labels = inOrder(d.X, order), inOrder(d.Y, order), inOrder(d.Labels, order)
		return nil
	}}
	otherColumns = placebo{"columns in another order", "inputs", func(v *variant, r *rand.Rand) error {
		width := v.of.Spec.Input.Last()
		order := r.Perm(width)
		for _, d := range []*engine.Data{&v.of.Train, &v.of.Val} {
			x := make([]float32, len(d.X))
			for i := range x {
				x[i] = d.X[i/width*width+order[i%width]]
			}
			d.X = x
		}
		v.of.Names = nil
		return nil
	}}
)

// inOrder returns rows of equal width in another order.
func inOrder[T any](x []T, order []int) []T {
	if len(x) == 0 || len(order) == 0 {
		return x
	}
	width := len(x) / len(order)
	out := make([]T, 0, len(x))
	for _, row := range order {
		out = append(out, x[row*width:(row+1)*width]...)
	}
	return out
}

// ruses are what a prover is told: findings that are none, each with the
// treatments that it prescribes.
var ruses = []struct {
	kind     string
	findings [][]placebo
}{
	{fasterByLittle.what, [][]placebo{{fasterByLittle}}},
	{otherSeeds.what, [][]placebo{{otherSeeds}}},
	{otherRows.what, [][]placebo{{otherRows}}},
	{otherColumns.what + ", learning rates raced in both arms", [][]placebo{{otherColumns}}},
	{"three raced against one another", [][]placebo{{otherSeeds, otherRows, fasterByLittle}}},
	{"four findings, tried together and one after another", [][]placebo{{otherRows}, {otherSeeds}, {otherColumns}, {fasterByLittle}}},
}

// Placebos lets a prover try what cannot help in at least n reports, on sound and
// faulty cases in turn, cheap ones alone. No two reports share a seed.
func Placebos(ctx context.Context, cases []*Case, part, only string, n, workers int, each func(Placebo)) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var all []*Case
	for _, label := range []string{Faulty, Sound} {
		group, err := affordable(chosen(cases, part, only, label), cheap)
		if err != nil {
			return err
		}
		half := (n + 2*len(ruses) - 1) / (2 * len(ruses))
		all = append(all, group[:min(len(group), half)]...)
	}
	return parallel(ctx, workers, len(all), func(ctx context.Context, i int) error {
		for k := range ruses {
			made, err := misled(ctx, all[i], k)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", all[i].Name, ruses[k].kind, err)
			}
			each(made)
		}
		return nil
	})
}

// cheap is the price past which a case is left out of placebos.
const cheap = 3e7

// affordable returns the cases that cost no more than a price.
func affordable(cases []*Case, most float64) ([]*Case, error) {
	var out []*Case
	for _, c := range cases {
		price, err := c.price()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
		if price <= most {
			out = append(out, c)
		}
	}
	return out, nil
}

// A dupe is a program with findings that are none.
type dupe struct {
	*alterable
	offered []placebo
	salt    uint64 // of what placebos draw
}

// With applies settings, those of placebos too.
func (d *dupe) With(_ context.Context, base prove.Variant, t *nnvet.Trace, tr nnvet.Treatment) (prove.Variant, error) {
	v := d.variant(base)
	for _, s := range tr.Settings {
		k := slices.IndexFunc(d.offered, func(p placebo) bool { return p.what == s.To })
		if k < 0 {
			next, err := d.with(v, t, []nnvet.Setting{s})
			if err != nil {
				return nil, err
			}
			v = next
			continue
		}
		next := &variant{key: v.key + "; " + s.To, of: v.of, shift: v.shift}
		if err := d.offered[k].treat(next, rand.New(rand.NewPCG(d.salt, checksum(s.To)))); err != nil {
			return nil, err
		}
		v = next
	}
	return v, nil
}

// apart is how far the seeds of one report are from those of the next.
const apart = 1 << 12

// misled is the report of a prover, as anybody gets it, on one of the ruses.
func misled(ctx context.Context, c *Case, k int) (Placebo, error) {
	out := Placebo{Case: c.Name, Label: c.Label, Kind: ruses[k].kind}
	p, err := provableOf(c.make)
	if err != nil {
		return out, err
	}
	p.known = nil // a survey changes no score
	d := &dupe{alterable: &alterable{p, int64(k+1) * apart}, salt: checksum(c.Name)}
	told := silent()
	for i, treatments := range ruses[k].findings {
		d.offered = append(d.offered, treatments...)
		told = append(told, prescribing(i+1, treatments))
	}
	dir, err := os.MkdirTemp("", "nnvet-casebook-")
	if err != nil {
		return out, err
	}
	defer os.RemoveAll(dir)
	j, err := prove.OpenJournal(dir, c.Name)
	if err != nil {
		return out, err
	}
	r, err := prove.New(d, j, prove.Options{Checks: told}).Run(ctx)
	if err != nil {
		return out, err
	}
	out.Trainings = r.Trainings
	for _, f := range r.Fixes {
		if d.sells(f.Treatment) {
			out.Verdicts = append(out.Verdicts, f.Claim.Verdict.String())
		} else {
			out.Others++
		}
	}
	return out, nil
}

// sells reports whether a placebo is a part of a treatment.
func (d *dupe) sells(tr nnvet.Treatment) bool {
	return slices.ContainsFunc(tr.Settings, func(s nnvet.Setting) bool {
		return slices.ContainsFunc(d.offered, func(p placebo) bool { return p.what == s.To })
	})
}

// silent returns the checks that answer for a learning rate, which find nothing
// here: a prover that learns that the rate did it must be able to say so.
func silent() []*nnvet.Check {
	var out []*nnvet.Check
	for _, c := range checks.All {
		if c.Pitfall == nnvet.LearningRate {
			quiet := *c
			quiet.Run = func(*nnvet.Pass) {}
			out = append(out, &quiet)
		}
	}
	return out
}

// prescribing returns a check that finds something in every run.
func prescribing(n int, treatments []placebo) *nnvet.Check {
	f := nnvet.Finding{Message: "nothing is wrong", Evidence: []nnvet.Evidence{{What: "none"}}}
	for _, p := range treatments {
		f.Treatments = append(f.Treatments, prescription(p))
	}
	return &nnvet.Check{
		ID: "NN019" + strconv.Itoa(n), Name: "placebo-" + strconv.Itoa(n), Pitfall: nnvet.Normalization, Severity: nnvet.Warning,
		Run: func(p *nnvet.Pass) { p.Report(f) },
	}
}

// prescription is a placebo as a finding has it.
func prescription(p placebo) nnvet.Treatment {
	return nnvet.Treatment{Action: p.what, Settings: []nnvet.Setting{{Name: p.knob, To: p.what}}}
}
