package prove_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/prove"
	"github.com/nnvet/nnvet/internal/stat"
)

// A noise is how the skill of one training strays over seeds, in units of its
// spread.
type noise struct {
	name  string
	draw  func(*rand.Rand) float64
	blown float64 // share of runs that end in NaN, on top
}

var (
	normal  = noise{name: "normal", draw: (*rand.Rand).NormFloat64}
	blowsUp = noise{name: "normal, and 10 % of runs blow up", draw: (*rand.Rand).NormFloat64, blown: 0.1}
	noises  = []noise{
		normal,
		{name: "skewed (exponential, long to the worse)", draw: func(r *rand.Rand) float64 { return 1 - r.ExpFloat64() }},
		{name: "heavy tails (t of 2 degrees of freedom)", draw: func(r *rand.Rand) float64 {
			return r.NormFloat64() / math.Sqrt(r.ExpFloat64())
		}},
		{name: "in steps of half a spread (ties)", draw: func(r *rand.Rand) float64 { return math.Round(2*r.NormFloat64()) / 2 }},
		blowsUp,
		{name: "two levels (30 % learn nothing)", draw: func(r *rand.Rand) float64 {
			if r.Float64() < 0.3 {
				return -6 + 0.1*r.NormFloat64()
			}
			return r.NormFloat64()
		}},
	}
)

// sameSeed is the correlation of two arms on one seed: the median that was
// measured on small MLPs, whose quartiles were -0.19 and 0.54.
const sameSeed = 0.23

// promised is the most of claims that may be false.
const promised = 0.05

// arm is a training: a level of skill, and what it strays by.
type arm struct {
	level, spread float64
	noise         noise
}

func (a arm) run(r *rand.Rand, shared float64) float64 {
	skill := a.level + a.spread*(math.Sqrt(sameSeed)*shared+math.Sqrt(1-sameSeed)*a.noise.draw(r))
	if r.Float64() < a.noise.blown {
		return math.NaN()
	}
	return skill
}

// atWorst is how a race takes a run that blew up.
func atWorst(skill float64) float64 {
	if math.IsNaN(skill) {
		return -1
	}
	return skill
}

func runs(r *rand.Rand, before, after arm, n int) []prove.Pair {
	pairs := make([]prove.Pair, n)
	for i := range pairs {
		shared := before.noise.draw(r)
		pairs[i] = prove.Pair{int64(i), before.run(r, shared), after.run(r, shared)}
	}
	return pairs
}

// tried looks at pairs as a proof does: further only while it is inconclusive.
func tried(pairs []prove.Pair, looks prove.Looks) prove.Claim {
	var c prove.Claim
	for _, look := range looks {
		if c = prove.Judge(pairs[:look.Pairs], looks); c.Verdict != prove.Inconclusive {
			break
		}
	}
	return c
}

// A tally counts verdicts, and those proven at the first look.
type tally struct {
	of                [prove.Proven + 1]int
	all, pairs, first int
}

func (t *tally) add(c prove.Claim) {
	t.of[c.Verdict]++
	t.all++
	t.pairs += len(c.Seeds)
	if c.Verdict == prove.Proven && len(c.Seeds) == prove.LooksFor(1)[0].Pairs {
		t.first++
	}
}

func (t *tally) share(v prove.Verdict) float64 { return float64(t.of[v]) / float64(t.all) }

// percent is a share in all, and bound the same with its upper bound of 95 %.
func percent(hits, all int) string { return fmt.Sprintf("%.1f", 100*float64(hits)/float64(all)) }

func bound(hits, all int) string {
	_, hi := stat.ClopperPearson(hits, all, 0.9)
	return fmt.Sprintf("%s (%.1f)", percent(hits, all), 100*hi)
}

// simulate tallies what becomes of proofs of one treatment.
func simulate(r *rand.Rand, before, after arm, reports int) *tally {
	t, looks := &tally{}, prove.LooksFor(1)
	for range reports {
		t.add(tried(runs(r, before, after, 10), looks))
	}
	return t
}

// A table is a part of docs/proof.md. Its function complains where a claim is
// false too often.
type table struct {
	title string
	fill  func(t *testing.T, r *rand.Rand, reports int) string
}

var tables = []table{
	{"Both arms are the same training", identicalArms},
	{"The best of eight treatments that do nothing", bestOfEight},
	{"Four treatments in one report", fourClaims},
	{"Treatments that help, by d_z", powerByDz},
	{"Treatments that help, by skill", powerBySkill},
	{"No effect", noEffect},
	{"Equal means, other shapes", otherShapes},
	{"A new proof, where the first is inconclusive", newProofs},
}

// TestSimulation plays proofs whose truth is known. The long one takes five
// minutes and holds that the tables of docs/proof.md are its own:
//
//	NNVET_SIMULATE=20000 go test ./internal/prove -run TestSimulation
//
// NNVET_UPDATE=1 with it rewrites them.
func TestSimulation(t *testing.T) {
	reports := 500
	long, _ := strconv.Atoi(os.Getenv("NNVET_SIMULATE"))
	if long > 0 {
		reports = long
	}
	texts := make([]string, len(tables))
	t.Run("tables", func(t *testing.T) {
		for i, table := range tables {
			t.Run(table.title, func(t *testing.T) {
				t.Parallel()
				texts[i] = "### " + table.title + "\n\n" + table.fill(t, rand.New(rand.NewPCG(uint64(i), 20)), reports)
			})
		}
	})
	if text := strings.Join(texts, "\n"); long > 0 {
		recorded(t, text)
	} else {
		t.Log("\n" + text)
	}
}

// recorded holds that docs/proof.md has these tables, or puts them there.
func recorded(t *testing.T, text string) {
	t.Helper()
	const path, begin, end = "../../docs/proof.md", "<!-- simulation:begin -->\n", "<!-- simulation:end -->\n"
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok1 := strings.Cut(string(b), begin)
	old, tail, ok2 := strings.Cut(rest, end)
	switch {
	case !ok1 || !ok2:
		t.Fatalf("%s has no %s ... %s", path, begin, end)
	case os.Getenv("NNVET_UPDATE") != "":
		if err := os.WriteFile(path, []byte(head+begin+text+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
	case old != text:
		t.Errorf("%s has other tables than:\n%s", path, text)
	}
}

func identicalArms(t *testing.T, r *rand.Rand, reports int) string {
	var b strings.Builder
	b.WriteString("| runs stray | proven % | worse % | no effect % | inconclusive % |\n| --- | --: | --: | --: | --: |\n")
	for _, n := range noises {
		a := arm{0.6, 0.1, n}
		got := simulate(r, a, a, reports)
		atMost(t, n.name+", proven", got.of[prove.Proven], got.all)
		atMost(t, n.name+", worse", got.of[prove.Worse], got.all)
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", n.name, bound(got.of[prove.Proven], got.all), bound(got.of[prove.Worse], got.all),
			percent(got.of[prove.NoEffect], got.all), percent(got.of[prove.Inconclusive], got.all))
	}
	return b.String()
}

// bestOfEight races eight treatments that do nothing on seeds of their own and
// proves the winner on fresh ones; beside it the mistake that this avoids, as a
// control that the simulation can see false claims.
func bestOfEight(t *testing.T, r *rand.Rand, reports int) string {
	var b strings.Builder
	b.WriteString("| runs stray | proven on fresh seeds % | proven on the race's own seeds % |\n| --- | --: | --: |\n")
	looks := prove.LooksFor(1)
	for _, n := range noises {
		a := arm{0.6, 0.1, n}
		var fresh, own tally
		for range reports {
			var best []prove.Pair
			most := math.Inf(-1)
			race := runs(r, a, a, 10)
			for range 8 {
				candidate := make([]prove.Pair, len(race))
				scores := make([]float64, len(race))
				for i, p := range race { // against one baseline
					scores[i] = atWorst(a.run(r, a.noise.draw(r)))
					candidate[i] = prove.Pair{p.Seed, p.Before, scores[i]}
				}
				if m := stat.Mean(scores); m > most {
					best, most = candidate, m
				}
			}
			own.add(tried(best, looks))
			fresh.add(tried(runs(r, a, a, 10), looks))
		}
		atMost(t, n.name+", on fresh seeds", fresh.of[prove.Proven], fresh.all)
		if own.share(prove.Proven) < 0.1 {
			t.Errorf("%s: on the race's own seeds %v are proven: the simulation cannot see what selection does", n.name, own.share(prove.Proven))
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", n.name, bound(fresh.of[prove.Proven], fresh.all), percent(own.of[prove.Proven], own.all))
	}
	return b.String()
}

// fourClaims counts reports in which any of the treatments that do nothing is
// called proven.
func fourClaims(t *testing.T, r *rand.Rand, reports int) string {
	var b strings.Builder
	b.WriteString("| of four, help (0.2 skill) | runs stray | reports with a false proof % | of those that help, proven % | each judged as if alone: false % |\n| --: | --- | --: | --: | --: |\n")
	const claims = 4
	for _, n := range []noise{normal, blowsUp} {
		for _, help := range []int{0, 2} {
			before, better := arm{0.6, 0.1, n}, arm{0.8, 0.1, n}
			wrong, alone, right := 0, 0, 0
			for range reports {
				full := make([][]prove.Pair, claims)
				for i := range full {
					if full[i] = runs(r, before, before, 10); i >= claims-help { // the last, which have the least shares
						full[i] = runs(r, before, better, 10)
					}
				}
				judged := report(full)
				falsely, falselyAlone := false, false
				for i, c := range judged {
					switch {
					case i < claims-help:
						falsely = falsely || c.Verdict == prove.Proven
						falselyAlone = falselyAlone || tried(full[i], prove.LooksFor(1)).Verdict == prove.Proven
					case c.Verdict == prove.Proven:
						right++
					}
				}
				wrong, alone = wrong+count(falsely), alone+count(falselyAlone)
			}
			atMost(t, fmt.Sprintf("%s, %d of four help", n.name, help), wrong, reports)
			helped := ""
			if help > 0 {
				helped = percent(right, help*reports)
			}
			fmt.Fprintf(&b, "| %d | %s | %s | %s | %s |\n", help, n.name, bound(wrong, reports), helped, percent(alone, reports))
		}
	}
	return b.String()
}

// shares are as one of how many claims each of four is judged; see Prover.oneOf.
var shares = []int{2, 4, 8, 8}

// report judges each of a report's claims, further only while it is inconclusive.
func report(full [][]prove.Pair) []prove.Claim {
	judged := make([]prove.Claim, len(full))
	for i, pairs := range full {
		looks := prove.LooksFor(shares[i])
		for _, look := range looks {
			if judged[i] = prove.JudgeOf(shares[i], pairs[:look.Pairs], looks); judged[i].Verdict != prove.Inconclusive {
				break
			}
		}
	}
	return judged
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

func powerByDz(t *testing.T, r *rand.Rand, reports int) string {
	var b strings.Builder
	b.WriteString("| d_z | proven at 6 seeds % | proven in all % | worse % | seeds, mean | measured |\n| --: | --: | --: | --: | --: | --- |\n")
	for _, tt := range []struct {
		dz, least float64
		measured  string
	}{
		{0.5, 0, "overfitting"}, {1, 0.8, ""}, {1.5, 0.95, ""}, {2, 0.98, ""}, {3, 0.99, "the median fault, overfitting aside, has more"},
	} {
		spread := 0.1 / math.Sqrt(2*(1-sameSeed)) // of differences: 0.1
		got := simulate(r, arm{0.4, spread, normal}, arm{0.4 + 0.1*tt.dz, spread, normal}, reports)
		if got.share(prove.Proven) < tt.least {
			t.Errorf("d_z %v: proven in %v, want %v at least", tt.dz, got.share(prove.Proven), tt.least)
		}
		fmt.Fprintf(&b, "| %v | %s | %s | %s | %.1f | %s |\n", tt.dz, percent(got.first, got.all), percent(got.of[prove.Proven], got.all),
			percent(got.of[prove.Worse], got.all), float64(got.pairs)/float64(got.all), tt.measured)
	}
	return b.String()
}

// powerBySkill takes what faults cost, as measured on small MLPs at a fixed
// learning rate.
func powerBySkill(t *testing.T, r *rand.Rand, reports int) string {
	var b strings.Builder
	b.WriteString("| what the fault costs, in skill | runs stray by 0.05: % | by 0.1: % | by 0.2: % | by 0.1, and 10 % of all runs blow up: % |\n| --- | --: | --: | --: | --: |\n")
	for _, tt := range []struct {
		fault string
		skill float64
	}{
		{"tanh on standardized targets", 0.09}, {"a plain network of 14 to 30 layers", 0.13}, {"weights of N(0, 0.01²)", 0.25}, {"softmax twice", 0.36},
		{"the full batch", 0.37}, {"constant weights", 0.41}, {"ReLU on standardized targets", 0.46}, {"biases of -3 to -6", 0.62}, {"weights of N(0, 1)", 1.25},
	} {
		fmt.Fprintf(&b, "| %s: %v |", tt.fault, tt.skill)
		for _, a := range []arm{{0.7, 0.05, normal}, {0.7, 0.1, normal}, {0.7, 0.2, normal}, {0.7, 0.1, blowsUp}} {
			before := a
			before.level -= tt.skill
			got := simulate(r, before, a, reports)
			fmt.Fprintf(&b, " %s |", percent(got.of[prove.Proven], got.all))
			if a.spread == 0.05 && got.share(prove.Proven) < 0.85 {
				t.Errorf("%s: proven in %v, want 0.85 at least", tt.fault, got.share(prove.Proven))
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// newProofs takes as many fresh seeds as an inconclusive proof says, within what
// may be asked for, and looks once. Its own error is kept; that of both together
// is that of two claims.
func newProofs(t *testing.T, r *rand.Rand, reports int) string {
	var b strings.Builder
	b.WriteString("| d_z | runs stray | first proof inconclusive % | of new ones, decided % | proven % | seeds, mean | either proven % |\n| --: | --- | --: | --: | --: | --: | --: |\n")
	for _, tt := range []struct {
		dz float64
		n  noise
	}{{0, normal}, {0, blowsUp}, {0.5, normal}, {1, normal}} {
		spread := 0.1 / math.Sqrt(2*(1-sameSeed)) // of differences: 0.1
		before, after := arm{0.4, spread, tt.n}, arm{0.4 + 0.1*tt.dz, spread, tt.n}
		again, decided, proven, seeds, either := 0, 0, 0, 0, 0
		for range reports {
			first := tried(runs(r, before, after, 10), prove.LooksFor(1))
			either += count(first.Verdict == prove.Proven)
			if first.Verdict != prove.Inconclusive {
				continue
			}
			n := min(max(first.More, prove.LeastSeeds), 14) // each costs 2^n
			second := prove.Judge(runs(r, before, after, n), prove.LooksOnce(n))
			again, seeds = again+1, seeds+n
			decided += count(second.Verdict != prove.Inconclusive)
			proven += count(second.Verdict == prove.Proven)
			either += count(second.Verdict == prove.Proven)
		}
		// One look spends all of the error, so that its share lies at what is promised.
		if lo, _ := stat.ClopperPearson(proven, again, 0.98); tt.dz == 0 && lo > promised {
			t.Errorf("a new proof, %s: %d of %d; want %v at most", tt.n.name, proven, again, promised)
		}
		fmt.Fprintf(&b, "| %v | %s | %s | %s | %s | %.1f | %s |\n", tt.dz, tt.n.name, percent(again, reports), percent(decided, again), bound(proven, again), float64(seeds)/float64(again), percent(either, reports))
	}
	return b.String()
}

// noEffect asks how often the words are used where they are right, and where an
// effect stands at their limit, so that they are wrong.
func noEffect(t *testing.T, r *rand.Rand, reports int) string {
	var b strings.Builder
	b.WriteString("| true effect | runs stray by | no effect % | proven % | inconclusive % |\n| --: | --: | --: | --: | --: |\n")
	for _, effect := range []float64{0, prove.MinEffect} {
		for _, spread := range []float64{0, 0.005, 0.01, 0.02, 0.05} {
			if effect > 0 && spread == 0 {
				continue
			}
			got := simulate(r, arm{0.6, spread, normal}, arm{0.6 + effect, spread, normal}, reports)
			if effect > 0 {
				atMost(t, fmt.Sprintf("an effect of %v, spread %v, called none", effect, spread), got.of[prove.NoEffect], got.all)
			} else {
				atMost(t, fmt.Sprintf("no effect, spread %v, called proven", spread), got.of[prove.Proven], got.all)
			}
			fmt.Fprintf(&b, "| %v | %v | %s | %s | %s |\n", effect, spread, percent(got.of[prove.NoEffect], got.all), percent(got.of[prove.Proven], got.all), percent(got.of[prove.Inconclusive], got.all))
		}
	}
	return b.String()
}

// otherShapes is what the test does not promise: treatments that change how runs
// stray, but not their mean. There is no limit for it.
func otherShapes(_ *testing.T, r *rand.Rand, reports int) string {
	var b strings.Builder
	b.WriteString("| treated runs, at equal mean | proven % | worse % |\n| --- | --: | --: |\n")
	before := arm{0.5, 0.05, normal}
	rare, twice := before, before
	rare.noise.blown, rare.level = 0.1, 0.5+0.15/0.9 // mean 0.5 with a tenth at -1
	twice.spread *= 3
	skewed := before
	skewed.noise, skewed.spread = noises[1], 0.1
	for _, tt := range []struct {
		name  string
		after arm
	}{
		{"stray three times as far", twice}, {"skewed to the worse, twice as far", skewed}, {"better by 0.17, but 10 % blow up", rare},
	} {
		got := simulate(r, before, tt.after, reports)
		fmt.Fprintf(&b, "| %s | %s | %s |\n", tt.name, percent(got.of[prove.Proven], got.all), percent(got.of[prove.Worse], got.all))
	}
	return b.String()
}

// atMost complains where more than the promised share of claims are false: in a
// short simulation where that is sure, in a long one where it may be.
func atMost(t *testing.T, what string, hits, all int) {
	t.Helper()
	if lo, hi := stat.ClopperPearson(hits, all, 0.98); lo > promised || all >= 10000 && hi > promised {
		t.Errorf("%s: %d of %d, which is %.4f to %.4f; want %v at most", what, hits, all, lo, hi, promised)
	}
}
