package picture

import (
	"html"
	"strings"
	"unicode"
)

// The sizes of letters, in units of the drawing.
const (
	fontSize  = 12.0
	smallSize = 11.0
)

// bold classes are set in heavier letters, which are wider.
var bold = map[string]bool{"tyours": true, "tuse": true}

// sizeOf returns the size of the letters of a class.
func sizeOf(class string) float64 {
	if class == "tick" || class == "axis" || strings.HasPrefix(class, "cell") {
		return smallSize
	}
	return fontSize
}

// width returns how wide a text is at most, so that what is placed by it never
// collides: in DejaVu Sans, the widest of the fonts that the style names.
func width(class, s string) float64 {
	em := 0.0
	for _, r := range s {
		em += advance(r)
	}
	if bold[class] {
		em *= 1.1
	}
	return em * sizeOf(class)
}

// advance returns the width of a letter in ems.
func advance(r rune) float64 {
	switch {
	case strings.ContainsRune("ijlI.,:;'| !", r):
		return 0.34
	case strings.ContainsRune("ftr()[]-/\\\"", r):
		return 0.42
	case strings.ContainsRune("mwMW%@=+<>±−≤≥×→≈∞", r):
		return 0.99
	case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r):
		return 0
	case unicode.IsUpper(r):
		return 0.78
	case r < 0x600:
		return 0.64
	case r < 0x2e80:
		return 0.9
	}
	return 1.3 // wide letters and emoji
}

// cut shortens a text to a width, with an ellipsis where something is gone.
func cut(class, s string, most float64) string {
	if width(class, s) <= most {
		return s
	}
	rs := []rune(s)
	for n := min(len(rs), int(most)); n > 0; n-- {
		if short := isolate(strings.TrimRight(string(rs[:n]), " ") + "…"); width(class, short) <= most {
			return short
		}
	}
	return ""
}

// cutFront shortens a dotted name from its front, where names of layers are alike.
func cutFront(class, s string, most float64) string {
	if width(class, s) <= most {
		return s
	}
	rs := []rune(s)
	for n := min(len(rs), int(most)); n > 0; n-- {
		if short := isolate("…" + string(rs[len(rs)-n:])); width(class, short) <= most {
			return short
		}
	}
	return ""
}

// maxName bounds a name from a trace, in letters.
const maxName = 60

// clean makes a foreign text safe to stand in a line: it has no control
// characters and nothing that turns the text around it, and it is short.
func clean(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		switch {
		case n == maxName:
			b.WriteRune('…')
			return isolate(b.String())
		case r == '\n', r == '\t', r == '\r':
			r = ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), r == unicode.ReplacementChar, r&0xfffe == 0xfffe:
			continue
		}
		b.WriteRune(r)
		n++
	}
	return isolate(b.String())
}

// The marks that keep letters that run from right to left to themselves.
const openIsolate, closeIsolate = "\u2068", "\u2069"

// isolate keeps a text that holds letters from right to left from reordering
// what stands beside it.
func isolate(s string) string {
	s = strings.NewReplacer(openIsolate, "", closeIsolate, "").Replace(s)
	if strings.IndexFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko)
	}) < 0 {
		return s
	}
	return openIsolate + s + closeIsolate
}

func escape(s string) string { return html.EscapeString(s) }
