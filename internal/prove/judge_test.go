package prove

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/stat"
)

var nan, inf = math.NaN(), math.Inf(1)

// from returns pairs on seeds 1, 2, ... of a baseline at skill 0.5.
func from(differences ...float64) []Pair {
	pairs := make([]Pair, len(differences))
	for i, d := range differences {
		pairs[i] = Pair{Seed: int64(i + 1), Before: 0.5, After: 0.5 + d}
	}
	return pairs
}

func TestJudge(t *testing.T) {
	standard := LooksFor(1)
	tests := []struct {
		name    string
		pairs   []Pair
		verdict Verdict
		p       float64
		more    int
	}{
		{"six of six", from(0.1, 0.2, 0.1, 0.3, 0.1, 0.2), Proven, 2.5 / 64, 0},
		{"five of six", from(0.1, 0.2, 0.1, 0.3, 0.1, -0.05), Inconclusive, 2.5 * 2 / 64, 4},
		{"six of six, too little", from(0.01, 0.01, 0.01, 0.01, 0.03, 0.01), Inconclusive, 2.5 / 64, 4},
		{"six of six worse", from(-0.1, -0.2, -0.1, -0.3, -0.1, -0.2), Worse, 2.5 / 64, 0},
		{"nothing happens", from(0, 0, 0, 0, 0, 0), NoEffect, 2.5 / 64, 0},
		{"little happens", from(0.01, -0.01, 0.015, 0, -0.019, 0.01), NoEffect, 2.5 / 64, 0},
		{"little happens but once", from(0.01, -0.01, 0.015, 0, -0.021, 0.01), Inconclusive, 1, 4},
		{"five are no look", from(0.3, 0.3, 0.3, 0.3, 0.3), Inconclusive, 1, 1},
		{"one", from(0.3), Inconclusive, 1, 5},
		{"what comes after a look waits", from(0.1, 0.2, 0.1, 0.3, 0.1, -0.05, 0.2, 0.2, 0.2), Inconclusive, 2.5 * 2 / 64, 1},
		{"nine of ten", from(0.1, 0.2, 0.1, 0.3, 0.1, -0.05, 0.2, 0.2, 0.1, 0.2), Proven, 0.05 / 0.03 * 2 / 1024, 0},
		{"what comes after the last look is left out", from(0.1, 0.2, 0.1, 0.3, 0.1, -0.05, 0.2, 0.2, 0.1, 0.2, -1, -1), Proven, 0.05 / 0.03 * 2 / 1024, 0},
	}
	for _, tt := range tests {
		c := Judge(tt.pairs, standard)
		if c.Verdict != tt.verdict || math.Abs(c.P-tt.p) > 1e-12 || c.More != tt.more {
			t.Errorf("%s: %v, p %v, %d more; want %v, %v, %d", tt.name, c.Verdict, c.P, c.More, tt.verdict, tt.p, tt.more)
		}
	}
}

func TestJudgeFigures(t *testing.T) {
	pairs := []Pair{{11, 0.5, 0.75}, {12, 0.25, 0.75}, {13, 0.5, 0.625}, {14, 0.75, 1}, {15, 0.5, 0.75}, {16, 0.5, 0.875}, {17, 0, 0}}
	got := Judge(pairs, LooksFor(1))
	want := Claim{Verdict: Proven, Before: 0.5, After: 4.75 / 6, Difference: 1.75 / 6, Lo: 0.125, Hi: 0.5, P: 2.5 / 64, Seeds: []int64{11, 12, 13, 14, 15, 16}}
	for _, f := range []struct{ got, want float64 }{{got.Before, want.Before}, {got.After, want.After}, {got.Difference, want.Difference}, {got.Lo, want.Lo}, {got.Hi, want.Hi}, {got.P, want.P}} {
		if math.Abs(f.got-f.want) > 1e-12 {
			t.Errorf("got %+v\nwant %+v", got, want)
		}
	}
	if got.Verdict != want.Verdict || !slices.Equal(got.Seeds, want.Seeds) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if c := Judge(pairs[:5], LooksFor(1)); c.Before != 0.5 || c.After != 0.775 || c.Lo != -inf || c.Hi != inf || len(c.Seeds) != 5 {
		t.Errorf("before the first look: got %+v, want the means of five pairs and no interval", c)
	}
}

func TestBlownUpRunsCountAsTheWorst(t *testing.T) {
	for _, skill := range []float64{nan, inf, -inf, -1, -40} {
		pairs := from(0.1, 0.2, 0.1, 0.3, 0.1, 0.2)
		pairs[2].After = skill
		if c := Judge(pairs, LooksFor(1)); c.Verdict != Inconclusive || math.Abs(c.Lo+1.5) > 1e-12 {
			t.Errorf("one of six treated runs has skill %v: %v, interval from %v; want inconclusive, from -1.5", skill, c.Verdict, c.Lo)
		}
		for i := range pairs {
			pairs[i] = Pair{Seed: int64(i), Before: skill, After: 0.4}
		}
		if c := Judge(pairs, LooksFor(1)); c.Verdict != Proven || c.Before != -1 {
			t.Errorf("a baseline of skill %v that is cured: %v, before %v; want proven, -1", skill, c.Verdict, c.Before)
		}
		for i := range pairs {
			pairs[i].After = nan
		}
		if c := Judge(pairs, LooksFor(1)); c.Verdict != NoEffect || c.Difference != 0 {
			t.Errorf("skill %v, and nan: %v, difference %v; want no effect, 0", skill, c.Verdict, c.Difference)
		}
	}
}

// With four pairs or fewer nothing is ever proven, whatever looks are asked for.
func TestFewPairsProveNothing(t *testing.T) {
	for n := range 5 {
		pairs := from(slices.Repeat([]float64{0.5}, n)...)
		for _, looks := range []Looks{LooksFor(1), LooksFor(3), {{4, 0.05}}, {{3, 0.2}}, {{1, 1}}, {{n, 0.05}}, {{5, 0.05}}} {
			if c := Judge(pairs, looks); c.Verdict == Proven || c.Verdict == Worse || c.Verdict == NoEffect {
				t.Errorf("%d pairs, looks %v: %v", n, looks, c.Verdict)
			}
		}
	}
	if c := Judge(from(0.5, 0.5, 0.5, 0.5, 0.5), Looks{{5, 0.05}}); c.Verdict != Proven {
		t.Errorf("five of five at one look: %v, want proven", c.Verdict)
	}
}

func TestUntried(t *testing.T) {
	six := from(0.1, 0.2, 0.1, 0.3, 0.1, 0.2)
	tests := []struct {
		pairs []Pair
		looks Looks
		why   string
	}{
		{nil, LooksFor(1), "no seed was tried"},
		{append(slices.Clone(six), six[2]), LooksFor(1), "seed 3 was tried twice"},
		{six, nil, "no look"},
		{six, Looks{{4, 0.05}}, "4 pairs: there must be 5 to 20"},
		{six, Looks{{21, 0.05}}, "21 pairs"},
		{six, Looks{{10, 0.02}, {6, 0.03}}, "6 pairs"},
		{six, Looks{{6, 0}}, "not above 0"},
		{six, Looks{{6, nan}}, "not above 0"},
		{six, Looks{{6, 0.05}, {10, 0.05}}, "alpha 0.1 together"},
	}
	for _, tt := range tests {
		c := Judge(tt.pairs, tt.looks)
		if c.Verdict != NotTried || !strings.Contains(c.Why, tt.why) || !math.IsNaN(c.Difference) || !math.IsNaN(c.P) {
			t.Errorf("%v at %v: got %+v, want not tried: %s", tt.pairs, tt.looks, c, tt.why)
		}
	}
}

func TestOneOfSeveralClaims(t *testing.T) {
	good, flat := slices.Repeat([]float64{0.2}, 10), make([]float64, 10)
	for _, tt := range []struct {
		name   string
		claims int
		pairs  []Pair
		looks  Looks
		want   Verdict
	}{
		{"six seeds carry one claim", 1, from(good[:6]...), LooksFor(1), Proven},
		{"and not one of two", 2, from(good[:6]...), LooksFor(1), Inconclusive},
		{"seven do", 2, from(good[:7]...), LooksFor(2), Proven},
		{"seven do not carry one of four", 4, from(good[:7]...), LooksFor(2), Inconclusive},
		{"eight do", 4, from(good[:8]...), LooksFor(4), Proven},
		{"nothing is shown to be nothing", 4, from(flat...), LooksFor(4), NoEffect},
		{"what was not tried", 4, nil, LooksFor(4), NotTried},
	} {
		if got := JudgeOf(tt.claims, tt.pairs, tt.looks).Verdict; got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

// At the first look that LooksFor plans, and at no earlier one that the plan for
// a single claim allows, help on every seed passes for all claims at once; where
// there is one look only, at that.
func TestLooksFor(t *testing.T) {
	for claims := 1; claims <= 100; claims++ {
		looks := LooksFor(claims)
		if why := looks.fault(); why != "" {
			t.Errorf("LooksFor(%d) = %v: %s", claims, looks, why)
			continue
		}
		at := func(n int) Verdict {
			return JudgeOf(claims, from(slices.Repeat([]float64{0.2}, n)...), Looks{{n, looks[0].Alpha}}).Verdict
		}
		if n := looks[0].Pairs; at(n) != Proven || n != 6 && n != 10 && at(n-1) == Proven {
			t.Errorf("LooksFor(%d) = %v: %d pairs give %v, one fewer %v", claims, looks, n, at(n), at(n-1))
		}
	}
	for claims, want := range map[int]Looks{0: {{6, 0.02}, {10, 0.03}}, 1: {{6, 0.02}, {10, 0.03}}, 2: {{7, 0.02}, {10, 0.03}}, 10: {{9, 0.02}, {10, 0.03}}, 11: {{10, 0.05}}, 1 << 30: {{20, 0.05}}} {
		if got := LooksFor(claims); !reflect.DeepEqual(got, want) {
			t.Errorf("LooksFor(%d) = %v, want %v", claims, got, want)
		}
	}
}

// Verdict and interval are two ways of saying the same where a claim stands alone.
func TestVerdictAgreesWithInterval(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	seen := map[Verdict]int{}
	for i := range 3000 {
		d := make([]float64, []int{6, 10}[i%2])
		mean, sd := 0.1*(r.Float64()-0.5), math.Exp(-6*r.Float64())*0.2
		for j := range d {
			d[j] = mean + sd*r.NormFloat64()
		}
		c := Judge(from(d...), LooksFor(1))
		want := Inconclusive
		switch {
		case c.Lo > 0 && c.Difference >= MinEffect:
			want = Proven
		case c.Hi < 0 && c.Difference <= -MinEffect:
			want = Worse
		case c.Lo > -MinEffect && c.Hi < MinEffect:
			want = NoEffect
		}
		if c.Verdict != want {
			t.Fatalf("%v: %v, want %v by its interval: %+v", d, c.Verdict, want, c)
		}
		if c.Difference < c.Lo || c.Difference > c.Hi || (c.More > 0) != (c.Verdict == Inconclusive) {
			t.Fatalf("%v: %+v", d, c)
		}
		seen[c.Verdict]++
	}
	for v := Inconclusive; v <= Proven; v++ {
		if seen[v] < 100 {
			t.Errorf("%v in %d of 3000 cases: too few to tell", v, seen[v])
		}
	}
}

// So many fresh seeds as More says decide in about eight proofs of ten, if the
// figures seen are the true ones.
func TestMoreSeedsDecide(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 1))
	for _, tt := range []struct{ mean, sd float64 }{{0.1, 0.1}, {0.1, 0.14}, {-0.05, 0.06}, {0, 0.02}, {0.05, 0.08}} {
		seen := make([]float64, 10) // of exactly this mean and spread
		for i := range seen {
			seen[i] = tt.mean + tt.sd*math.Sqrt(0.9)*float64(1-i%2*2)
		}
		n := seedsFor(seen, familyError)
		if n > stat.MostFlips {
			t.Fatalf("mean %v, sd %v: %d seeds, too many to check", tt.mean, tt.sd, n)
		}
		decided := 0
		const proofs = 400
		for range proofs {
			d := make([]float64, n)
			for i := range d {
				d[i] = tt.mean + tt.sd*r.NormFloat64()
			}
			var p float64
			switch {
			case tt.mean >= MinEffect:
				p = stat.SignFlip(d)
			case tt.mean <= -MinEffect:
				p = stat.SignFlip(along(d, -1, 0))
			default:
				p = max(stat.SignFlip(along(d, 1, MinEffect)), stat.SignFlip(along(d, -1, MinEffect)))
			}
			if p <= familyError {
				decided++
			}
		}
		if share := float64(decided) / proofs; share < 0.65 || share > 0.95 {
			t.Errorf("mean %v, sd %v: %d seeds decide in %v of proofs, want about 0.8", tt.mean, tt.sd, n, share)
		}
	}
	for _, tt := range []struct {
		d     []float64
		level float64
		want  int
	}{
		{[]float64{0.3, 0.3}, 0.05, 5}, {[]float64{0.3, 0.3}, 0.001, 10}, {[]float64{0.03, 0.00999999}, 0.05, 1000}, {[]float64{0.3}, 0.05, 1000},
	} {
		if got := seedsFor(tt.d, tt.level); got != tt.want {
			t.Errorf("seedsFor(%v, %v) = %d, want %d", tt.d, tt.level, got, tt.want)
		}
	}
}

func TestGapClosed(t *testing.T) {
	tests := []struct{ before, after, healthy, want float64 }{
		{0.2, 0.8, 0.95, 0.8}, {0.2, 0.2, 0.7, 0}, {0.2, 0.1, 0.7, -0.2}, {0.5, 1, 0.75, 2},
		{0.5, 0.6, 0.5, nan}, {0.5, 0.6, 0.51, nan}, {0.5, 0.6, 0.2, nan}, {0.5, 0.6, nan, nan}, {0.5, 0.6, inf, nan},
	}
	for _, tt := range tests {
		c := Claim{Before: tt.before, After: tt.after, Difference: tt.after - tt.before}
		if got := c.GapClosed(tt.healthy); !(math.Abs(got-tt.want) < 1e-9 || math.IsNaN(got) && math.IsNaN(tt.want)) {
			t.Errorf("from %v to %v, healthy %v: %v, want %v", tt.before, tt.after, tt.healthy, got, tt.want)
		}
	}
	if got := Untried("no budget").GapClosed(0.9); !math.IsNaN(got) {
		t.Errorf("gap closed by nothing: %v", got)
	}
}

func TestVerdictString(t *testing.T) {
	for v, want := range map[Verdict]string{Proven: "proven", NoEffect: "no effect", Worse: "worse", Inconclusive: "inconclusive", 0: "not tried", 9: "Verdict(9)", -1: "Verdict(-1)"} {
		if got := v.String(); got != want {
			t.Errorf("%d: %q, want %q", int(v), got, want)
		}
	}
}
