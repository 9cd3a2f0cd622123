package dataset

import "strings"

// windows1252 are the characters of the bytes 0x80 to 0x9f, where Windows-1252
// differs from Latin-1 (WHATWG Encoding Standard); the five that it leaves
// open are control characters.
var windows1252 = [32]rune{
	'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8d, 'Ž', 0x8f,
	0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9d, 'ž', 'Ÿ',
}

// fromWestern returns the text of bytes that are not UTF-8, as Windows-1252:
// what programs in western Europe and America wrote before, and the superset
// of Latin-1. No bytes are wrong in it.
func fromWestern(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		switch {
		case c >= 0x80 && c < 0xa0:
			s.WriteRune(windows1252[c-0x80])
		default:
			s.WriteRune(rune(c))
		}
	}
	return s.String()
}
