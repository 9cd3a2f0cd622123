package subject

import "strings"

// plainCharacters are what a shell takes as it is, besides letters and digits.
const plainCharacters = "-_./=:,+@%"

// shell returns a command as one types it: words in which a shell would see
// more than their characters are quoted.
func shell(argv ...string) string {
	words := make([]string, len(argv))
	for i, a := range argv {
		words[i] = a
		if a == "" || strings.ContainsFunc(a, special) {
			words[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}

func special(r rune) bool {
	letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r > 127
	return !letter && !strings.ContainsRune(plainCharacters, r)
}
