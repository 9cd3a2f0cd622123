package casebook

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"github.com/nnvet/nnvet/internal/prove"
)

// claimed is the most of reports that may call a placebo proven.
const claimed = 0.05

// tooMany returns the least count that of n reports is reached less than once in
// a thousand where the share is p.
func tooMany(n int, p float64) int {
	left, each := 1.0, math.Pow(1-p, float64(n))
	for k := 0; ; k++ {
		if left < 0.001 {
			return k
		}
		left -= each
		each *= float64(n-k) / float64(k+1) * p / (1 - p)
	}
}

func TestTooMany(t *testing.T) {
	for n, want := range map[int]int{40: 8, 1000: 74} { // by sums of exact terms
		if got := tooMany(n, claimed); got != want {
			t.Errorf("of %d: %d, want %d", n, got, want)
		}
	}
}

// TestFewPlacebosAreProven lets a prover try what cannot help, in forty reports,
// on programs whose score strays: where it does not, no mistake of a test would
// show. It fails where the claimed error is not kept: with a sign-flip test that
// always passes a quarter and more are proven.
func TestFewPlacebosAreProven(t *testing.T) {
	const reports = 40
	cases := straying(t, reports/2)
	wrong, claims := 0, 0
	for i := range reports {
		c, ruse := cases[i/2], 1+2*(i%2) // other seeds, or other columns with rates raced
		made, err := misled(t.Context(), c, ruse)
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		for _, v := range made.Verdicts {
			claims += int(truth(v != prove.NotTried.String()))
		}
		if made.wrong() {
			t.Logf("%s: %s is called proven", made.Case, made.Kind)
			wrong++
		}
	}
	if claims < reports*3/4 { // where a learning rate by itself does it, that is claimed
		t.Errorf("%d reports have %d claims about placebos, want one in nearly each", reports, claims)
	}
	if bad := tooMany(reports, claimed); wrong >= bad {
		t.Errorf("%d of %d reports call a placebo proven; %d are to be expected less than once in a thousand where the error is %v", wrong, reports, bad, claimed)
	}
}

// straying returns the n cheap programs whose scores on three seeds of races lie
// the farthest apart.
func straying(t *testing.T, n int) []*Case {
	t.Helper()
	const most = 1.5e7
	all, err := affordable(chosen(learnCases(t), Learn, "", Faulty, Sound), most)
	if err != nil {
		t.Fatal(err)
	}
	far := make(map[*Case]float64)
	for _, c := range all {
		p, err := provableOf(c.make)
		if err != nil {
			t.Fatal(err)
		}
		p.known = nil
		scores, _, err := p.scored(t.Context(), nil, 1, 2, 3)
		if err != nil {
			t.Fatal(err)
		}
		y, err := prove.Choose(scores, nil)
		if err != nil {
			t.Fatal(err)
		}
		a, b, d := y.Of(scores[0]), y.Of(scores[1]), y.Of(scores[2])
		far[c] = max(a, b, d) - min(a, b, d)
	}
	slices.SortStableFunc(all, func(a, b *Case) int { return cmp.Compare(far[b], far[a]) })
	return all[:n]
}

// TestPlacebosChangeNothing holds that what is fed are the same rows.
func TestPlacebosChangeNothing(t *testing.T) {
	p, err := provableOf(one(t, "moons/softmax-of-one").make)
	if err != nil {
		t.Fatal(err)
	}
	d := &dupe{alterable: &alterable{p, 0}, offered: []placebo{fasterByLittle, otherSeeds, otherRows, otherColumns}}
	sum := func(x []float32) (s float64) {
		for _, v := range x {
			s += float64(v)
		}
		return s
	}
	for i, offered := range d.offered {
		v, err := d.With(t.Context(), nil, nil, prescription(offered))
		if err != nil {
			t.Fatal(err)
		}
		was, is := &p.start.of, &v.(*variant).of
		if math.Abs(sum(was.Train.X)-sum(is.Train.X)) > 1e-3 || math.Abs(sum(was.Val.X)-sum(is.Val.X)) > 1e-3 || was.Train.Rows != is.Train.Rows {
			t.Errorf("%s feeds other figures", offered.what)
		}
		moved := !slices.Equal(was.Train.X, is.Train.X)
		if moved != (i >= 2) {
			t.Errorf("%s: rows or columns moved: %v", offered.what, moved)
		}
	}
}
