// Package plural writes a number of things: "1 row", "2 rows", "3 classes".
package plural

import (
	"fmt"
	"strings"
)

// Of returns a number with the word for so many things, whose singular is given.
// The words of nnvet are regular, but for those that end in s.
func Of[N int | int64](n N, thing string) string {
	switch {
	case n == 1:
		return "1 " + thing
	case strings.HasSuffix(thing, "s"):
		thing += "e"
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
