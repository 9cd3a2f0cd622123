package report

import (
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

const tabWidth = 4

// A quote is a source line laid out for the page: tabs expanded, what must not
// be shown left out.
type quote struct {
	text string
	cols []int // the column of each byte of the line, and of its end
}

func (p *page) quote(line string) quote {
	q := quote{cols: make([]int, len(line)+1)}
	var b strings.Builder
	col, from := 0, 0
	for at, r := range visible(line) {
		for ; from <= at; from++ {
			q.cols[from] = col
		}
		text := p.show(string(r))
		if r == '\t' {
			text = spaces(tabWidth - col%tabWidth)
		}
		b.WriteString(text)
		col += width(text)
	}
	for ; from <= len(line); from++ {
		q.cols[from] = col
	}
	q.text = b.String()
	return q
}

// window returns the part of a line of source that fits into n columns and
// shows the columns [from, to), or their beginning, and how far it was moved left.
func (p *page) window(q quote, n, from, to int) (text string, shift int) {
	total, dots := width(q.text), p.dots()
	d := width(dots)
	switch {
	case total <= n:
		return q.text, 0
	case to <= n-d || from <= d:
		return between(q.text, 0, n-d) + dots, 0
	}
	start := min(max(from-n/4, to-n+d), from-d) // what is marked as far right as it must be, and its beginning in any case
	if start+n >= total {
		start = total - n
		return dots + between(q.text, start+d, total), start
	}
	return dots + between(q.text, start+d, start+n-d) + dots, start
}

// mark returns the columns that a location marks in the line that it begins
// on: all of its code where no columns are known.
func (q quote) mark(line string, l nnvet.Location) (from, to int) {
	if l.Col <= 0 || l.Col > len(line)+1 {
		code := strings.TrimLeft(line, " \t")
		return q.cols[len(line)-len(code)], q.cols[len(strings.TrimRight(line, " \t\r\n"))]
	}
	end := len(strings.TrimRight(line, " \t\r\n"))
	if (l.EndLine == l.Line || l.EndLine == 0) && l.EndCol > l.Col {
		end = min(l.EndCol-1, len(line))
	}
	from = q.cols[l.Col-1]
	return from, max(q.cols[max(end, l.Col-1)], from+1)
}

// A hunk is a run of source lines and what edits make of them.
type hunk struct {
	file     string
	line     int // of the first
	col      int // the byte at which the first edit begins, from 0
	old, new []string
}

// hunks applies edits to the source. It returns nil where a file cannot be
// quoted or an edit does not fit it: half a change would mislead.
func (v *view) hunks(edits []nnvet.Edit) []hunk {
	edits = slices.SortedStableFunc(slices.Values(edits), func(a, b nnvet.Edit) int { return compare(a.At, b.At) })
	var hs []hunk
	for from := 0; from < len(edits); {
		to, end := from+1, edits[from].At.EndLine
		for to < len(edits) && edits[to].At.File == edits[from].At.File && edits[to].At.Line <= end {
			end = max(end, edits[to].At.EndLine)
			to++
		}
		h, ok := apply(v.source(edits[from].At.File), edits[from:to], end)
		if !ok {
			return nil
		}
		hs = append(hs, h)
		from = to
	}
	return hs
}

// apply makes a hunk of sorted edits that end on the line end.
func apply(lines []string, edits []nnvet.Edit, end int) (hunk, bool) {
	first := edits[0].At
	if first.Line < 1 || end < first.Line || end > len(lines) {
		return hunk{}, false
	}
	h := hunk{file: first.File, line: first.Line, col: first.Col - 1, old: lines[first.Line-1 : end]}
	offset := func(line, col int) int { // into the old lines joined
		if line < first.Line || line > end || col < 1 || col > len(lines[line-1])+1 {
			return -1
		}
		n := col - 1
		for _, l := range lines[first.Line-1 : line-1] {
			n += len(l) + 1
		}
		return n
	}
	text := strings.Join(h.old, "\n")
	limit := len(text)
	for _, e := range slices.Backward(edits) {
		a, b := offset(e.At.Line, e.At.Col), offset(e.At.EndLine, e.At.EndCol)
		if a < 0 || b < a || b > limit {
			return hunk{}, false
		}
		text, limit = text[:a]+e.New+text[b:], a
	}
	h.new = strings.Split(text, "\n")
	h.trim()
	return h, true
}

// trim leaves out the lines around a change that it touches and leaves as they
// were, as that before a line that is taken out.
func (h *hunk) trim() {
	if len(h.old) == len(h.new) {
		return
	}
	for len(h.old) > 0 && len(h.new) > 0 && h.old[0] == h.new[0] {
		h.old, h.new, h.line, h.col = h.old[1:], h.new[1:], h.line+1, 0
	}
}

func compare(a, b nnvet.Location) int {
	if a.File != b.File {
		return strings.Compare(a.File, b.File)
	}
	if a.Line != b.Line {
		return a.Line - b.Line
	}
	return a.Col - b.Col
}
