package checks

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
)

func TestTableIsValid(t *testing.T) {
	if err := nnvet.Validate(All); err != nil {
		t.Fatal(err)
	}
}

func TestFind(t *testing.T) {
	for _, c := range All {
		for _, name := range []string{c.ID, strings.ToLower(c.ID), c.Name} {
			if got := Find(name); got != c {
				t.Errorf("Find(%q) = %v, want %s", name, got, c.ID)
			}
		}
	}
	if got := Find("nn0000"); got != nil {
		t.Errorf("Find(nn0000) = %s, want nil", got.ID)
	}
}

func TestPagesHaveAllSections(t *testing.T) {
	sections := []string{"## What it means", "## How it is decided", "## What to try", "## When it is wrong", "## References"}
	for _, c := range All {
		var got []string
		for line := range strings.Lines(c.Doc) {
			if strings.HasPrefix(line, "## ") {
				got = append(got, strings.TrimSpace(line))
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(sections) {
			t.Errorf("the page of %s has the sections %q, want %q", c.Name, got, sections)
		}
		for _, l := range c.Limits {
			if !strings.Contains(c.Doc, "`"+l.Name+"`") {
				t.Errorf("the page of %s does not say what its limit %s is", c.Name, l.Name)
			}
		}
	}
}

// A limit that stands by what was measured on sound runs leaves room between the
// farthest of them and itself.
func TestLimitsLeaveRoom(t *testing.T) {
	const room = 1.5
	for _, c := range All {
		for _, l := range c.Limits {
			if l.Sound != 0 && max(l.Default/l.Sound, l.Sound/l.Default) < room*(1-1e-9) {
				t.Errorf("limit %s of %s is %g, and sound runs were measured at %g: that is less than %g times", l.Name, c.Name, l.Default, l.Sound, room)
			}
		}
	}
}

// TestEveryCheckEndsOnce holds what [nnvet.Vet] promises on traces that no
// recorder would write: no check panics, each is found, clear or not checked,
// and what it says can be shown.
func TestEveryCheckEndsOnce(t *testing.T) {
	traces := map[string]*nnvet.Trace{
		"empty":    new(nnvet.Builder).Snapshot(),
		"only NaN": odd(rand.New(rand.NewPCG(0, 0)), func(*rand.Rand) float64 { return math.NaN() }),
	}
	for seed := range uint64(200) {
		traces[fmt.Sprint("random ", seed)] = odd(rand.New(rand.NewPCG(seed, 1)), oddNumber)
	}
	for name, tr := range traces {
		res := nnvet.Vet(tr, All, nnvet.Options{})
		ends := make(map[string]string)
		end := func(c *nnvet.Check, how string) {
			if was, ok := ends[c.ID]; ok && was != how {
				t.Errorf("%s: %s is %s and %s", name, c.Name, was, how)
			}
			ends[c.ID] = how
		}
		for _, f := range res.Findings {
			end(f.Check, "found")
			presentable(t, name, f)
		}
		for _, c := range res.Clear {
			end(c.Check, "clear")
			if len([]rune(c.Brief)) > 12 {
				t.Errorf("%s: %s measured %q, which is longer than the board's 12 characters", name, c.Check.Name, c.Brief)
			}
		}
		for _, s := range res.NotChecked {
			end(s.Check, "not checked")
			if s.Reason == "" {
				t.Errorf("%s: %s is not checked for no reason", name, s.Check.Name)
			}
		}
		if len(ends) != len(All) {
			t.Errorf("%s: %d of %d checks ended", name, len(ends), len(All))
		}
	}
	if got := nnvet.Vet(traces["empty"], All, nnvet.Options{}); len(got.NotChecked) != len(All) {
		t.Errorf("%d of %d checks judge an empty trace", len(All)-len(got.NotChecked), len(All))
	}
}

func presentable(t *testing.T, name string, f nnvet.Finding) {
	t.Helper()
	switch {
	case f.Message == "" || strings.HasSuffix(f.Message, ".") || strings.Contains(f.Message, "%!"):
		t.Errorf("%s: %s says %q", name, f.Check.Name, f.Message)
	case len([]rune(f.Brief)) > 12:
		t.Errorf("%s: %s has the brief %q, longer than 12 characters", name, f.Check.Name, f.Brief)
	case len(f.Treatments) == 0:
		t.Errorf("%s: %s knows nothing to try", name, f.Check.Name)
	case f.Span.From > f.Span.To:
		t.Errorf("%s: %s spans %v", name, f.Check.Name, f.Span)
	case !(f.Confidence > 0 && f.Confidence <= 1):
		t.Errorf("%s: %s has confidence %g", name, f.Check.Name, f.Confidence)
	}
}

// oddNumber returns a number of any size, and often one that is not finite.
func oddNumber(r *rand.Rand) float64 {
	switch r.IntN(8) {
	case 0:
		return math.NaN()
	case 1:
		return math.Inf(1 - 2*r.IntN(2))
	case 2:
		return 0
	case 3:
		return r.NormFloat64()
	}
	return math.Exp(20 * r.NormFloat64())
}

// odd returns a trace in which everything that a check can look at is there
// or missing, and holds numbers from draw.
func odd(r *rand.Rand, draw func(*rand.Rand) float64) *nnvet.Trace {
	var b nnvet.Builder
	some := func() bool { return r.IntN(4) > 0 }
	b.Run = nnvet.Run{Steps: int64(r.IntN(300)), Ended: nnvet.Exited, World: 1}
	if some() {
		b.Layers = []nnvet.Layer{{Kind: "Net"}, {Name: "fc", Kind: "Linear", Leaf: true}, {Name: "act", Kind: "ReLU", Leaf: true}}
		b.Params = []nnvet.Param{
			{Name: "fc.weight", Layer: "fc", Shape: []int{4, 3}, Trainable: some(), Rows: r.IntN(5), Twins: r.IntN(5), GradTwins: r.IntN(6) - 1},
			{Name: "fc.bias", Layer: "fc", Shape: []int{4}, Trainable: true},
		}
	}
	group := nnvet.Group{Name: "SGD", Settings: map[string]float64{"lr": draw(r), "momentum": draw(r)}, Params: []string{"fc.weight"}}
	if some() {
		b.Optimizers = []nnvet.Optimizer{{Kind: "SGD", Groups: []nnvet.Group{group}}}
	}
	losses := []nnvet.LossKind{
		nnvet.CrossEntropy, nnvet.NLL, nnvet.BCE, nnvet.BCELogits, nnvet.MSE, nnvet.L1, nnvet.SmoothL1, nnvet.Huber, "ctc_loss",
	}
	ops := []string{"softmax", "log_softmax", "sigmoid", "tanh", "relu", "clamp", "hardtanh", "reshape", "dropout", "log", "other"}
	for i := range r.IntN(3) {
		h := nnvet.Head{Name: fmt.Sprint("loss.", i), Loss: losses[r.IntN(len(losses))], Reduction: "mean", Root: some(), Weighted: !some()}
		for range r.IntN(4) {
			h.Chain = append(h.Chain, nnvet.Op{Kind: ops[r.IntN(len(ops))], Size: r.IntN(3), Dim: r.IntN(2), Lo: draw(r), Hi: draw(r)})
		}
		h.Shape = []int{8, r.IntN(3)}[:r.IntN(3)]
		b.Heads = append(b.Heads, h)
		if some() {
			b.Profiles = append(b.Profiles, oddProfile(r, draw, nnvet.Target, h.Name))
		}
	}
	for range r.IntN(3) {
		b.Profiles = append(b.Profiles, oddProfile(r, draw, nnvet.Input, "Net"))
	}
	kinds := []nnvet.EventKind{nnvet.GradNotZeroed, nnvet.ValidationInTrain, nnvet.NonFinite, nnvet.NoGradient, nnvet.LossDetached, nnvet.LibraryClipping}
	for _, k := range kinds {
		if !some() {
			b.Events = append(b.Events, nnvet.Event{Kind: k, Step: int64(r.IntN(99)), Count: int64(r.IntN(99)), Of: int64(r.IntN(99)), Site: "fc.weight", Text: "loss"})
		}
	}
	for _, q := range nnvet.Quantities {
		for _, site := range []string{"", "fc", "act", "fc.weight", "SGD", "loss.0", "loss.1"} {
			for _, split := range []string{"", nnvet.Train, nnvet.Validation} {
				if some() {
					oddSeries(r, draw, &b, nnvet.Key{Quantity: q.Name, Site: site, Split: split})
				}
			}
		}
	}
	return b.Snapshot()
}

// shares holds the quantities that no recorder can put outside 0 to 1.
var shares = []nnvet.Quantity{nnvet.Accuracy, nnvet.GradZero, nnvet.ActZero, nnvet.Dead, nnvet.Saturated}

func oddSeries(r *rand.Rand, draw func(*rand.Rand) float64, b *nnvet.Builder, k nnvet.Key) {
	step := int64(r.IntN(3))
	for range r.IntN(120) {
		v := draw(r)
		if slices.Contains(shares, k.Quantity) {
			v -= math.Floor(v)
		}
		if err := b.Add(k, step, v); err != nil {
			panic(err) // steps only grow
		}
		step += 1 + int64(r.IntN(3))
	}
}

func oddProfile(r *rand.Rand, draw func(*rand.Rand) float64, role nnvet.Role, site string) nnvet.Profile {
	splits, layouts := []string{nnvet.Train, nnvet.Validation}, []string{"features", "channels", "tokens", "values"}
	p := nnvet.Profile{Role: role, Site: site, Split: splits[r.IntN(2)], DType: "float32", Layout: layouts[r.IntN(4)], Rows: int64(r.IntN(99))}
	for i := range r.IntN(4) {
		n := int64(r.IntN(99))
		p.Columns = append(p.Columns, nnvet.Column{Index: i, Moments: nnvet.Moments{
			N: n, Mean: draw(r), Std: math.Abs(draw(r)), Min: draw(r), Max: draw(r), Zeros: r.Int64N(n + 1), Whole: r.IntN(2) == 0,
		}})
	}
	p.Of = len(p.Columns)
	for range r.IntN(4) {
		p.Classes = append(p.Classes, int64(r.IntN(3)))
	}
	p.Ranges = nnvet.Ranges{N: int64(r.IntN(99)), Below0: int64(r.IntN(99)), Above1: int64(r.IntN(99))}
	return p
}
