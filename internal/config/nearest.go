package config

import (
	"fmt"
	"strings"
)

// Meant returns `; did you mean "lr-too-high"?` with the known name that is
// nearest to an unknown one, or "" where none is near.
func Meant(name string, known []string) string {
	if n := nearest(name, known); n != "" {
		return fmt.Sprintf("; did you mean %q?", n)
	}
	return ""
}

// nearest returns the known name at the smallest edit distance, if that is at
// most a third of the name's length or two, or else one that contains the name.
func nearest(name string, known []string) string {
	const longest = 64 // no name is longer, so nothing is near
	if name == "" || len(name) > longest {
		return ""
	}
	name = strings.ToLower(name)
	best, at := "", max(2, len(name)/3)+1
	for _, k := range known {
		if d := distance(name, strings.ToLower(k)); d < at {
			best, at = k, d
		}
	}
	for _, k := range known {
		if best == "" && strings.Contains(strings.ToLower(k), name) {
			best = k
		}
	}
	return best
}

// distance returns the number of bytes to insert, delete or replace between a
// and b (Levenshtein 1966).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
