package prepare

import (
	"fmt"
	"slices"

	"github.com/nnvet/nnvet/internal/dataset"
)

// A Transform says what becomes of a column's values before a network sees them.
type Transform string

// The transforms.
const (
	Standardize Transform = "standardize" // mean 0 and standard deviation 1 over the training rows
	MinMax      Transform = "minmax"      // 0 to 1 over the training rows; bytes of images by 255
	Log         Transform = "log"         // log(1+x), then standardized
	None        Transform = "none"        // as they are, with NaN where a number is missing
	OneHot      Transform = "onehot"      // a 0/1 feature for every level
	Index       Transform = "index"       // the number of the level, for an embedding
	Drop        Transform = "drop"        // left out
)

// Rest stands in a plan for the inputs that it does not name.
const Rest = "*"

// Transforms lists every transform.
func Transforms() []Transform {
	return []Transform{Standardize, MinMax, Log, None, OneHot, Index, Drop}
}

// transformsOf lists what columns of a kind can take. The first is the default.
func transformsOf(k dataset.Kind) []Transform {
	switch k {
	case dataset.Number:
		return []Transform{Standardize, MinMax, Log, None, OneHot, Index, Drop}
	case dataset.Category:
		return []Transform{OneHot, Index, None, Drop}
	case dataset.Date:
		return []Transform{calendar, Standardize, MinMax, None, Drop}
	case dataset.Array:
		return []Transform{Standardize, MinMax, Log, None, Index, Drop}
	}
	return []Transform{"", OneHot, Index, Drop} // Text is left out unless it is named
}

// calendar is the default of dates: the seconds standardized, and the parts of
// the calendar. It has no name in a plan, since it is what happens anyway.
const calendar Transform = "calendar"

// of returns the transform of an input, and whether the plan names it. One
// that stands for the rest holds where the kind of column can take it; numbers
// are made one-hot only by name, since few are levels, and free text becomes
// an input only by name, since hardly a level has rows to learn from.
func (p Plan) of(c *dataset.Column) (t Transform, named bool, err error) {
	can := transformsOf(c.Kind)
	if t, ok := p.Transforms[c.Name]; ok {
		if !slices.Contains(can, t) {
			err := fmt.Errorf("column %s: %s is not for a %v: it can take %s", c.Name, t, c.Kind, list(can))
			return "", true, about("transform."+c.Name, "", err)
		}
		return t, true, nil
	}
	t = p.Transforms[Rest]
	if t == "" || !slices.Contains(can, t) || t == OneHot && c.Kind == dataset.Number || c.Kind == dataset.Text && t != Drop {
		return can[0], false, nil
	}
	return t, t == Drop || t == None, nil
}

// list names the transforms that a plan can name.
func list(ts []Transform) string {
	var names []string
	for _, t := range ts {
		if slices.Contains(Transforms(), t) {
			names = append(names, string(t))
		}
	}
	return among(names)
}
