package recipe

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
)

// TestTarget holds what becomes of one number that is learned.
func TestTarget(t *testing.T) {
	for name, c := range map[string]struct {
		y    nnvet.Moments
		how  How
		want string
	}{
		"quantity":       {nnvet.Moments{Mean: 155, Std: 77, Min: 25, Max: 346}, Standardize, "by mean and standard deviation"},
		"prices":         {nnvet.Moments{Mean: 52000, Std: 61000, Min: 90, Max: 1.2e6}, Log, "1.2 times its mean"},
		"counts from 0":  {nnvet.Moments{Mean: 6, Std: 11, Max: 200, Zeros: 150, Whole: true}, Log, "a median"},
		"mostly 0":       {nnvet.Moments{Mean: 6, Std: 11, Max: 200, Zeros: 700, Whole: true}, Standardize, "by mean and standard deviation"},
		"half zero":      {nnvet.Moments{Mean: 25, Std: 25.5, Min: 0, Max: 60, Zeros: 500}, Standardize, "by mean and standard deviation"},
		"both signs":     {nnvet.Moments{Mean: 1, Std: 90, Min: -800, Max: 900}, Standardize, "by mean and standard deviation"},
		"tiny amounts":   {nnvet.Moments{Mean: 1e-4, Std: 3e-4, Max: 1e-2}, Standardize, "its logarithm in a unit"},
		"one far off":    {nnvet.Moments{Mean: 100, Std: 10, Min: 60, Max: 400}, Standardize, "one is 400, 30 deviations off"},
		"already":        {nnvet.Moments{Mean: 0.03, Std: 0.96, Min: -3, Max: 3}, Leave, "already"},
		"already, few":   {nnvet.Moments{N: 100, Mean: -0.2, Std: 1.2, Min: -2, Max: 3}, Leave, "already"},
		"not, of as few": {nnvet.Moments{N: 100, Mean: -0.4, Std: 1.2, Min: -2, Max: 3}, Standardize, "by mean"},
		"flag":           {nnvet.Moments{Mean: 0.5, Std: 0.5, Max: 1, Whole: true}, Leave, "0 and 1"},
		"constant":       {nnvet.Moments{Mean: 7, Min: 7, Max: 7}, Standardize, "nothing to learn"},
		"withheld ends":  {nnvet.Moments{Mean: 5, Std: 9, Min: math.NaN(), Max: math.NaN()}, Standardize, "by mean"},
	} {
		r := mustOf(t, targets([]nnvet.Column{column("", c.y)}))
		if r.Target == nil {
			t.Errorf("%s: no recipe: %s", name, r.NoTarget)
			continue
		}
		if got := r.Target.Columns[0]; got.How != c.how || !strings.Contains(got.Why, c.want) {
			t.Errorf("%s: got %s, %q, want %s, %q", name, got.How, got.Why, c.how, c.want)
		}
	}
}

// TestNoTarget holds why a target stays what it is.
func TestNoTarget(t *testing.T) {
	price := func() *nnvet.Trace { return targets([]nnvet.Column{quantity("", 155, 77)}) }
	for name, c := range map[string]struct {
		change func(*nnvet.Trace)
		want   string
	}{
		"classes":      {func(tr *nnvet.Trace) { tr.Heads[0].Loss, tr.Heads[0].Name = nnvet.CrossEntropy, "cross_entropy" }, "cross_entropy compares no numbers"},
		"a mean":       {func(tr *nnvet.Trace) { tr.Heads[0].Chain = []nnvet.Op{{Kind: "mean"}, {Kind: "linear"}} }, "ends in mean, and what scale"},
		"no loss":      {func(tr *nnvet.Trace) { tr.Heads = nil }, "no loss was recorded"},
		"two losses":   {func(tr *nnvet.Trace) { tr.Heads, tr.Surveys[0].Head = append(tr.Heads, nnvet.Head{Name: "l1"}), "" }, "of 2 losses"},
		"not recorded": {func(tr *nnvet.Trace) { tr.Profiles = tr.Profiles[:1] }, "no finite targets of mse_loss"},
		"images":       {func(tr *nnvet.Trace) { tr.Profiles[1].Layout = "channels" }, "are images or sequences"},
		"some outputs": {func(tr *nnvet.Trace) { tr.Profiles[1].Of = 300 }, "1 of the 300 outputs"},
	} {
		tr := price()
		c.change(tr)
		if r := mustOf(t, tr); r.Target != nil || !strings.Contains(r.NoTarget, c.want) {
			t.Errorf("%s: got %+v, %q, want none, %q", name, r.Target, r.NoTarget, c.want)
		}
	}
}

// TestTargetGroup holds that outputs which were declared one group share a scale.
func TestTargetGroup(t *testing.T) {
	tr := targets([]nnvet.Column{quantity("north", 5, 3), quantity("east", -2, 4)})
	tr.Declared.Groups = []nnvet.ColumnGroup{{Name: "offset", Unit: "m", Columns: []string{"north", "east"}}}
	r := mustOf(t, tr)
	for i, back := range []string{"p * 3.5355339059327378 + 5", "p * 3.5355339059327378 - 2"} {
		got := r.Target.Columns[i]
		if got.How != Shared || got.Group != "offset" || got.Back != back || !strings.Contains(got.Why, "offset (m)") {
			t.Errorf("output %d: got %+v, want %s, by group offset (m)", i, got, back)
		}
	}
}

// TestTargetBeforeEnd holds what becomes of a target that an operation behind the
// last layer must meet.
func TestTargetBeforeEnd(t *testing.T) {
	for _, c := range []struct {
		end      string
		min, max float64
		want     string // how the smallest and the largest are fed, or why the target stays
	}{
		{"tanh", -0.5, 0.8, "ends in tanh, which gives -1..1, and they lie within"},
		{"tanh", 20, 80, "-0.9..0.9"},
		{"sigmoid", 0, 1, "which gives 0..1, and they lie within"},
		{"sigmoid", -3, 3, "0.1..0.9"},
		{"sigmoid", math.NaN(), math.NaN(), "were not recorded"},
		{"relu", 0, 9, "nothing below 0, where centred ones would lie"},
		{"relu", -2, 9, "take out the final relu first"},
		{"softmax", 20, 80, "add up to 1"},
	} {
		tr := targets([]nnvet.Column{column("", nnvet.Moments{Mean: 5, Std: 3, Min: c.min, Max: c.max})})
		tr.Heads[0].Chain = []nnvet.Op{{Kind: c.end}, {Kind: "linear"}}
		r := mustOf(t, tr)
		got := r.NoTarget
		if r.Target != nil {
			o := r.Target.Columns[0]
			if got = o.Why; c.end != "relu" {
				got = fmt.Sprintf("%.3g..%.3g", o.apply(c.min), o.apply(c.max))
			}
			if back := o.restore(o.apply(c.max)); !(math.Abs(back-c.max) < 1e-9) {
				t.Errorf("%s, %g..%g: %g comes back as %g", c.end, c.min, c.max, c.max, back)
			}
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("%s, %g..%g: got %q, want %q", c.end, c.min, c.max, got, c.want)
		}
	}
}
