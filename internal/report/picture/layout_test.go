package picture

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
)

// TestLayout holds of every picture that no two texts overlap, and that all
// texts and marks lie inside of it.
func TestLayout(t *testing.T) {
	for _, c := range cases(t) {
		for _, p := range c.pictures {
			for _, fault := range faults(p) {
				t.Errorf("%s: %s: %s", c.name, p.Name, fault)
			}
		}
	}
}

// TestOdd draws what no one should meet, and holds the same.
func TestOdd(t *testing.T) {
	odd := map[string]func(i int) float64{
		"nan":      func(int) float64 { return math.NaN() },
		"infinite": func(i int) float64 { return math.Inf(1 - 2*(i%2)) },
		"zero":     func(int) float64 { return 0 },
		"constant": func(int) float64 { return 3 },
		"enormous": func(i int) float64 { return 1e300 * float64(1-2*(i%2)) },
		"greatest": func(i int) float64 { return math.MaxFloat64 * float64(1-2*(i%2)) },
		"tiny":     func(i int) float64 { return math.SmallestNonzeroFloat64 * float64(i) },
		"mixed":    func(i int) float64 { return []float64{1, math.NaN(), -1e9, 1e-9, math.Inf(1), 0}[i%6] },
	}
	names := map[string]string{
		"plain": "fc", "none": "", "long": strings.Repeat("long ", 2000), "script": `"><script>alert(1)</script>`,
		"rtl": "\u202eשלום\u202c עולם", "control": "\x1b[31m\x00\n\ufffe", "emoji": strings.Repeat("🦄", 80), "broken": "\xff\xfe",
	}
	for vn, value := range odd {
		for nn, name := range names {
			check(t, vn+"/"+nn, strangeTrace(3, 30, name, value))
		}
	}
	check(t, "large", strangeTrace(200, 1000, "block", func(i int) float64 { return float64(i%7) * 0.1 }))
	check(t, "single", strangeTrace(1, 1, "fc", func(i int) float64 { return 1 }))
	check(t, "empty", &nnvet.Trace{})
	for _, p := range []*nnvet.Proof{nil, {}, {Verdict: "not tried"}, {Verdict: "worse", Before: math.NaN(), After: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), With: nans(9)}} {
		if pic, ok := Proof(p); ok {
			for _, fault := range faults(pic) {
				t.Errorf("proof %+v: %s", p, fault)
			}
		}
	}
}

func check(t *testing.T, name string, tr *nnvet.Trace) {
	t.Helper()
	r := flagged(tr)
	if s := tr.Series(nnvet.Key{Quantity: nnvet.Loss, Split: nnvet.Train}); s.Len() > 3 {
		f := &r.Findings[0]
		f.Evidence = []nnvet.Evidence{{What: name, Saw: s.Values[0], Unit: name, Limit: name, At: s.Values[1], Lo: s.Values[2], Hi: s.Values[3]}, {What: name, Saw: s.Values[1]}}
		f.Span.From = s.Steps[s.Len()-1]
	}
	for _, p := range allOf(tr, r) {
		for _, fault := range faults(p) {
			t.Errorf("%s: %s: %s", name, p.Name, fault)
			return
		}
	}
}

// Fuzz draws any numbers and names.
func FuzzPictures(f *testing.F) {
	f.Add("fc", 1.0, -2.0, 3.5, uint8(3))
	f.Add("<script>", math.NaN(), math.Inf(1), 1e300, uint8(0))
	f.Fuzz(func(t *testing.T, name string, a, b, c float64, n uint8) {
		check(t, name, strangeTrace(int(n%24), int(n%40), name, func(i int) float64 { return []float64{a, b, c, a * b}[i%4] }))
	})
}

// faults returns what is wrong with a picture.
func faults(p Picture) (out []string) {
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if p.Name == "" || p.Title == "" || !strings.HasSuffix(p.Sentence, ".") || strings.Contains(p.Sentence, "%!") {
		say("name %q, title %q, sentence %q", p.Name, p.Title, p.Sentence)
	}
	if len(p.Sentence) > 2000 {
		say("the sentence has %d bytes", len(p.Sentence))
	}
	for _, r := range p.Table.Rows {
		if len(r) != len(p.Table.Head) {
			say("a row of %d cells under %d heads: %q", len(r), len(p.Table.Head), r)
			break
		}
	}
	elements, err := parse(p.SVG)
	if err != nil || len(elements) == 0 {
		return append(out, fmt.Sprintf("not XML: %v", err))
	}
	frame := box{0, 0, elements[0].view[2], elements[0].view[3]}
	var texts []element
	for _, e := range elements {
		if !allowed[e.name] {
			say("an element <%s>", e.name)
		}
		for k, v := range e.attrs {
			if strings.HasPrefix(k, "on") || k == "style" || k == "href" && !strings.HasPrefix(v, "data:image/png;base64,") || strings.Contains(v, "NaN") || strings.Contains(v, "Inf") {
				say("an attribute %s=%q", k, v)
			}
		}
		b, ok := e.box()
		if !ok {
			continue
		}
		const rounding = 0.2
		if b.x0 < -rounding || b.y0 < -rounding || b.x1 > frame.x1+rounding || b.y1 > frame.y1+rounding {
			say("<%s class=%q>%s at %.1f lies outside of %.0f", e.name, e.attrs["class"], e.text, b, frame)
		}
		if e.name == "text" {
			texts = append(texts, e)
		}
	}
	for i, e := range texts {
		a, _ := e.box()
		for _, o := range texts[i+1:] {
			if b, _ := o.box(); (box{a.x0 + 0.1, a.y0 + 0.1, a.x1 - 0.1, a.y1 - 0.1}).meets(b) {
				say("%q overlaps %q", e.text, o.text)
			}
		}
	}
	return out
}

var allowed = map[string]bool{"svg": true, "title": true, "desc": true, "path": true, "rect": true, "circle": true, "text": true, "image": true}

// An element is one of a drawing.
type element struct {
	name, text string
	attrs      map[string]string
	view       [4]float64
}

func parse(svg string) (out []element, err error) {
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			e := element{name: tok.Name.Local, attrs: make(map[string]string)}
			for _, a := range tok.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			fmt.Sscan(e.attrs["viewBox"], &e.view[0], &e.view[1], &e.view[2], &e.view[3])
			out = append(out, e)
		case xml.CharData:
			if len(out) > 0 {
				out[len(out)-1].text += string(tok)
			}
		}
	}
}

func (e element) num(k string) float64 {
	v, _ := strconv.ParseFloat(e.attrs[k], 64)
	return v
}

// box returns the room that an element takes, false of one that takes none.
func (e element) box() (box, bool) {
	switch e.name {
	case "text":
		anchor := e.attrs["text-anchor"]
		if anchor == "" {
			anchor = start
		}
		return textBox(e.attrs["class"], e.num("x"), e.num("y"), anchor, strings.TrimRight(e.text, "\n")), true
	case "rect", "image":
		return box{e.num("x"), e.num("y"), e.num("x") + e.num("width"), e.num("y") + e.num("height")}, true
	case "circle":
		r := e.num("r")
		return box{e.num("cx") - r, e.num("cy") - r, e.num("cx") + r, e.num("cy") + r}, true
	case "path":
		return pathBox(e.attrs["d"]), true
	}
	return box{}, false
}

var command = regexp.MustCompile(`([MLHVmlhvZz])([^MLHVmlhvZz]*)`)

// pathBox returns the room of a path of straight lines.
func pathBox(d string) box {
	b := box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	x, y := 0.0, 0.0
	for _, c := range command.FindAllStringSubmatch(d, -1) {
		var v []float64
		for _, f := range strings.Fields(c[2]) {
			n, err := strconv.ParseFloat(f, 64)
			if err != nil {
				n = math.Inf(1)
			}
			v = append(v, n)
		}
		v = append(v, 0, 0)
		switch c[1] {
		case "M", "L":
			x, y = v[0], v[1]
		case "H":
			x = v[0]
		case "V":
			y = v[0]
		case "m", "l":
			x, y = x+v[0], y+v[1]
		case "h":
			x += v[0]
		case "v":
			y += v[0]
		default:
			continue
		}
		b = box{math.Min(b.x0, x), math.Min(b.y0, y), math.Max(b.x1, x), math.Max(b.y1, y)}
	}
	return b
}

// BenchmarkLarge draws all pictures of 200 layers and 1000 columns.
func BenchmarkLarge(b *testing.B) {
	tr := strangeTrace(200, 1000, "block", func(i int) float64 { return float64(i%7) * 0.1 })
	s := &subject{tr, nil, nil}
	for b.Loop() {
		n := 0
		for _, p := range nnvet.Pitfalls {
			for _, pic := range s.pictures(p) {
				n += len(pic.SVG)
			}
		}
		b.ReportMetric(float64(n), "bytes")
	}
}
