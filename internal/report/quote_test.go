package report

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
)

func TestCode(t *testing.T) {
	long := "model = build(" + strings.Repeat("first_argument, ", 6) + "lr=0.1, " + strings.Repeat("last_argument, ", 6) + ")"
	for _, c := range []struct {
		name, line, piece, label string
		style                    Style
		want                     string // the quoted line and those under it
	}{
		{"plain", "opt = SGD(net.parameters(), lr=0.1)", "0.1", "too high", Style{Width: 50}, `
7 | opt = SGD(net.parameters(), lr=0.1)
  |                                ^^^ too high`},
		{"no column", "    loss = f(x)  ", "", "here", Style{Width: 50}, `
7 |     loss = f(x)
  |     ^^^^^^^^^^^ here`},
		{"tabs", "\tx =\ty", "y", "why", Style{Width: 50}, `
7 |     x = y
  |         ^ why`},
		{"wide characters", "x = \"漢字\" + lr", "lr", "", Style{Width: 50}, `
7 | x = "漢字" + lr
  |              ^^`},
		{"wide characters in ASCII", "x = \"漢\" + lr", "lr", "", Style{Width: 50, ASCII: true}, `
7 | x = "\u6f22" + lr
  |                ^^`},
		{"label under", "opt = SGD(net.parameters(), lr=0.1)", "lr=0.1", "diverges above 2e-2", Style{Width: 40}, `
7 | opt = SGD(net.parameters(), lr=0.1)
  |                             ^^^^^^
  |                  diverges above 2e-2`},
		{"cut at both ends", long, "lr=0.1", "too high", Style{Width: 60}, `
7 | …st_argument, lr=0.1, last_argument, last_argument, las…
  |               ^^^^^^ too high`},
		{"cut at its end", long, "model", "", Style{Width: 40}, `
7 | model = build(first_argument, first…
  | ^^^^^`},
		{"cut at its beginning", long, ", )", "", Style{Width: 40}, `
7 | …nt, last_argument, last_argument, )
  |                                  ^^^`},
		{"mark longer than the line", long, long, "all", Style{Width: 40}, `
7 | model = build(first_argument, first…
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  | all`},
		{"escape sequences", "\x1b[1mlr\x1b[0m = \x1b]0;title\x070.1", "0.1", "", Style{Width: 50}, `
7 | lr = 0.1
  |      ^^^`},
	} {
		l := nnvet.Location{File: "a.py", Line: 7}
		if c.piece != "" {
			l.Col = strings.Index(c.line, c.piece) + 1
			l.EndLine, l.EndCol = 7, l.Col+len(c.piece)
		}
		p := newPage(c.style)
		p.code(nnvet.Finding{Severity: nnvet.Error, Source: l, Label: c.label}, c.line, 1)
		got := strings.TrimSuffix(strings.TrimPrefix(p.b.String(), "  |"), "\n  |\n")
		if got != c.want {
			t.Errorf("%s: got%s\nwant%s", c.name, got, c.want)
		}
	}
}

func TestHunks(t *testing.T) {
	lines := "import a\nx = f(1,\n      2)\nreturn x"
	edit := func(line, col, endLine, endCol int, text string) nnvet.Edit {
		return nnvet.Edit{At: nnvet.Location{File: "a.py", Line: line, Col: col, EndLine: endLine, EndCol: endCol}, New: text}
	}
	for _, c := range []struct {
		name  string
		edits []nnvet.Edit
		want  string
	}{
		{"one", []nnvet.Edit{edit(4, 8, 4, 9, "y")}, "4 -return x +return y"},
		{"two in a line", []nnvet.Edit{edit(2, 7, 2, 8, "10"), edit(2, 1, 2, 2, "yy")}, "2 -x = f(1, +yy = f(10,"},
		{"over lines", []nnvet.Edit{edit(2, 5, 3, 9, "g()")}, "2 -x = f(1,|      2) +x = g()"},
		{"insert a line", []nnvet.Edit{edit(1, 1, 1, 1, "import b\n")}, "1 -import a +import b|import a"},
		{"apart", []nnvet.Edit{edit(4, 8, 4, 9, "y"), edit(1, 8, 1, 9, "b")}, "1 -import a +import b, 4 -return x +return y"},
		{"a line out", []nnvet.Edit{edit(3, 9, 4, 9, "")}, "4 -return x +"},
		{"adjoining lines", []nnvet.Edit{edit(2, 5, 3, 9, "g()"), edit(3, 9, 3, 9, " # two")}, "2 -x = f(1,|      2) +x = g() # two"},
		{"overlapping", []nnvet.Edit{edit(4, 1, 4, 5, "a"), edit(4, 3, 4, 9, "b")}, ""},
		{"past the end", []nnvet.Edit{edit(9, 1, 9, 2, "a")}, ""},
		{"past the line", []nnvet.Edit{edit(4, 1, 4, 99, "a")}, ""},
		{"backwards", []nnvet.Edit{edit(4, 5, 4, 2, "a")}, ""},
		{"no columns", []nnvet.Edit{edit(4, 0, 4, 0, "a")}, ""},
	} {
		v := look(&Report{Source: source("a.py", lines)})
		var got []string
		for _, h := range v.hunks(c.edits) {
			got = append(got, count(h.line, "")[:1]+" -"+strings.Join(h.old, "|")+" +"+strings.Join(h.new, "|"))
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s: got %q, want %q", c.name, s, c.want)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                         "plain",
		"a\tb\r\nc\rd\u2028e":           "a b c d e",
		"\x1b[1;31mred\x1b[m":           "red",
		"\x1b]8;;http://x\x1b\\l\x1b]8": "l8",
		"\x1b]0;never ends":             "0;never ends",
		"\u009b31mred":                  "red",
		"\x1bcreset \x1b(B":             "reset B",
		"\x1b":                          "",
		"nul\x00 del\x7f bell\x07":      "nul del bell",
		"\u202egnp.exe":                 "gnp.exe",
		"e\u0301\u0301\u0301\u0301":     "e\u0301\u0301",
		"bad \xff utf-8":                "bad \ufffd utf-8",
		strings.Repeat("x", 500):        strings.Repeat("x", 400) + "…",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q): got %q, want %q", in, got, want)
		}
		if again := clean(clean(in)); again != clean(in) && len(in) < maxText {
			t.Errorf("clean(%q) changes when cleaned again: %q", in, again)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		v         float64
		num, sci  string
		asPercent string
	}{
		{0, "0", "0e0", "0.0 %"},
		{math.Copysign(0, -1), "0", "-0e0", "-0.0 %"},
		{0.1, "0.1", "1e-1", "10.0 %"},
		{0.0123456, "0.0123", "1.2e-2", "1.2 %"},
		{3.14e-7, "3.1e-7", "3.1e-7", "0.0 %"},
		{-78.61, "-78.6", "-7.9e1", "-7861.0 %"},
		{999.6, "1000", "1e3", "99960.0 %"},
		{4096, "4096", "4.1e3", "409600.0 %"},
		{20640.5, "20640", "2.1e4", "2064050.0 %"},
		{123456, "123456", "1.2e5", "12345600.0 %"},
		{1.25e9, "1.2e9", "1.2e9", "125000000000.0 %"},
		{math.NaN(), "NaN", "NaN", "NaN"},
		{math.Inf(1), "inf", "inf", "inf"},
		{math.Inf(-1), "-inf", "-inf", "-inf"},
	} {
		if got := num(c.v); got != c.num {
			t.Errorf("num(%v): got %s, want %s", c.v, got, c.num)
		}
		if got := sci(c.v); got != c.sci {
			t.Errorf("sci(%v): got %s, want %s", c.v, got, c.sci)
		}
		if got := percent(c.v); got != c.asPercent {
			t.Errorf("percent(%v): got %s, want %s", c.v, got, c.asPercent)
		}
	}
}

func TestSpark(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name   string
		steps  []int64
		values []float64
		want   string
	}{
		{"rising", nil, []float64{0, 1, 2, 3, 4, 5, 6, 7}, "▁▂▃▄▅▆▇█"},
		{"a spike does not disappear", nil, []float64{1, 1, 1, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, "▁█▁▁▁▁▁▁"},
		{"three decades", nil, []float64{1, 10, 100, 1000}, "▁▁▃▃▆▆██"},
		{"flat", nil, []float64{2, 2, 2, 2}, "▁▁▁▁▁▁▁▁"},
		{"breaks and stays broken", nil, []float64{1, 2, nan, nan, nan, nan, inf, nan}, "▁█✗·····"},
		{"breaks once", nil, []float64{1, 2, inf, 1, 2, 1, 2, 1}, "▁█✗▁█▁█▁"},
		{"all broken", nil, []float64{nan, nan}, "✗·······"},
		{"starts late", []int64{4, 6}, []float64{1, 2}, "    ▁▁█"},
		{"ends early", []int64{0, 2}, []float64{1, 2}, "▁▁█     "},
		{"huge", nil, []float64{-math.MaxFloat64, math.MaxFloat64}, "▁▁▁▁▁▁▁▁"},
		{"one", nil, []float64{1}, "        "},
	} {
		last := int64(7)
		if c.steps == nil {
			for i := range c.values {
				c.steps = append(c.steps, int64(i))
			}
			last = int64(len(c.values) - 1)
		}
		s := &nnvet.Series{Steps: c.steps, Values: c.values, Every: 1}
		if got := spark(s, last, 8, scale(c.values)); strings.TrimRight(got, " ") != strings.TrimRight(c.want, " ") {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAxis(t *testing.T) {
	for _, c := range []struct {
		v, lo, hi float64
		want      string
	}{
		{1, 0.1, 10, "0.01 ···┊··●··┊··· 100"},
		{78, 0.3, 3, "0.01 ····┊·┊··●··· 1000"},
		{-5, 0, 1, "-5 ●·········┊·┊ 1"},
		{0, 0.1, 10, "0.01 ●··┊·····┊··· 100"},
		{math.NaN(), 0.1, 10, "0.01 ···┊·····┊··✗ 100"},
		{math.Inf(1), 0.1, 10, "0.01 ···┊·····┊··✗ 100"},
		{math.Inf(-1), 0.1, 10, "0.01 ✗··┊·····┊··· 100"},
	} {
		a := axisAround(c.lo, c.hi, c.v, 13)
		if got := num(a.lo) + " " + a.draw(c.v, c.lo, c.hi) + " " + num(a.hi); got != c.want {
			t.Errorf("axis of %v in %v..%v: got %q, want %q", c.v, c.lo, c.hi, got, c.want)
		}
	}
}

func TestWorstLayers(t *testing.T) {
	f := func(v float64) *float64 { return &v }
	rows := []row{{name: "fine", act: f(1)}, {name: "large", act: f(1e5)}, {name: "found", severity: nnvet.Warning}, {name: "nan", grad: f(math.NaN())}, {name: "dead", dead: f(0.9)}, {name: "small", grad: f(1e-9)}}
	for n, want := range []string{"", "found", "found nan", "large found nan", "large found nan small", "large found nan dead small", "fine large found nan dead small"} {
		var got []string
		for _, r := range worst(slices.Clone(rows), n) {
			got = append(got, r.name)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("the worst %d: got %q, want %q", n, s, want)
		}
	}
}
