package checks

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
)

//go:embed words.md
var words string

// A Word is one that pages and reports use in a sense of their own.
type Word struct {
	Name string // "skill"
	Text string // Markdown
}

// Words returns what the page of words explains, in its order.
func Words() []Word {
	var out []Word
	for _, section := range strings.Split(words, "\n## ")[1:] {
		name, text, _ := strings.Cut(section, "\n")
		out = append(out, Word{name, strings.TrimSpace(text)})
	}
	return out
}

// FindWord returns the word of that name, with spaces, dashes or neither, in
// either case.
func FindWord(name string) (Word, bool) {
	for _, w := range Words() {
		if plain(w.Name) == plain(name) {
			return w, true
		}
	}
	return Word{}, false
}

// terms are the words that a reader of a check's page cannot guess. The others
// are common ones, which pages use in their common sense too.
var terms = regexp.MustCompile(`(?i)\b(?:skill|best constant)\b`)

// WordsIn returns the terms that a page uses, outside of what is code in it:
// the names of limits.
func WordsIn(page string) []Word {
	var out []Word
	for _, name := range terms.FindAllString(code.ReplaceAllString(page, ""), -1) {
		if w, ok := FindWord(name); ok && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// code matches a line of code, and a span of it.
var code = regexp.MustCompile("(?m)^    .*$|`[^`]+`")
