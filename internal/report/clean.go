package report

import (
	"fmt"
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// maxText bounds a piece of foreign text, in characters, so that one long name
// cannot flood a report.
const maxText = 400

// clean returns foreign text (names, messages, paths) as one line that cannot
// steer a terminal: no escape sequences, control or direction characters, and
// no more than maxText characters.
func clean(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range visible(s) {
		if r == '\t' || r == '\n' {
			r = ' '
		}
		if n++; n > maxText {
			b.WriteRune('…')
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}

// visible yields the characters of foreign text that may be shown, each with
// the byte that it starts at. It leaves out escape sequences, control
// characters but tab and newline, invisible format characters such as those
// that change the direction of text, and all but two marks on one letter.
func visible(s string) iter.Seq2[int, rune] {
	return func(yield func(int, rune) bool) {
		marks := 0
		for i := 0; i < len(s); {
			if n := escape(s[i:]); n > 0 {
				i += n
				continue
			}
			r, n := utf8.DecodeRuneInString(s[i:])
			at := i
			i += n
			if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) {
				marks++
			} else {
				marks = 0
			}
			switch {
			case r == '\r' && strings.HasPrefix(s[i:], "\n"), marks > 2:
				continue
			case r == '\r' || unicode.In(r, unicode.Zl, unicode.Zp):
				r = '\n'
			case r != '\t' && r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf):
				continue
			}
			if !yield(at, r) {
				return
			}
		}
	}
}

// escape returns the length of the terminal escape sequence (ECMA-48) that s
// begins with, or 0. Of one that does not end it is the introducer alone.
func escape(s string) int {
	var kind byte
	n := 2
	switch {
	case len(s) >= 2 && s[0] == 0x1b:
		kind = s[1]
	case strings.HasPrefix(s, "\u009b"):
		kind = '['
	case strings.HasPrefix(s, "\u009d"):
		kind = ']'
	default:
		return 0
	}
	switch kind {
	case '[': // parameters and intermediates, then one final byte
		for n < len(s) && s[n] >= 0x20 && s[n] <= 0x3f {
			n++
		}
		if n < len(s) && s[n] >= 0x40 && s[n] <= 0x7e {
			n++
		}
	case ']', 'P', 'X', '^', '_': // a string up to BEL or ST
		for i := n; i < len(s); i++ {
			if s[i] == 0x07 {
				return i + 1
			}
			if strings.HasPrefix(s[i:], "\x1b\\") {
				return i + 2
			}
		}
	}
	return n
}

// plainer says what stands for a character in ASCII. All but the ellipsis,
// the arrow and the signs of comparison take the same room.
var plainer = map[rune]string{
	'▁': "_", '▂': ".", '▃': "-", '▄': "-", '▅': "=", '▆': "=", '▇': "*", '█': "#",
	'✗': "X", '✓': "+", '·': ".", '●': "o", '┊': ":", '…': "..", '→': "->", '±': "+-", '×': "x", '≥': ">=", '≤': "<=",
}

// fold returns s without any byte above 127: what has no likeness becomes its
// escape, \u00e8.
func fold(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch likeness, ok := plainer[r]; {
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		case ok:
			b.WriteString(likeness)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}

// terminal measures characters as most terminals do. It is no default of the
// library, because that asks the environment.
var terminal = &runewidth.Condition{StrictEmojiNeutral: true}

// width returns the columns that s takes.
func width(s string) int {
	n := 0
	for _, r := range s {
		n += terminal.RuneWidth(r)
	}
	return n
}

// between returns the columns [from, to) of s. Half of a wide character is a space.
func between(s string, from, to int) string {
	var b strings.Builder
	at := 0
	for _, r := range s {
		n := terminal.RuneWidth(r)
		switch {
		case at >= from && at+n <= to:
			b.WriteRune(r)
		case at < to && at+n > from:
			b.WriteString(strings.Repeat(" ", min(at+n, to)-max(at, from)))
		}
		at += n
	}
	return b.String()
}

// fit returns the beginning of s that takes at most n columns.
func fit(s string, n int) string {
	for i, r := range s {
		if n -= terminal.RuneWidth(r); n < 0 {
			return s[:i]
		}
	}
	return s
}

// pad returns s with spaces behind it up to n columns, lpad before it.
func pad(s string, n int) string  { return s + spaces(n-width(s)) }
func lpad(s string, n int) string { return spaces(n-width(s)) + s }

func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }
