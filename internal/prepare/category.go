package prepare

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/plural"
)

// maxOneHot is how many levels get a feature of their own (convention; methods
// for levels of a nominal column).
const maxOneHot = 50

// categories turns levels into 0/1 features, or into their number.
type categories struct {
	Levels  []string `json:"levels"`
	Index   bool     `json:"index,omitempty"`   // one feature: the level's number from 1, or 0
	Other   bool     `json:"other,omitempty"`   // a 0/1 feature stands for the levels past maxOneHot, and for those that training did not see
	Missing bool     `json:"missing,omitempty"` // a 0/1 feature says what was missing
}

// fitCategories finds the levels of the training rows. It returns how many
// there were and in how many rows the most common stands, or a missing value.
func fitCategories(c *dataset.Column, train []int, index bool) (fitted *categories, all, common int) {
	found, missing := levelsOf(c, train, dataset.MaxLevels)
	all, common = len(found), missing
	for _, l := range found {
		common = max(common, l.rows)
	}
	k := &categories{Index: index}
	if !index && len(found) > maxOneHot {
		slices.SortStableFunc(found, func(a, b level) int { return cmp.Compare(b.rows, a.rows) })
		common := found[:maxOneHot]
		slices.SortFunc(common, func(a, b level) int { return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.name, b.name)) })
		k.Levels = levelNames(common)
		k.Other = true
	} else {
		k.Levels = levelNames(found)
	}
	k.Missing = !index && missing > 0 && len(k.Levels) > 1 // else one feature says both
	return k, all, common
}

// binary reports whether one feature tells two levels apart.
func (k *categories) binary() bool { return !k.Index && !k.Other && len(k.Levels) == 2 }

// levelWidth is how many features say which level it is.
func (k *categories) levelWidth() int {
	switch {
	case k.Index || k.binary():
		return 1
	case k.Other:
		return len(k.Levels) + 1
	}
	return len(k.Levels)
}

func (k *categories) width() int {
	if k.Missing {
		return k.levelWidth() + 1
	}
	return k.levelWidth()
}

func (k *categories) features(name string) []string {
	var out []string
	switch {
	case k.Index:
		return []string{name}
	case k.binary():
		out = []string{name + "=" + k.Levels[1]}
	default:
		for _, level := range k.Levels {
			out = append(out, name+"="+level)
		}
		if k.Other {
			out = append(out, name+" other")
		}
	}
	return withMissing(out, name, k.Missing)
}

func (k *categories) bind(c *dataset.Column) (writer, error) {
	find, ok := newCoder(c, k.Levels)
	if !ok {
		return nil, fmt.Errorf("column %s: %s, but categories in training", c.Name, holds(c))
	}
	return func(row int, dst []float32) error {
		k.write(find.at(row), dst)
		return nil
	}, nil
}

func (k *categories) write(level int32, dst []float32) {
	if k.Index {
		dst[0] = float32(max(level, -1) + 1)
		return
	}
	clear(dst)
	switch {
	case k.binary() && level >= 0:
		dst[0] = float32(level)
	case k.binary() && (level == unknown || !k.Missing):
		dst[0] = 0.5 // neither
	case level >= 0:
		dst[level] = 1
	case level == unknown && k.Other:
		dst[len(k.Levels)] = 1
	}
	if level == noValue && k.Missing {
		dst[len(dst)-1] = 1
	}
}

func (k *categories) unfamiliar(c *dataset.Column, rows []int, place func(int) string) string {
	find, ok := newCoder(c, k.Levels)
	if !ok {
		return ""
	}
	var strange, blank []int
	for _, row := range rows {
		switch find.at(row) {
		case unknown:
			strange = append(strange, row)
		case noValue:
			blank = append(blank, row)
		}
	}
	var found []string
	if len(strange) > 0 && !k.Other {
		found = append(found, fmt.Sprintf("%s that training did not see, the first in %s, %s", plural.Of(len(strange), "value"), place(strange[0]), textAt(c, strange[0])))
	}
	if len(blank) > 0 && !k.Missing && !k.Index && len(k.Levels) > 1 { // else there may have been some in training
		found = append(found, fmt.Sprintf("%s, none in training, the first in %s", plural.Of(len(blank), "missing value"), place(blank[0])))
	}
	if found == nil {
		return ""
	}
	return fmt.Sprintf("column %s: %s: treated as none of the known values", c.Name, strings.Join(found, "; "))
}

func (k *categories) check() error {
	switch {
	case len(k.Levels) == 0:
		return errors.New("no levels")
	case len(k.Levels) > dataset.MaxLevels:
		return fmt.Errorf("%d levels", len(k.Levels))
	case k.Index && (k.Other || k.Missing):
		return errors.New("an index with further features")
	}
	return unique("level", k.Levels)
}

func unique(thing string, names []string) error {
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if seen[name] {
			return fmt.Errorf("%s %.40q twice", thing, name)
		}
		seen[name] = true
	}
	return nil
}
