package report

import (
	"io"
	"strings"
)

// A span is a piece of text in one role. It may be foreign: a page cleans
// whatever is written to it.
type span struct {
	role role
	text string
}

// A page gathers lines in a style. Every line is laid out as plain text first
// and painted last, so colour never changes the text.
type page struct {
	style Style
	width int
	b     strings.Builder
}

func newPage(s Style) *page { return &page{style: s, width: s.width()} }

func (p *page) flush(w io.Writer) error {
	_, err := io.WriteString(w, p.b.String())
	return err
}

// show returns text as the page will hold it, to be measured.
func (p *page) show(text string) string {
	text = clean(text)
	if p.style.ASCII {
		text = fold(text)
	}
	return text
}

func (p *page) dots() string { return p.show("…") }

// cut shortens text to n columns at its end.
func (p *page) cut(text string, n int) string {
	text = p.show(text)
	switch {
	case width(text) <= n:
		return text
	case n < width(p.dots()):
		return fit(text, n)
	}
	return strings.TrimRight(between(text, 0, n-width(p.dots())), " ") + p.dots()
}

// cutFront shortens text to n columns at its front: of a layer's path the end
// tells more.
func (p *page) cutFront(text string, n int) string {
	text = p.show(text)
	w := width(text)
	if w <= n {
		return text
	}
	return p.dots() + between(text, w-n+width(p.dots()), w)
}

// line writes one line, cut to the width of the page.
func (p *page) line(spans ...span) {
	room := p.width
	for i, s := range spans {
		s.text = p.cut(s.text, room)
		room -= width(s.text)
		spans[i] = s
		if room == 0 {
			spans = spans[:i+1]
			break
		}
	}
	p.long(spans...)
}

// long writes one line however long it is: places, which must stay whole to
// be of use.
func (p *page) long(spans ...span) {
	for i := len(spans) - 1; i >= 0; i-- { // no spaces at the end of a line
		spans[i].text = strings.TrimRight(p.show(spans[i].text), " ")
		if spans[i].text != "" {
			break
		}
	}
	for _, s := range spans {
		p.b.WriteString(p.style.paint(s.role, p.show(s.text)))
	}
	p.b.WriteByte('\n')
}

// wrap writes text over as many lines as it needs; all but the first are
// indented by hang columns. Words are broken only where they do not fit in a line.
func (p *page) wrap(hang int, spans ...span) {
	var line []span
	col, empty := 0, true
	end := func() {
		p.long(line...)
		line, col, empty = []span{{plain, spaces(hang)}}, hang, true
	}
	space := ""
	for _, s := range spans {
		for i, word := range strings.Split(p.show(s.text), " ") {
			if i > 0 {
				space += " "
			}
			if word == "" {
				continue
			}
			if !empty && col+len(space)+width(word) > p.width && space != "" {
				end()
				space = ""
			}
			for col+len(space)+width(word) > p.width {
				head := fit(word, p.width-col-len(space))
				line = append(line, span{s.role, space + head})
				word, space = word[len(head):], ""
				end()
			}
			line = append(line, span{s.role, space + word})
			col, space, empty = col+len(space)+width(word), "", false
		}
	}
	if !empty {
		p.long(line...)
	}
}

// linesOf divides text into lines of at most n columns, at spaces where it has
// them. It returns one at least.
func linesOf(text string, n int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && width(line)+1+width(word) > n {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
		for width(line) > n && fit(line, n) != "" {
			head := fit(line, n)
			lines, line = append(lines, head), line[len(head):]
		}
	}
	return append(lines, line)
}

func (p *page) blank() { p.b.WriteByte('\n') }
