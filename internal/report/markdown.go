package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/nnvet/nnvet"
)

// Markdown renders a report as GitHub, GitLab and notebooks show it: the answer,
// the board of pitfalls, the causes with their evidence and fixes, what was
// proven, and what was not checked. It holds no HTML but an empty comment that
// keeps names from being addressed.
func Markdown(w io.Writer, r *Report, _ Style) error {
	d := &document{}
	s := See(r)
	d.line("## nnvet: " + prose(s.Title+after(" ", s.Rest)))
	d.para(prose(strings.Join(append([]string{strings.Join(r.Command, " ")}, s.Facts...), " · ")))
	if r.Outcome != nil {
		d.outcome(r.Outcome)
	}
	d.board(s.Lamps)
	for i, c := range s.Causes {
		if i == maxBlocks {
			d.rest(s.Causes[i:])
			break
		}
		d.cause(&c)
	}
	d.proofs(s.Causes)
	d.decided(r.Decided)
	d.gaps(s.Gaps)
	for i, l := range look(r).trace.Lost {
		if i == maxLost {
			break
		}
		d.para("lost: " + prose(l))
	}
	d.para(prose(strings.TrimPrefix(s.Counts+"; ", "; ") + s.Coverage))
	for _, n := range s.Next {
		d.line("- " + codeSpan(n.Command) + ": " + prose(n.Why))
	}
	return d.flush(w)
}

// A document is Markdown that is being written.
type document struct{ b strings.Builder }

func (d *document) line(s string) { d.b.WriteString(strings.TrimRight(s, " ") + "\n") }

// para writes a paragraph, unless it is empty.
func (d *document) para(s string) {
	if strings.TrimSpace(s) != "" {
		d.line("")
		d.line(s)
		d.line("")
	}
}

// flush writes all, with one empty line where there are several.
func (d *document) flush(w io.Writer) error {
	s := d.b.String()
	for strings.Contains(s, "\n\n\n") {
		s = strings.ReplaceAll(s, "\n\n\n", "\n\n")
	}
	_, err := io.WriteString(w, strings.Trim(s, "\n")+"\n")
	return err
}

// table writes rows of cells that are Markdown already.
func (d *document) table(header []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	d.line("")
	d.line("| " + strings.Join(header, " | ") + " |")
	d.line("|" + strings.Repeat(" --- |", len(header)))
	for _, r := range rows {
		d.line("| " + strings.Join(r, " | ") + " |")
	}
	d.line("")
}

// code writes lines as they are, in a fence that none of them can end.
func (d *document) code(language string, lines []string) {
	fence := "```"
	for _, l := range lines {
		for strings.Contains(l, fence) {
			fence += "`"
		}
	}
	d.line("")
	d.line(fence + language)
	for _, l := range lines {
		d.line(l)
	}
	d.line(fence)
	d.line("")
}

func (d *document) outcome(o *Outcome) {
	var rows [][]string
	for _, s := range o.Scores {
		rows = append(rows, []string{prose(s.Name), prose(s.Split), num(s.Value), num(s.Baseline), fmt.Sprint(s.Rows)})
	}
	d.table([]string{"score", "rows of", "reached", "a constant", "rows"}, rows)
}

func (d *document) board(lamps []Lamp) {
	var rows [][]string
	for _, l := range lamps {
		if l.Reason == l.Word {
			l.Reason = ""
		}
		rows = append(rows, []string{fmt.Sprint(int(l.Pitfall)), l.Pitfall.String(), prose(l.Glyph + " " + l.Word), prose(joinSentences(l.Brief, l.Reason))})
	}
	d.table([]string{"", "pitfall", "", ""}, rows)
}

// cause writes a finding with all that belongs to it.
func (d *document) cause(c *Cause) {
	f := c.Finding
	d.line("")
	d.line("### " + heading(f) + ": " + prose(f.Message) + proven(f))
	var where []string
	if at := f.Source.String(); at != "" {
		where = append(where, codeSpan(at))
	}
	if f.Site != "" {
		where = append(where, codeSpan(f.Site))
	}
	d.para(strings.Join(where, ", ") + after(": ", prose(f.Label)))
	if c.Quote.Line > 0 {
		d.code("", []string{clean(c.Quote.Before + c.Quote.Marked + c.Quote.Behind)})
	}
	if c.Modified {
		d.para("The file has changed since the run, so its lines are not shown.")
	}
	var rows [][]string
	for _, e := range c.Evidence {
		rows = append(rows, []string{prose(e.What), prose(e.Measured), prose(e.Against)})
	}
	d.table([]string{"evidence", "measured", "against"}, rows)
	d.para("Sure: " + prose(c.Sure))
	for _, s := range c.Symptoms {
		d.line("- explains " + heading(s.Finding) + ": " + prose(s.Finding.Message) + prose(s.Also))
	}
	for _, x := range c.Fixes {
		d.fix(&x)
	}
	d.para("Explain: " + codeSpan("nnvet explain "+f.Check.Name))
}

func (d *document) fix(x *Fix) {
	d.para("Try (" + x.Safety + "): " + prose(x.Action))
	for _, h := range x.Hunks {
		lines := []string{"--- " + clean(h.File), fmt.Sprintf("@@ -%d,%d +%d,%d @@", h.Line, len(h.Old), h.Line, len(h.New))}
		for _, l := range h.Old {
			lines = append(lines, "-"+shownLine(l))
		}
		for _, l := range h.New {
			lines = append(lines, "+"+shownLine(l))
		}
		d.code("diff", lines)
	}
}

// shownLine is a line of source as [clean] shows it, with its tabs.
func shownLine(s string) string {
	indent := len(s) - len(strings.TrimLeft(s, "\t"))
	return s[:indent] + clean(s[indent:])
}

// rest tells causes in a line each.
func (d *document) rest(causes []Cause) {
	d.para(fmt.Sprintf("%d more:", len(causes)))
	for i, c := range causes {
		const most = 100
		if i == most {
			d.line(fmt.Sprintf("- and %d others", len(causes)-i))
			break
		}
		d.line("- " + heading(c.Finding) + after(" ", codeSpan(c.Finding.Source.String())) + ": " + prose(c.Finding.Message))
	}
}

// proofs is the table of what trainings showed of the causes.
func (d *document) proofs(causes []Cause) {
	var rows [][]string
	for _, c := range causes {
		if x := c.Finding.Proof; x != nil {
			rows = append(rows, proofRow(c.Finding.Check.Name, x))
		}
	}
	if len(rows) > 0 {
		d.line("")
		d.line("### What was proven")
	}
	d.table(proofHeader, rows)
}

var proofHeader = []string{"against", "treatment", "verdict", "without", "with", "difference", "seeds", "figures"}

// proofRow tells a proof in the cells of a table.
func proofRow(name string, x *nnvet.Proof) []string {
	row := []string{prose(name), prose(x.Treatment.Action), prose(verdictOf(x))}
	if x.Seeds == 0 {
		return append(row, "", "", "", "", prose(x.Why))
	}
	var figures []string
	for _, t := range x.Figures {
		figures = append(figures, t.Name+" "+figureText(t.Name, t.Before)+" → "+figureText(t.Name, t.After))
	}
	between := ""
	if finite(x.Lo) && finite(x.Hi) {
		between = signed(x.Lo) + " to " + signed(x.Hi)
	}
	return append(row, score(x.Before), score(x.After), between, fmt.Sprint(x.Seeds), prose(strings.Join(figures, ", ")))
}

func (d *document) decided(all *Decisions) {
	if all == nil {
		return
	}
	var rows [][]string
	for _, x := range folded(all.Decided) {
		rows = append(rows, []string{prose(x.Name), prose(strings.TrimSpace(x.Outcome + " " + x.Severity)), prose(x.Message), prose(x.Action)})
	}
	d.table([]string{"experiment", "", "", "try"}, rows)
}

func (d *document) gaps(gaps []Gap) {
	if len(gaps) == 0 {
		return
	}
	d.line("")
	d.line("### Not checked")
	d.line("")
	for _, g := range gaps {
		d.line("- " + prose(g.Why) + ": " + prose(strings.Join(g.What, ", ")))
	}
	d.line("")
}

// heading returns "error NN0601 lr-too-high".
func heading(f nnvet.Finding) string {
	return fmt.Sprintf("%v %s %s", f.Severity, f.Check.ID, f.Check.Name)
}

// markdown escapes what means something in the middle of a line. Foreign text
// never begins one.
var markdown = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "~", `\~`, "[", `\[`, "]", `\]`, "|", `\|`, "$", `\$`,
	"<", "&lt;", ">", "&gt;", "&", "&amp;",
	"://", `:\//`, "www.", `www\.`, "WWW.", `WWW\.`, // what GitHub makes links of
	"@", "@<!-- -->", // and what it addresses people by
)

// prose returns foreign text as words of one line of Markdown: no markup, no
// HTML, no links.
func prose(s string) string { return markdown.Replace(clean(s)) }

// codeSpan returns foreign text as code, also in the cell of a table; "" of nothing.
func codeSpan(s string) string {
	s = clean(s)
	if strings.TrimSpace(s) == "" {
		return ""
	}
	if strings.ContainsAny(s, "`|\\") { // what code cannot hold everywhere
		return markdown.Replace(s)
	}
	return "`" + s + "`"
}

// proofMarkdown renders a proof: the answer, a table, and what is left.
func proofMarkdown(w io.Writer, r *ProofReport, _ Style) error {
	d := &document{}
	d.line("## nnvet prove: " + prose(r.answer()))
	d.para(prose(fmt.Sprintf("run %s · %s · %s", r.Run, strings.Join(r.Command, " "), r.Took())))
	d.para(prose(after("Scores are ", r.Scored())))
	if r.Short != "" {
		d.para("Not all of it was done: " + prose(r.Short))
	}
	var rows [][]string
	for i := range r.Proofs {
		rows = append(rows, proofRow(r.Proofs[i].Name, &r.Proofs[i].Proof))
	}
	d.table(proofHeader, rows)
	if s := r.Solution; s != nil {
		d.para("Solves it: " + prose(s.Solved+": "+s.Why))
	}
	rows = nil
	for _, n := range r.NotTried {
		rows = append(rows, []string{prose(n.Name + after(" at ", n.Site)), prose(n.Why), prose(n.Instead)})
	}
	d.table([]string{"not tried", "why", "by hand"}, rows)
	for _, s := range r.after() {
		d.line("- " + prose(s))
	}
	for _, n := range r.next() {
		d.line("- " + codeSpan(command(n.Argv)) + ": " + prose(n.Why))
	}
	return d.flush(w)
}
