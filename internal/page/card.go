package page

import (
	"fmt"
	"html/template"
	"math"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/report"
	"github.com/nnvet/nnvet/internal/report/picture"
)

// How many causes are shown with all there is, in all and of one check; others
// have a line, so that a page of a hundred findings can be read and sent.
const mostCards, mostAlike = 12, 3

// A card is a cause as the page shows it.
type card struct {
	report.Cause
	ID       string
	Link     template.URL // opens the place in an editor; "" where it is not known
	Pictures []figure     // the first answers, the others are second looks
	Rows     []evidence
	Proof    *figure // of what was tried against it
	Dismiss  string  // address that takes a reason why this is no fault; "" where nobody would
	Explain  bool    // it is the first of its check, and tells what that means
}

// An evidence is a figure, and where it lies beside what is healthy.
type evidence struct {
	report.Figure
	Dot template.HTML
}

func (v *view) addCards(res *nnvet.Result) {
	alike := make(map[*nnvet.Check]int)
	ids := make(map[string]int)
	for _, c := range v.Causes {
		id := "finding-" + c.Finding.Fingerprint()
		if ids[id]++; ids[id] > 1 {
			id += fmt.Sprintf("-%d", ids[id])
		}
		k := card{Cause: c, ID: id, Link: editor(v.In.Report.Root, c.Finding.Source)}
		if alike[c.Finding.Check]++; len(v.Cards) >= mostCards || alike[c.Finding.Check] > mostAlike {
			v.Shortly = append(v.Shortly, k)
			continue
		}
		if v.Ended() {
			k.Dismiss = "/run/" + v.In.Report.ID + "/ignore"
		}
		k.Explain = alike[c.Finding.Check] == 1
		k.Pictures = figures(id, picture.Of(v.Trace, res, &k.Finding))
		for _, e := range c.Evidence {
			k.Rows = append(k.Rows, evidence{e, placed(e)})
		}
		if p, ok := picture.Proof(c.Finding.Proof); ok && c.Finding.Proof != nil {
			k.Proof = figureOf(id+"-proof", p, true)
		}
		v.Cards = append(v.Cards, k)
	}
}

// Explained returns what the check's page says of it.
func (c card) Explained() template.HTML { return explained(c.Finding.Check) }

// Axes reports whether any figure has a place on an axis.
func (c card) Axes() bool {
	return slices.ContainsFunc(c.Rows, func(e evidence) bool { return e.Dot != "" })
}

// Judged reports whether any figure was judged against another.
func (c card) Judged() bool {
	return slices.ContainsFunc(c.Rows, func(e evidence) bool { return e.Against != "" })
}

// From and To are the steps that show it.
func (c card) From() int64 { return c.Finding.Span.From }

// To is the last of them.
func (c card) To() int64 { return c.Finding.Span.To }

// Around returns what stands in the quoted line before its mark, in it, and
// behind it. Of a long line it is what stands near.
func (c card) Around() [3]string {
	const before, in, behind = 60, 200, 200 // characters
	q := c.Quote
	return [3]string{end(q.Before, before), start(q.Marked, in), start(q.Behind, behind)}
}

func start(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

func end(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return "…" + string(r[len(r)-n:])
	}
	return s
}

// placed draws a figure beside its healthy range, on an axis of decades where
// they are far apart. What has no range has no axis.
func placed(f report.Figure) template.HTML {
	lo, hi, v := f.Lo, f.Hi, f.Saw
	if !(lo < hi) || math.IsNaN(v) || math.IsInf(lo, 0) || math.IsInf(hi, 0) {
		return ""
	}
	const apart = 10 // times, from which on an axis is of decades
	to := func(x float64) float64 { return x }
	if lo > 0 && v > 0 && max(hi, v)/min(lo, v) > apart {
		to = math.Log
	}
	v = min(max(v, -math.MaxFloat64), math.MaxFloat64)
	from, end := min(to(lo), to(v)), max(to(hi), to(v))
	pad := (end - from) / 6
	from, end = from-pad, end+pad
	at := func(x float64) float64 { return (to(x) - from) / (end - from) }
	class := "out"
	if f.Lo <= v && v <= f.Hi {
		class = "in"
	}
	return dot(mark{at(v), at(lo), at(hi)}, class)
}

// editor returns the address that opens a place in Visual Studio Code, which
// other editors take too.
func editor(root string, l nnvet.Location) template.URL {
	if !l.Known() || root == "" && !filepath.IsAbs(l.File) {
		return ""
	}
	file := filepath.ToSlash(l.File)
	if !filepath.IsAbs(l.File) {
		file = path.Join(filepath.ToSlash(root), file)
	}
	if !strings.HasPrefix(file, "/") { // C:/
		file = "/" + file
	}
	at := fmt.Sprintf(":%d", l.Line)
	if l.Col > 0 {
		at += fmt.Sprintf(":%d", l.Col)
	}
	const longest = 1000 // that anybody's path is
	if len(file) > longest {
		return ""
	}
	u := url.URL{Scheme: "vscode", Host: "file", Path: file + at}
	return template.URL(u.String()) // a scheme of ours, and the path is escaped
}

// Told returns the proof of what was tried; nil where nothing was.
func (c card) Told() *nnvet.Proof { return c.Finding.Proof }
