package tracefile

import (
	"cmp"
	"slices"

	"github.com/nnvet/nnvet"
)

// profiles gathers batches of data, and merges those of one kind. The zero
// profiles is ready to use.
type profiles struct {
	order []*profile
	byKey map[profileKey]*profile
}

// A profileKey tells profiles apart. Data that is laid out differently, or has
// another number of columns, is not the same data.
type profileKey struct {
	role        nnvet.Role
	split, site string
	layout      string
	columns     int
}

// A profile grows, in time that depends only on what is added.
type profile struct {
	nnvet.Profile
	column map[int]int // where each column stands, by its index
}

// add merges p into the profile of its kind.
func (ps *profiles) add(p nnvet.Profile) {
	k := profileKey{p.Role, p.Split, p.Site, p.Layout, p.Of}
	old := ps.byKey[k]
	if old == nil {
		if ps.byKey == nil {
			ps.byKey = make(map[profileKey]*profile)
		}
		old = &profile{Profile: p, column: make(map[int]int, len(p.Columns))}
		old.Rows, old.Columns, old.Classes, old.Ranges, old.RowSums = 0, nil, nil, nnvet.Ranges{}, nil
		ps.byKey[k] = old
		ps.order = append(ps.order, old)
	}
	old.merge(p)
}

func (old *profile) merge(p nnvet.Profile) {
	old.Rows += p.Rows
	old.Total = max(old.Total, p.Total)
	old.Ranges = old.Ranges.Merge(p.Ranges)
	old.RowSums = old.RowSums.Union(p.RowSums)
	for _, c := range p.Columns {
		i, ok := old.column[c.Index]
		if !ok {
			old.column[c.Index] = len(old.Columns)
			old.Columns = append(old.Columns, c)
			continue
		}
		old.Columns[i].Moments = old.Columns[i].Merge(c.Moments)
	}
	for i, n := range p.Classes { // as many in all profiles of a kind
		if i == len(old.Classes) {
			old.Classes = append(old.Classes, 0)
		}
		old.Classes[i] += n
	}
}

// list returns the profiles so far, with columns in the order of their
// indices. Later additions do not change them.
func (ps *profiles) list() []nnvet.Profile {
	var out []nnvet.Profile
	for _, p := range ps.order {
		c := p.Profile
		c.Columns, c.Classes = slices.Clone(c.Columns), slices.Clone(c.Classes)
		slices.SortFunc(c.Columns, func(a, b nnvet.Column) int { return cmp.Compare(a.Index, b.Index) })
		out = append(out, c)
	}
	return out
}
