package casebook

import (
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/nnvet/nnvet"
)

// A said is one finding that stood as a cause in one run, with what else was
// found there, and whether it was right.
type said struct {
	task  string
	check string
	found map[string]bool
	right bool
}

// allSaid lists the causes that were named. Of sound runs all are wrong; runs
// that count neither way are left out.
func allSaid(runs []*Run) []said {
	var out []said
	for _, r := range runs {
		if r.Case.Label == Neither || r.Case.Label == Sound && !r.healthy() {
			continue
		}
		d := r.diagnosis()
		found := make(map[string]bool, len(d.named))
		for _, id := range d.named {
			found[id] = true
		}
		for _, id := range d.causes {
			s := said{task: r.Case.Task, check: id, found: found}
			if r.Case.Label == Faulty {
				s.right = slices.ContainsFunc(r.Case.Faults, func(f Fault) bool { return slices.Contains(f.Right, id) })
			}
			out = append(out, s)
		}
	}
	return out
}

const (
	// enoughBeside is how many right and wrong findings of a check it takes to
	// learn what stands beside them.
	enoughBeside = 20
	mostBeside   = 6   // of the checks that tell most, the others say the same again
	leastBeside  = 0.5 // log odds that a check must be worth, found or silent
)

// learn counts, for every check, how often it was right as a cause, and what
// others found beside it.
func learn(all []said) map[string]nnvet.Likelihood {
	out := make(map[string]nnvet.Likelihood)
	byCheck := make(map[string][]said)
	for _, s := range all {
		byCheck[s.check] = append(byCheck[s.check], s)
	}
	for id, list := range byCheck {
		var l nnvet.Likelihood
		counts := make(map[string][2]float64) // found beside a wrong one, beside a right one
		for _, s := range list {
			k := 0
			if s.right {
				l.Right++
				k = 1
			} else {
				l.Wrong++
			}
			for other := range s.found {
				if other != id {
					c := counts[other]
					c[k]++
					counts[other] = c
				}
			}
		}
		if l.Right >= enoughBeside && l.Wrong >= enoughBeside {
			l.Beside = beside(counts, float64(l.Wrong), float64(l.Right))
		}
		out[id] = l
	}
	return out
}

// beside keeps the checks that tell most.
func beside(counts map[string][2]float64, wrong, right float64) map[string]nnvet.Evidential {
	type telling struct {
		id    string
		e     nnvet.Evidential
		worth float64
	}
	var all []telling
	for id, c := range counts {
		pWrong, pRight := (c[0]+1)/(wrong+2), (c[1]+1)/(right+2)
		e := nnvet.Evidential{Found: thousandths(math.Log(pRight / pWrong)), Silent: thousandths(math.Log((1 - pRight) / (1 - pWrong)))}
		// What it is worth on average: a rare sign is worth little, however sure.
		share := (c[0] + c[1]) / (wrong + right)
		if worth := share*math.Abs(e.Found) + (1-share)*math.Abs(e.Silent); worth >= leastBeside*0.2 && math.Max(math.Abs(e.Found), math.Abs(e.Silent)) >= leastBeside {
			all = append(all, telling{id, e, worth})
		}
	}
	slices.SortFunc(all, func(a, b telling) int {
		if a.worth != b.worth {
			return int(math.Copysign(1, b.worth-a.worth))
		}
		if a.id < b.id {
			return -1
		}
		return 1
	})
	out := make(map[string]nnvet.Evidential)
	for _, t := range all[:min(len(all), mostBeside)] {
		out[t.id] = t.e
	}
	return out
}

func thousandths(v float64) float64 { return math.Round(1000*v) / 1000 }

// LearnLikelihoods learns from runs, and calibrates on tasks that were left out
// of the learning, a fifth of them at a time.
func LearnLikelihoods(runs []*Run) *nnvet.Likelihoods {
	all := allSaid(runs)
	ls := &nnvet.Likelihoods{Checks: learn(all)}
	x, y, _ := leftOut(all)
	ls.Scale, ls.Shift = platt(x, y)
	return ls
}

const folds = 5

// leftOut returns the log odds of every finding by likelihoods that were
// learned from other tasks, and whether it was right.
func leftOut(all []said) (x []float64, y []bool, at []int) {
	var tasks []string
	for _, s := range all {
		if !slices.Contains(tasks, s.task) {
			tasks = append(tasks, s.task)
		}
	}
	slices.Sort(tasks)
	for fold := range folds {
		var kept []said
		var out []int
		for i, s := range all {
			if slices.Index(tasks, s.task)%folds == fold {
				out = append(out, i)
			} else {
				kept = append(kept, s)
			}
		}
		learned := learn(kept)
		for _, i := range out {
			if v, ok := learned[all[i].check].LogOdds(all[i].found); ok {
				x, y, at = append(x, v), append(y, all[i].right), append(at, i)
			}
		}
	}
	return x, y, at
}

// platt fits the log odds of y to a line in x, by Newton's method on the log
// likelihood with a little ridge towards a scale of 1 (Platt 1999).
func platt(x []float64, y []bool) (scale, shift float64) {
	scale = 1
	const ridge = 1.0
	for range 50 {
		ga, gb := ridge*(scale-1), ridge*shift
		haa, hab, hbb := ridge, 0.0, ridge
		for i, v := range x {
			p := 1 / (1 + math.Exp(-(scale*v + shift)))
			d := p
			if y[i] {
				d = p - 1
			}
			w := p * (1 - p)
			ga, gb = ga+d*v, gb+d
			haa, hab, hbb = haa+w*v*v, hab+w*v, hbb+w
		}
		det := haa*hbb - hab*hab
		da, db := (hbb*ga-hab*gb)/det, (haa*gb-hab*ga)/det
		scale, shift = scale-da, shift-db
		if math.Abs(da)+math.Abs(db) < 1e-9 {
			break
		}
	}
	return thousandths(scale), thousandths(shift)
}

// A Reliability is causes by how sure nnvet was of them.
type Reliability struct {
	From, To float64
	N        int
	Said     float64 // mean confidence
	Right    float64 // share that was right
}

// Reliable returns how often causes were right, by their confidence, and the
// Brier score: the mean square of what was missing. Of 0.25 a coin is worth as much.
func Reliable(runs []*Run) (bins []Reliability, brier float64) {
	edges := []float64{0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.01}
	for i := range len(edges) - 1 {
		bins = append(bins, Reliability{From: edges[i], To: math.Min(1, edges[i+1])})
	}
	n := 0.0
	for _, r := range runs {
		if r.Case.Label == Neither || r.Case.Label == Sound && !r.healthy() {
			continue
		}
		for _, f := range r.Findings {
			if f.Severity == nnvet.Note.String() || len(f.Because) > 0 {
				continue
			}
			right := 0.0
			if r.Case.Label == Faulty && slices.ContainsFunc(r.Case.Faults, func(fault Fault) bool { return slices.Contains(fault.Right, f.Check) }) {
				right = 1
			}
			n++
			brier += (f.Sure - right) * (f.Sure - right)
			for i := range bins {
				if b := &bins[i]; f.Sure >= edges[i] && f.Sure < edges[i+1] {
					b.N++
					b.Said += f.Sure
					b.Right += right
				}
			}
		}
	}
	for i := range bins {
		if b := &bins[i]; b.N > 0 {
			b.Said /= float64(b.N)
			b.Right /= float64(b.N)
		}
	}
	return bins, brier / math.Max(n, 1)
}

// PrintReliability prints the table as Markdown.
func PrintReliability(w io.Writer, bins []Reliability, brier float64) {
	fmt.Fprintf(w, "| confidence | causes named | said on average | right |\n| --- | --- | --- | --- |\n")
	for _, b := range bins {
		if b.N == 0 {
			fmt.Fprintf(w, "| %.1f to %.1f | 0 | - | - |\n", b.From, b.To)
			continue
		}
		fmt.Fprintf(w, "| %.1f to %.1f | %d | %.2f | %.2f |\n", b.From, b.To, b.N, b.Said, b.Right)
	}
	fmt.Fprintf(w, "\nBrier score %.3f.\n", brier)
}
