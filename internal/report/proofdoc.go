package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/nnvet/nnvet"
)

// ProofSchema names the version of the JSON document of a proof. A field may be
// added under the same name; none is changed or removed.
const ProofSchema = "nnvet/proof/1"

// A provingDoc is the JSON document of a proof, described in docs/proof.schema.json.
type provingDoc struct {
	Schema    string       `json:"schema"`
	Nnvet     string       `json:"nnvet"`
	Verdict   string       `json:"verdict"`
	Answer    string       `json:"answer"`
	Run       string       `json:"run"`
	Command   []string     `json:"command"`
	Scale     string       `json:"scale"`
	Split     string       `json:"split"`
	Tried     []triedDoc   `json:"tried"`
	NotTried  []untriedDoc `json:"not_tried"`
	Healthy   bool         `json:"healthy"`
	Left      []string     `json:"left"`
	Disproven []string     `json:"disproven"`
	Files     []string     `json:"files"`
	Diff      string       `json:"diff"`
	Trainings int          `json:"trainings"`
	Spent     float64      `json:"spent_s"`
	Short     string       `json:"short,omitempty"`
	Solution  *solutionDoc `json:"solution,omitempty"`
	Next      []step       `json:"next"`
}

type triedDoc struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Site    string   `json:"site,omitempty"`
	Message string   `json:"message"`
	Proof   proofDoc `json:"proof"`
}

type solutionDoc struct {
	Solved  string   `json:"solved"`
	Why     string   `json:"why"`
	Remains *float64 `json:"remains"`
}

type untriedDoc struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Site    string `json:"site,omitempty"`
	Why     string `json:"why"`
	Instead string `json:"instead,omitempty"`
}

// A proofDoc is a proof in JSON, of a finding too. What is not finite, or not
// known, is null.
type proofDoc struct {
	Verdict   string       `json:"verdict"`
	Idle      bool         `json:"idle"`
	Why       string       `json:"why,omitempty"`
	Treatment treatmentDoc `json:"treatment"`
	Written   bool         `json:"written"`
	Scale     string       `json:"scale"`
	Split     string       `json:"split"`
	Before    *float64     `json:"before"`
	After     *float64     `json:"after"`
	Lo        *float64     `json:"lo"`
	Hi        *float64     `json:"hi"`
	P         *float64     `json:"p"`
	Seeds     int          `json:"seeds"`
	More      int          `json:"more_seeds"`
	Missed    *float64     `json:"missed,omitempty"`
	Against   string       `json:"against,omitempty"`
	Twin      string       `json:"twin,omitempty"`
	Figures   []toldDoc    `json:"figures"`
	Raced     []racedDoc   `json:"raced"`
	Without   []*float64   `json:"loss_without"`
	With      []*float64   `json:"loss_with"`
}

type toldDoc struct {
	Name   string   `json:"name"`
	Before *float64 `json:"before"`
	After  *float64 `json:"after"`
}

type racedDoc struct {
	Title    string       `json:"title"`
	Settings []settingDoc `json:"settings"`
	Scores   []*float64   `json:"scores"`
}

func proofOf(x *nnvet.Proof) *proofDoc {
	if x == nil {
		return nil
	}
	d := &proofDoc{
		Verdict: x.Verdict, Idle: x.Idle, Why: x.Why, Treatment: treatmentOf(x.Treatment), Written: x.Written, Scale: x.Scale, Split: x.Split,
		Before: number(x.Before), After: number(x.After), Lo: number(x.Lo), Hi: number(x.Hi), P: number(x.P), Seeds: x.Seeds, More: x.More,
		Missed: x.Missed, Against: x.Against, Twin: x.Twin, Figures: []toldDoc{}, Raced: []racedDoc{}, Without: numbers(x.Without), With: numbers(x.With),
	}
	for _, t := range x.Figures {
		d.Figures = append(d.Figures, toldDoc{t.Name, number(t.Before), number(t.After)})
	}
	for _, r := range x.Raced {
		raced := racedDoc{r.Action, []settingDoc{}, numbers(r.Scores)}
		for _, s := range r.Settings {
			raced.Settings = append(raced.Settings, settingDoc(s))
		}
		d.Raced = append(d.Raced, raced)
	}
	return d
}

func numbers(xs []float64) []*float64 {
	out := []*float64{}
	for _, x := range xs {
		out = append(out, number(x))
	}
	return out
}

func (r *ProofReport) doc() provingDoc {
	d := provingDoc{
		Schema: ProofSchema, Nnvet: r.Version, Verdict: r.verdict(), Answer: r.answer(), Run: r.Run, Command: list(r.Command),
		Scale: r.Scale, Split: r.Split, Tried: []triedDoc{}, NotTried: []untriedDoc{}, Healthy: r.Healthy, Left: list(r.Left), Disproven: list(r.Disproven),
		Files: list(r.Files), Diff: r.Diff, Trainings: r.Trainings, Spent: r.Spent.Seconds(), Short: r.Short, Next: list(r.next()),
	}
	for i := range r.Proofs {
		x := &r.Proofs[i]
		d.Tried = append(d.Tried, triedDoc{x.Check, x.Name, x.Site, x.Message, *proofOf(&x.Proof)})
	}
	if s := r.Solution; s != nil {
		d.Solution = &solutionDoc{s.Solved, s.Why, number(s.Remains)}
	}
	for _, n := range r.NotTried {
		d.NotTried = append(d.NotTried, untriedDoc{n.Check, n.Name, n.Site, n.Why, n.Instead})
	}
	return d
}

// proofJSON renders a proof as one document for programs.
func proofJSON(w io.Writer, r *ProofReport, _ Style) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r.doc())
}

// proofAgent renders a proof for coding agents: a fact a line.
func proofAgent(w io.Writer, r *ProofReport, _ Style) error {
	a := &agent{}
	a.printf("nnvet prove run=%s verdict=%s proven=%d tried=%d not_tried=%d trainings=%d seconds=%.1f", word(r.Run), word(r.verdict()), len(r.proven()), len(r.Proofs), len(r.NotTried), r.Trainings, r.Spent.Seconds())
	a.printf("answer: %s", clean(r.answer()))
	if r.Short != "" {
		a.printf("short: %s", clean(r.Short))
	}
	for i := range r.Proofs {
		x := &r.Proofs[i]
		a.printf("%d %s%s: %s", i+1, strings.TrimSpace(clean(x.Check)+" "+clean(x.Name)), after(" site=", word(x.Site)), clean(x.Message))
		a.proof(&x.Proof)
		for _, c := range each(x.Raced) {
			a.printf("  raced score=%s seeds=%d %s", score(mean(c.Scores)), len(c.Scores), clean(c.Action))
		}
	}
	if s := r.Solution; s != nil {
		a.printf("solves: %s (%s) remains=%s", s.Solved, clean(s.Why), num(s.Remains))
	}
	for _, n := range r.NotTried {
		a.printf("not tried: %s %s%s: %s%s", clean(n.Check), clean(n.Name), after(" site=", word(n.Site)), clean(n.Why), after("; by hand: ", clean(n.Instead)))
	}
	for _, s := range r.after() {
		a.printf("%s", clean(s))
	}
	for _, n := range r.next() {
		a.printf("next: %s   (%s)", command(n.Argv), clean(n.Why))
	}
	_, err := io.WriteString(w, a.b.String())
	return err
}

// proof tells a proof in a line, and what it was chosen from is left to others.
func (a *agent) proof(x *nnvet.Proof) {
	if x.Seeds == 0 {
		a.printf("  %s: %s (%s)", clean(x.Verdict), clean(x.Treatment.Action), clean(x.Why))
		return
	}
	figures := ""
	for _, t := range x.Figures {
		figures += fmt.Sprintf(" %s=%s", word(t.Name), word(figureText(t.Name, t.Before)+"->"+figureText(t.Name, t.After)))
	}
	a.printf("  %s: %s scale=%s score=%s->%s interval=%s..%s p=%s seeds=%d%s%s", clean(verdictOf(x)), clean(x.Treatment.Action), word(x.Scale),
		score(x.Before), score(x.After), signed(x.Lo), signed(x.Hi), num(x.P), x.Seeds, figures, after(" against=", word(x.Against))+after(" twin=", word(x.Twin)))
}

// bracketed is a check's identifier in brackets; "" of a change that no check asked for.
func bracketed(check string) string {
	if check == "" {
		return ""
	}
	return "[" + clean(check) + "]"
}

// proofConcise renders a proof in a line a treatment.
func proofConcise(w io.Writer, r *ProofReport, _ Style) error {
	var b strings.Builder
	for i := range r.Proofs {
		x := &r.Proofs[i]
		fmt.Fprintf(&b, "%s%s %s: %s\n", clean(verdictOf(&x.Proof)), bracketed(x.Check), clean(x.Treatment.Action), clean(outcome(&x.Proof)))
	}
	for _, n := range r.NotTried {
		fmt.Fprintf(&b, "not tried[%s] %s: %s\n", clean(n.Check), clean(n.Name), clean(n.Why))
	}
	fmt.Fprintln(&b, clean(r.answer()))
	_, err := io.WriteString(w, b.String())
	return err
}
