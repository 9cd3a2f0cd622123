package vettest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
)

// Render writes what a check made of a trace, as wants hold it.
func Render(res nnvet.Result) string {
	var b strings.Builder
	for i := range res.Findings {
		finding(&b, &res.Findings[i])
	}
	for _, c := range res.Clear {
		b.WriteString("clear")
		if c.Brief != "" {
			fmt.Fprintf(&b, " %q", c.Brief)
		}
		b.WriteByte('\n')
	}
	for _, s := range res.NotChecked {
		fmt.Fprintf(&b, "not checked: %s\n", s.Reason)
	}
	return b.String()
}

func finding(b *strings.Builder, f *nnvet.Finding) {
	fmt.Fprintf(b, "%v[%s]", f.Severity, f.Check.ID)
	if f.Site != "" {
		fmt.Fprintf(b, " site=%s", f.Site)
	}
	if f.Source.Known() {
		fmt.Fprintf(b, " %v", f.Source)
	}
	fmt.Fprintf(b, " steps %v confidence %s", f.Span, figure(f.Confidence))
	if f.Brief != "" {
		fmt.Fprintf(b, " brief %q", f.Brief)
	}
	fmt.Fprintf(b, ": %s\n", f.Message)
	for _, e := range f.Evidence {
		evidence(b, &e)
	}
	for _, t := range f.Treatments {
		treatment(b, &t)
	}
	if f.Label != "" {
		fmt.Fprintf(b, "    label: %s\n", f.Label)
	}
}

func evidence(b *strings.Builder, e *nnvet.Evidence) {
	fmt.Fprintf(b, "    saw %s = %s", e.What, figure(e.Saw))
	if e.Unit != "" {
		fmt.Fprintf(b, " %s", e.Unit)
	}
	if e.Key != (nnvet.Key{}) {
		fmt.Fprintf(b, " in %v", e.Key)
	}
	var against []string
	if e.Limit != "" {
		against = append(against, fmt.Sprintf("limit %s %s", e.Limit, figure(e.At)))
	}
	if e.Lo < e.Hi {
		against = append(against, fmt.Sprintf("healthy %s..%s", figure(e.Lo), figure(e.Hi)))
	}
	if against != nil {
		fmt.Fprintf(b, " (%s)", strings.Join(against, "; "))
	}
	b.WriteByte('\n')
}

func treatment(b *strings.Builder, t *nnvet.Treatment) {
	fmt.Fprintf(b, "    try %s", t.Action)
	if t.Safe {
		b.WriteString(" (safe)")
	}
	b.WriteByte('\n')
	for _, s := range t.Settings {
		name := s.Name
		if s.Site != "" {
			name += " of " + s.Site
		}
		fmt.Fprintf(b, "    set %s: %s -> %s\n", name, s.From, s.To)
	}
	for _, e := range t.Edits {
		end := strconv.Itoa(e.At.EndCol)
		if e.At.EndLine != e.At.Line {
			end = fmt.Sprintf("%d:%s", e.At.EndLine, end)
		}
		fmt.Fprintf(b, "    edit %v-%s: %q\n", e.At, end, e.New)
	}
}

// figure writes a number to four digits, enough to see a change by eye.
func figure(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }
