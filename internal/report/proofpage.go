package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

// Proofs writes a proof as text. Its first line is the answer.
func Proofs(w io.Writer, r *ProofReport, s Style) error {
	p := newPage(s)
	p.wrap(2, span{bold, "nnvet: "}, span{reportRole(r), r.answer()})
	p.wrap(2, span{plain, fmt.Sprintf("run %s  %s  %s in %s", r.Run, strings.Join(r.Command, " "), count(r.Trainings, "training"), spent(r.Spent))})
	scale, split := r.scored()
	if scale != "" {
		p.wrap(2, span{plain, "score: " + meaning(scale, split)})
	}
	if r.Short != "" {
		p.wrap(2, span{warn, "not all of it was done"}, span{plain, ": " + r.Short})
	}
	for i := range r.Proofs {
		p.blank()
		p.proof(&r.Proofs[i], scale)
		p.solution(r.Solution, &r.Proofs[i].Proof)
	}
	p.section(func() { p.notTried(r.NotTried) })
	p.section(func() {
		for _, line := range r.after() {
			p.wrap(2, span{plain, line})
		}
	})
	p.section(func() {
		wide := 0
		for _, n := range r.next() {
			wide = max(wide, width(p.show(command(n.Argv))))
		}
		for _, n := range r.next() {
			p.wrap(11, span{plain, "  " + pad(n.Word, 9) + pad(p.show(command(n.Argv)), wide)}, span{dim, "  " + n.Why})
		}
	})
	return p.flush(w)
}

// scored returns what most scores are: those of the first that was scored.
func (r *ProofReport) scored() (scale, split string) {
	for _, x := range r.Proofs {
		if x.Seeds > 0 {
			return x.Scale, x.Split
		}
	}
	return "", ""
}

func reportRole(r *ProofReport) role {
	switch r.verdict() {
	case someProven, noneFound:
		return good
	}
	return warn
}

func verdictRole(verdict string) role {
	switch verdict {
	case "proven":
		return good
	case "worse":
		return bad
	}
	return warn
}

// facts of a proof stand in two columns; the second begins here.
const proofColumn = 12

// fact writes one fact of a proof under its name.
func (p *page) fact(name string, spans ...span) {
	head := "  " + pad(p.show(name), proofColumn-3) + " "
	if p.style.Linear {
		head = after("  ", name) + ": "
		if name == "" {
			head = "  "
		}
	}
	p.wrap(proofColumn, append([]span{{plain, head}}, spans...)...)
}

// proof tells one treatment: what it is, what came of it, and on what evidence.
// Its scale is told where it is not that of the others.
func (p *page) proof(x *Proof, scale string) {
	p.wrap(2, span{verdictRole(x.Verdict), verdictOf(&x.Proof)}, span{bold, ": " + x.Treatment.Action})
	p.fact("against", span{plain, x.against()})
	if x.Seeds == 0 {
		p.fact("why", span{plain, x.Why})
		p.raced(x)
		return
	}
	for _, t := range x.Figures {
		p.fact(t.Name, span{plain, figureText(t.Name, t.Before) + " → " + figureText(t.Name, t.After)})
	}
	p.fact("score", span{plain, fmt.Sprintf("%s → %s, that is %s%s; means of %s that had no part in choosing it", score(x.Before), score(x.After), signed(x.After-x.Before), interval(&x.Proof), count(x.Seeds, "seed"))})
	if x.Scale != scale {
		p.fact("", span{plain, "this is " + meaning(x.Scale, x.Split)})
	}
	p.doubts(x)
	if x.Against != "" {
		p.fact("beside", span{plain, x.Against})
	}
	if x.Check != "" {
		p.fact("tried as", span{plain, how(&x.Proof)})
	}
	p.raced(x)
	p.losses(x)
}

// against says what a treatment is for; of a change of the user's own, what it changes.
func (x *Proof) against() string {
	if x.Check == "" {
		return x.Message
	}
	return x.Name + " (" + x.Check + after(", ", x.Site) + "): " + x.Message
}

// solution says whether a change of the user's own is enough.
func (p *page) solution(s *Solution, x *nnvet.Proof) {
	if s == nil {
		return
	}
	role := map[string]role{"yes": good, "no": bad}[s.Solved]
	p.fact("solves it", span{role, s.Solved}, span{plain, ": " + s.Why})
	if finite(s.Remains) && x.Scale != named && s.Remains > 0 {
		p.fact("remains", span{plain, score(s.Remains) + " of the score, to a perfect predictor"})
	}
}

// doubts says what a verdict leaves open.
func (p *page) doubts(x *Proof) {
	switch {
	case x.Verdict == "proven" && x.Idle:
		p.fact("idle", span{plain, "with all the other fixes in place it does nothing more, so it is left out"})
	case x.Verdict == "proven" && x.Missed != nil:
		p.fact("needed", span{plain, fmt.Sprintf("all the other fixes without it score %s less", score(*x.Missed))})
	case x.Verdict == "no effect":
		p.fact("so", span{plain, "whatever it does is less than 0.02"})
	case missing(&x.Proof) != "":
		p.fact("missing", span{plain, missing(&x.Proof)})
	}
	if x.Why != "" {
		p.fact("why", span{plain, x.Why})
	}
}

func how(x *nnvet.Proof) string {
	if x.Twin != "" {
		return "on the engine's twin of the network, not on your script: " + x.Twin
	}
	if x.Written {
		return "an edit of the file, which is what nnvet fix writes"
	}
	return "a change at run time, since no place in the source is certain"
}

func interval(x *nnvet.Proof) string {
	if !finite(x.Lo) || !finite(x.Hi) {
		return ""
	}
	return fmt.Sprintf(" (between %s and %s)", signed(x.Lo), signed(x.Hi))
}

// losses draws the loss of one seed without and with a treatment: on one scale,
// where it is the same loss.
func (p *page) losses(x *Proof) {
	if len(x.Without) == 0 || len(x.With) == 0 {
		return
	}
	same := x.Scale == named || slices.ContainsFunc(x.Figures, func(t nnvet.Told) bool { return t.Name == "loss" })
	height := [2]func(float64) int{scale(x.Without), scale(x.With)}
	if same {
		one := scale(slices.Concat(x.Without, x.With))
		height = [2]func(float64) int{one, one}
	}
	for i, values := range [2][]float64{x.Without, x.With} {
		name := [2]string{"without", "with"}[i]
		ends := num(values[0]) + " → " + num(values[len(values)-1])
		if p.style.Linear {
			p.fact("loss "+name, span{plain, ends + ", of one seed"})
			continue
		}
		s := &nnvet.Series{Values: values}
		for step := range values {
			s.Steps = append(s.Steps, int64(step))
		}
		const most, room = 40, 20 // columns
		p.fact(name, span{plain, spark(s, int64(len(values)-1), min(most, p.width-proofColumn-room), height[i]) + "  loss " + ends})
	}
	if !same {
		p.fact("", span{plain, "two losses of different kinds, each on its own scale"})
	}
}

// notTried lists the findings that nothing was tried against.
func (p *page) notTried(all []NotTried) {
	if len(all) > 0 {
		p.line(span{bold, "not tried"})
	}
	for _, n := range all {
		p.wrap(4, span{plain, "  "}, span{bold, n.Name}, span{plain, " (" + n.Check + after(", ", n.Site) + "): " + n.Why})
		if n.Instead != "" {
			p.wrap(6, span{plain, "    "}, span{advice, "by hand"}, span{plain, ": " + n.Instead})
		}
	}
}

// after says how things stand with all that was proven.
func (r *ProofReport) after() []string {
	proven := r.proven()
	if len(proven) == 0 || r.Solution != nil {
		return nil
	}
	var out []string
	for _, x := range proven {
		switch {
		case x.Twin != "":
			out = append(out, "by hand, since it was proven on the twin (engine), not on your script: "+x.Treatment.Action)
		case !x.Written:
			out = append(out, "by hand, since it was proven at run time: "+x.Treatment.Action)
		}
	}
	own := ofProgram(proven)
	if len(own) == 0 {
		return out // what is left was looked for in the program, which has none of it
	}
	it := "with it "
	if len(own) > 1 {
		it = "with all of it "
	}
	switch {
	case r.Healthy:
		out = append(out, it+"nothing is found any more")
	case len(r.Left) > 0:
		out = append(out, it+"there is still "+strings.Join(r.Left, ", "))
	}
	if len(r.Disproven) > 0 {
		out = append(out, "no fault here, since its cure does nothing or harm: "+strings.Join(r.Disproven, ", "))
	}
	return out
}

// next names the commands that go on from here.
func (r *ProofReport) next() []step {
	var steps []step
	if r.Solution != nil {
		return nil // the change is the user's own, in a file of theirs
	}
	if len(r.proven()) > 0 && len(r.Files) > 0 {
		steps = append(steps,
			step{"change", "what changes in " + strings.Join(r.Files, ", "), []string{"nnvet", "fix", r.Run, "--diff"}},
			step{"make it", "keeps a backup, and trains once more", []string{"nnvet", "fix", r.Run, "--write"}})
	}
	if r.Short != "" {
		steps = append(steps, step{"go on", "keeps what was trained; --budget 10m sets the time", []string{"nnvet", "prove", r.Run}})
	}
	if len(r.Proofs) > 0 {
		steps = append(steps, step{"again", "the diagnosis with its proofs", []string{"nnvet", "show", r.Run}})
	}
	return steps
}
