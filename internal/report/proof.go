package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nnvet/nnvet"
)

// A ProofReport is what `nnvet prove` came to.
type ProofReport struct {
	Version   string // of nnvet
	Run       string
	Command   []string
	Scale     string // that scores are on
	Split     string
	Proofs    []Proof // in the order in which they were tried
	NotTried  []NotTried
	Healthy   bool     // the training with all that was proven shows nothing
	Left      []string // names of checks that still find something in it
	Disproven []string // names of those whose treatment does nothing, or harm: no faults of it
	Files     []string // that nnvet fix would edit
	Diff      string   // how
	Trainings int
	Spent     time.Duration
	Short     string    // why it ended early
	Solution  *Solution // of a change that the user brought; nil of treatments
}

// A Solution says whether a change of the user's own is enough.
type Solution struct {
	Solved  string  // "yes", "no", "unknown"
	Why     string  // one sentence
	Remains float64 // of the score, to that of a perfect predictor
}

// A Proof is a treatment of a finding, tried.
type Proof struct {
	Check, Name, Site, Message string
	nnvet.Proof
}

// A NotTried is a finding against which nothing was tried, why, and what a
// person can do.
type NotTried struct{ Check, Name, Site, Why, Instead string }

// The verdicts of a whole report.
const (
	someProven = "proven"
	noneProven = "not proven"       // something was tried, and nothing is shown to help
	noneTried  = "not tried"        // there was something to try, but it could not be
	noneFound  = "nothing to prove" // there was nothing to try
)

func (r *ProofReport) verdict() string {
	switch {
	case len(r.proven()) > 0:
		return someProven
	case len(r.Proofs) > 0:
		return noneProven
	case len(r.NotTried) > 0 || r.Short != "" || !r.Healthy:
		return noneTried
	}
	return noneFound
}

func (r *ProofReport) proven() (out []*Proof) {
	for i := range r.Proofs {
		if r.Proofs[i].Helps() {
			out = append(out, &r.Proofs[i])
		}
	}
	return out
}

// answer says in one sentence what to change and what that brings, or why
// there is no such answer.
func (r *ProofReport) answer() string {
	if r.Solution != nil && len(r.Proofs) > 0 {
		return r.own(&r.Proofs[0].Proof)
	}
	switch r.verdict() {
	case someProven:
		fixes := r.proven()
		var what []string
		for _, p := range fixes {
			action := p.Treatment.Action
			if p.Twin != "" {
				action += " (on the engine's twin)"
			}
			what = append(what, action)
		}
		if own := ofProgram(fixes); len(own) > 0 { // a gain is of one training
			fixes = own
		}
		return fmt.Sprintf("proven: %s: %s", strings.Join(what, "; and "), gain(&fixes[0].Proof, &fixes[len(fixes)-1].Proof))
	case noneProven:
		return "not proven: " + r.unproven() + after("; not all was tried: ", r.Short)
	case noneTried:
		return "nothing was tried: " + r.untried()
	}
	return "nothing to prove: the training shows no problem; nnvet sweep lr tells whether another learning rate does better"
}

// ofProgram returns the fixes that were proven on the program itself.
func ofProgram(fixes []*Proof) []*Proof {
	return slices.DeleteFunc(slices.Clone(fixes), func(p *Proof) bool { return p.Twin != "" })
}

// own says whether a change of the user's helps, and whether it is enough.
func (r *ProofReport) own(x *nnvet.Proof) string {
	told := x.Verdict
	switch x.Verdict {
	case "proven":
		told = "proven to help"
	case "no effect":
		told = "shown to have no effect"
	case "worse":
		told = "shown to do harm"
	}
	enough := "solves it"
	switch r.Solution.Solved {
	case "no":
		enough = "does not solve it"
	case "unknown":
		enough = "leaves " + score(r.Solution.Remains) + " of the score to a perfect one"
	}
	if x.Verdict == "proven" {
		return fmt.Sprintf("your change is %s, and %s: %s", told, enough, gain(x, x))
	}
	return fmt.Sprintf("your change is %s: %s%s", told, outcome(x), interval(x))
}

// unproven says what became of what was tried.
func (r *ProofReport) unproven() string {
	x := &r.Proofs[0]
	told := fmt.Sprintf("%s: %s (%s)", x.Treatment.Action, verdictOf(&x.Proof), outcome(&x.Proof))
	if more := len(r.Proofs) - 1; more > 0 {
		return fmt.Sprintf("nothing that was tried is shown to help: %s; and %d more", told, more)
	}
	return told
}

// verdictOf says a verdict, and whether what is proven does nothing beside others.
func verdictOf(x *nnvet.Proof) string {
	if x.Verdict == "proven" && x.Idle {
		return "proven, but idle beside the others"
	}
	return x.Verdict
}

// untried says why nothing was tried.
func (r *ProofReport) untried() string {
	switch {
	case r.Short != "":
		return fmt.Sprintf("%s, after %s", r.Short, count(r.Trainings, "training"))
	case len(r.NotTried) > 0:
		n := &r.NotTried[0]
		more := ""
		if others := len(r.NotTried) - 1; others > 0 {
			more = fmt.Sprintf("; and %d more", others)
		}
		return n.Name + ": " + n.Why + more
	}
	return "what is found was not asked for: " + strings.Join(r.Left, ", ")
}

// outcome says what trainings with a treatment came to, without the verdict.
func outcome(x *nnvet.Proof) string {
	switch {
	case x.Seeds == 0:
		return x.Why
	case x.Verdict == "proven":
		return gain(x, x)
	}
	return fmt.Sprintf("score %s → %s%s", score(x.Before), score(x.After), after("; ", missing(x)))
}

// hopeless is as many seeds as nobody would run.
const hopeless = 1000

// Bounds of the seeds of a new proof, as nnvet prove --seeds has them.
const (
	leastAskable = 7
	askable      = 20
)

// missing says how many seeds a verdict would take; "" where there is one.
func missing(x *nnvet.Proof) string {
	switch {
	case x.More <= 0:
		return ""
	case x.More >= hopeless:
		return fmt.Sprintf("%d more seeds would hardly tell", hopeless)
	}
	told := fmt.Sprintf("about %s would tell", count(x.More, "more seed"))
	if x.Why == "" && x.More <= askable { // what lacks time goes on by itself
		told += fmt.Sprintf(" (--seeds %d)", max(x.More, leastAskable))
	}
	return told
}

// gain says what is reached without the first and with the last of some proven
// fixes, in the most telling figure that shows it.
func gain(first, last *nnvet.Proof) string {
	const least = 0.02 // of shares, as it is of skill
	for _, b := range first.Figures {
		for _, a := range last.Figures {
			seen := a.After-b.Before >= least || !isShare(a.Name) || first.Scale == named
			if a.Name == b.Name && seen && finite(a.After) && (finite(b.Before) || a.Name == "loss") {
				return fmt.Sprintf("%s %s → %s%s", a.Name, figureText(b.Name, b.Before), figureText(a.Name, a.After), onRows(first))
			}
		}
	}
	return fmt.Sprintf("%s %s → %s%s", first.Scale, score(first.Before), score(last.After), onRows(first))
}

// named is the scale of a figure that the user named.
const named = "metric"

// onRows says which rows are meant. Of a figure that the program prints nobody
// knows.
func onRows(x *nnvet.Proof) string {
	if x.Scale == named {
		return ""
	}
	return " on " + rowsOf(x.Split)
}

func rowsOf(split string) string {
	if split == nnvet.Train {
		return "training rows"
	}
	return "validation rows"
}

func isShare(name string) bool { return name == "accuracy" || name == "R²" }

func figureText(name string, v float64) string {
	switch {
	case name == "accuracy":
		return percent(v)
	case isShare(name) && finite(v):
		return score(v)
	}
	return num(v)
}

// meaning says what scores are.
func meaning(scale, split string) string {
	switch scale {
	case "skill":
		return "skill on " + rowsOf(split) + ": 1 is perfect, 0 is what a constant guess gives"
	case "skill of answers":
		return "skill of answers on " + rowsOf(split) + ": 1 is all right, 0 is what a constant guess gives"
	case "share of the loss":
		return "share of the first loss that is gone at the end, on " + rowsOf(split)
	case named:
		return "the figure that was named, over its size in the training as it is written; where less is better, 1 less that"
	}
	return ""
}

func score(v float64) string {
	if !finite(v) {
		return num(v)
	}
	return fmt.Sprintf("%.2f", v+0)
}

func signed(v float64) string {
	if !finite(v) {
		return num(v)
	}
	return fmt.Sprintf("%+.2f", v)
}

func mean(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}

func spent(d time.Duration) string {
	if d < time.Minute {
		return duration(d.Seconds())
	}
	return d.Round(time.Second).String()
}
