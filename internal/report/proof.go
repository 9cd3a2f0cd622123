package report

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/nnvet/nnvet"
)

// A ProofReport is what `nnvet prove` came to.
type ProofReport struct {
	Run       string
	Command   []string
	Scale     string // that scores are on
	Split     string
	Proofs    []Proof // in the order in which they were tried
	NotTried  []NotTried
	Healthy   bool     // the training with all that was proven shows nothing
	Left      []string // names of checks that still find something in it
	Files     int      // that would be edited
	Trainings int
	Spent     time.Duration
	Short     string // why it ended early
}

// A Proof is a treatment of a finding, tried.
type Proof struct {
	Check, Name, Site, Message string
	nnvet.Proof
}

// A NotTried is a finding against which nothing was tried, and why.
type NotTried struct{ Check, Name, Site, Why string }

// Proofs writes a proof as text. Its first line is the answer.
func Proofs(w io.Writer, r *ProofReport, s Style) error {
	p := newPage(s)
	p.wrap(2, span{bold, "nnvet: " + r.headline()})
	p.wrap(2, span{plain, fmt.Sprintf("run %s  %s  %s in %s  scores: %s", r.Run, strings.Join(r.Command, " "), count(r.Trainings, "training"), spent(r.Spent), r.scores())})
	if r.Short != "" {
		p.wrap(2, span{plain, "not all of it: " + r.Short})
	}
	for i := range r.Proofs {
		p.blank()
		p.proof(&r.Proofs[i])
	}
	if len(r.NotTried) > 0 {
		p.blank()
		for _, n := range r.NotTried {
			p.wrap(4, span{plain, "not tried: "}, span{bold, n.Name}, span{plain, ": " + n.Why})
		}
	}
	p.blank()
	p.wrap(2, span{plain, r.after()})
	return p.flush(w)
}

func (r *ProofReport) proven() (out []*Proof) {
	for i := range r.Proofs {
		if r.Proofs[i].Verdict == "proven" && !r.Proofs[i].Idle {
			out = append(out, &r.Proofs[i])
		}
	}
	return out
}

func (r *ProofReport) headline() string {
	switch proven := r.proven(); {
	case len(proven) > 0:
		var what []string
		for _, p := range proven {
			what = append(what, p.Treatment.Action)
		}
		first, last := proven[0], proven[len(proven)-1]
		return fmt.Sprintf("proven: %s: %s %s without, %s with", strings.Join(what, "; and "), last.Scale, score(first.Before), score(last.After))
	case len(r.Proofs) > 0:
		return fmt.Sprintf("nothing is proven: %s: %s", r.Proofs[0].Treatment.Action, r.Proofs[0].Verdict)
	case len(r.NotTried) > 0:
		return "nothing could be tried: " + r.NotTried[0].Name + ": " + r.NotTried[0].Why
	case r.Short != "":
		return "nothing is proven: " + r.Short
	}
	return "there is nothing to prove: the training shows no problem"
}

// scores says what a score is.
func (r *ProofReport) scores() string {
	rows := "validation rows"
	if r.Split == nnvet.Train {
		rows = "training rows, since none are validated"
	}
	if r.Scale == "metric" {
		return "the figure that was named"
	}
	return r.Scale + " on " + rows + ", 1 perfect, 0 as a constant"
}

// after says what comes now.
func (r *ProofReport) after() string {
	var said []string
	switch {
	case len(r.proven()) == 0:
	case r.Healthy:
		said = append(said, "with it nothing is found any more")
	case len(r.Left) > 0:
		said = append(said, "with it there is still "+strings.Join(r.Left, ", "))
	}
	if r.Files > 0 && len(r.proven()) > 0 {
		said = append(said, fmt.Sprintf("nnvet fix %s --diff shows the change of %s, --write makes it", r.Run, count(r.Files, "file")))
	}
	return strings.Join(said, "; ")
}

// proof tells one treatment: what it is, what came of it, and on what evidence.
func (p *page) proof(x *Proof) {
	r := errorRole(x.Verdict)
	verdict := x.Verdict
	if x.Idle {
		verdict += ", but idle beside the others: left out"
	}
	p.wrap(2, span{r, verdict}, span{bold, ": " + x.Treatment.Action})
	against := x.Name + " (" + x.Check
	if x.Site != "" {
		against += ", " + x.Site
	}
	p.wrap(6, span{plain, "  against  " + against + "): " + x.Message})
	if x.Seeds == 0 {
		p.wrap(6, span{plain, "  not tried: " + x.Why})
		return
	}
	how := "written as an edit"
	if !x.Written {
		how = "changed at run time"
	}
	p.wrap(11, span{plain, fmt.Sprintf("  score    %s -> %s on %s that chose nothing: %s%s; %s", score(x.Before), score(x.After), count(x.Seeds, "seed"), signed(x.After-x.Before), interval(x), how)})
	if x.Verdict == "inconclusive" && x.More > 0 {
		p.wrap(11, span{plain, fmt.Sprintf("  missing  about %s", count(x.More, "more seed"))})
	}
	if x.Against != "" {
		p.wrap(11, span{plain, "  held against " + x.Against})
	}
	if len(x.Raced) > 1 {
		var raced []string
		for _, c := range x.Raced {
			raced = append(raced, fmt.Sprintf("%s: %s", c.Action, score(mean(c.Scores))))
		}
		p.wrap(11, span{plain, "  raced    " + strings.Join(raced, " · ")})
	}
	p.before(x)
}

// before draws the loss without and with a treatment on one scale.
func (p *page) before(x *Proof) {
	if len(x.Without) == 0 || len(x.With) == 0 || p.style.Linear {
		return
	}
	height := scale(append(append([]float64(nil), x.Without...), x.With...))
	for _, c := range []struct {
		name   string
		values []float64
	}{{"without", x.Without}, {"with", x.With}} {
		s := &nnvet.Series{Values: c.values}
		for i := range c.values {
			s.Steps = append(s.Steps, int64(i))
		}
		p.line(span{plain, fmt.Sprintf("  %-8s %s", c.name, spark(s, int64(len(c.values)-1), min(40, p.width-30), height)+"  loss to "+num(c.values[len(c.values)-1]))})
	}
}

func errorRole(verdict string) role {
	switch verdict {
	case "proven":
		return good
	case "worse":
		return severityRole(nnvet.Error)
	}
	return severityRole(nnvet.Warning)
}

func interval(x *Proof) string {
	if math.IsInf(x.Lo, 0) || math.IsInf(x.Hi, 0) || math.IsNaN(x.Lo) {
		return ""
	}
	return fmt.Sprintf(" (%s to %s)", signed(x.Lo), signed(x.Hi))
}

func score(v float64) string  { return fmt.Sprintf("%.2f", v) }
func signed(v float64) string { return fmt.Sprintf("%+.2f", v) }

func mean(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}

func spent(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}
