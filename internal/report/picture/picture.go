package picture

import (
	"strings"

	"github.com/nnvet/nnvet"
)

// A Picture is one drawing, with the same figures as a sentence and as a table.
type Picture struct {
	Name     string        // "feature-scale": stable, and unique among a pitfall's pictures
	Pitfall  nnvet.Pitfall // 0 where it is of the whole run
	Title    string
	Sentence string // its figures: the caption, and what is read instead of it
	SVG      string // one element, whose ids begin with Name; see [Picture.On]
	Table    Table
}

// A Table is the figures of a picture.
type Table struct {
	Head []string
	Rows [][]string
}

// On returns the drawing with ids that begin with a prefix, so that a page can
// hold many. The prefix is of letters, digits and hyphens.
func (p Picture) On(prefix string) string {
	return strings.NewReplacer(`="pic-`+p.Name+"-", `="`+prefix+"-", ` pic-`+p.Name+"-desc\"", ` `+prefix+"-desc\"").Replace(p.SVG)
}
