package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/nnvet/nnvet"
)

// GitHub renders a report as workflow commands, which GitHub Actions shows as
// annotations of lines. Causes come first, since only the first ten of a step
// are shown of each kind.
func GitHub(w io.Writer, r *Report, _ Style) error {
	v := look(r)
	var b strings.Builder
	for _, g := range v.groups {
		f := g.cause
		b.WriteString(workflow(annotation(f.Severity), v.properties(f), sentence(f)+"\nnnvet explain "+f.Check.Name))
	}
	for _, g := range v.groups {
		for _, f := range g.symptoms {
			b.WriteString(workflow(annotation(f.Severity), v.properties(f), sentence(f)))
		}
	}
	kind := "notice"
	if v.verdict() == verdictNone {
		kind = "warning"
	}
	b.WriteString(workflow(kind, [][2]string{{"title", "nnvet"}}, clean(v.reached())+v.summary()))
	_, err := io.WriteString(w, b.String())
	return err
}

func annotation(s nnvet.Severity) string {
	switch s {
	case nnvet.Error:
		return "error"
	case nnvet.Warning:
		return "warning"
	}
	return "notice"
}

// properties say where a finding is shown, and under which title.
func (v *view) properties(f nnvet.Finding) [][2]string {
	var out [][2]string
	if l := v.anchor(f); l.File != "" {
		r := v.region(l)
		out = append(out, [2]string{"file", clean(l.File)}, [2]string{"line", fmt.Sprint(r.line)})
		for _, p := range []struct {
			name string
			n    int
		}{{"endLine", r.endLine}, {"col", r.col}, {"endColumn", r.endCol}} {
			if p.n > 0 {
				out = append(out, [2]string{p.name, fmt.Sprint(p.n)})
			}
		}
	}
	return append(out, [2]string{"title", f.Check.Name + " (" + f.Check.ID + ")"})
}

// What a workflow command takes for the end of a line, of a property, and of all
// properties.
var (
	commandData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// workflow returns a command of a line, whatever it says.
func workflow(kind string, properties [][2]string, text string) string {
	var ps []string
	for _, p := range properties {
		ps = append(ps, p[0]+"="+commandProperty.Replace(p[1]))
	}
	return "::" + kind + after(" ", strings.Join(ps, ",")) + "::" + commandData.Replace(text) + "\n"
}

// proofGitHub renders a proof as notices, and what does no good as warnings.
func proofGitHub(w io.Writer, r *ProofReport, _ Style) error {
	var b strings.Builder
	for i := range r.Proofs {
		x := &r.Proofs[i]
		kind := "notice"
		if x.Fails() {
			kind = "warning"
		}
		title := clean(verdictOf(&x.Proof)) + after(": ", clean(x.Name)) + after(" (", clean(x.Check)) + strings.Repeat(")", min(len(x.Check), 1))
		b.WriteString(workflow(kind, [][2]string{{"title", title}}, clean(x.Treatment.Action)+": "+clean(outcome(&x.Proof)+basis(&x.Proof))))
	}
	for _, n := range r.NotTried {
		b.WriteString(workflow("notice", [][2]string{{"title", "not tried: " + clean(n.Name)}}, clean(n.Why)+after("; by hand: ", clean(n.Instead))))
	}
	b.WriteString(workflow("notice", [][2]string{{"title", "nnvet prove"}}, clean(r.answer())))
	_, err := io.WriteString(w, b.String())
	return err
}
