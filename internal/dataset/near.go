package dataset

import (
	"fmt"
	"strings"
)

// meant returns `; did you mean "price"?` with the name that shares the most
// pairs of letters with one that is not there (Dice's coefficient), or a list
// of the names where none is near.
func meant(name string, names []string) string {
	const near, listed, longest = 0.4, 10, 256
	if len(name) > longest {
		return ""
	}
	best, at := 0.0, ""
	mine := pairsOf(name)
	for _, n := range names[:min(len(names), 10_000)] {
		if score := dice(mine, pairsOf(n[:min(len(n), longest)])); score > best {
			best, at = score, n
		}
	}
	switch {
	case best >= near:
		return fmt.Sprintf("; did you mean %q?", at)
	case len(names) == 0:
		return ""
	case len(names) > listed:
		return fmt.Sprintf("; there are %s and %d more", strings.Join(names[:listed], ", "), len(names)-listed)
	}
	return "; there is " + strings.Join(names, ", ")
}

// pairsOf counts the pairs of neighbours in a text, its ends included.
func pairsOf(s string) map[[2]rune]int {
	counts := make(map[[2]rune]int)
	before := ' '
	for _, r := range strings.ToLower(s) + " " {
		counts[[2]rune{before, r}]++
		before = r
	}
	return counts
}

// dice returns twice the shared pairs over all pairs: 1 for equal texts.
func dice(a, b map[[2]rune]int) float64 {
	shared, all := 0, 0
	for p, n := range a {
		shared += min(n, b[p])
		all += n
	}
	for _, n := range b {
		all += n
	}
	return 2 * float64(shared) / float64(max(all, 1))
}
