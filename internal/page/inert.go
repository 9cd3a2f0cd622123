package page

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// hidden reports whether a character steers instead of being seen: what
// controls a terminal, or turns the text around it. Foreign names hold such.
func hidden(r rune) bool {
	if ' ' <= r && r <= '~' || r == '\n' || r == '\t' {
		return false
	}
	const mostPlanes = 0xffff // the only format characters above it are shorthand and musical
	return r <= mostPlanes && (unicode.In(r, unicode.Cc, unicode.Bidi_Control) || unicode.In(r, unicode.Zl, unicode.Zp))
}

// inert returns a page without such characters, and without bytes that are no
// text. It is the last thing that is done to a page, so that nothing that a
// template shows can be forgotten.
func inert(page []byte) []byte {
	if utf8.Valid(page) && bytes.IndexFunc(page, hidden) < 0 {
		return page
	}
	return bytes.Map(func(r rune) rune {
		if hidden(r) {
			return -1
		}
		return r
	}, bytes.ToValidUTF8(page, []byte(string(utf8.RuneError))))
}
