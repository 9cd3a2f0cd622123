package survey

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
)

// A cloud is points of one dimension: the columns of each, after each other.
type cloud struct {
	group   string
	dim     int
	columns []int
}

// clouds returns the points among the columns: of each group that was declared,
// or else of all.
func clouds(d Data) []cloud {
	var out []cloud
	for _, g := range d.Groups {
		if c := declared(d, g); c != nil {
			c.group = g.Name
			out = append(out, *c)
		}
	}
	if len(d.Groups) > 0 || d.Names == nil {
		return out
	}
	all := make([]int, len(d.Names))
	for i := range all {
		all[i] = i
	}
	if c := named(d.Names, all); c != nil {
		out = append(out, *c)
	}
	return out
}

// declared returns the points of a group: by names, or, where there are none,
// in threes or twos.
func declared(d Data, g nnvet.ColumnGroup) *cloud {
	var columns []int
	for _, name := range g.Columns {
		i := slices.Index(d.Names, name)
		if n, err := strconv.Atoi(name); i < 0 && err == nil && n >= 0 && n < d.Columns {
			i = n
		}
		if i < 0 {
			return nil
		}
		columns = append(columns, i)
	}
	if d.Names != nil {
		return named(d.Names, columns)
	}
	for _, dim := range []int{3, 2} {
		if len(columns)%dim == 0 && len(columns) >= 2*dim {
			return &cloud{dim: dim, columns: columns}
		}
	}
	return nil
}

// named returns the points that names tell: two at least, with x and y, and z
// where two or more of them have it.
func named(names []string, columns []int) *cloud {
	type point [3]int // column + 1 of x, y and z
	points := make(map[string]*point)
	var stems []string
	for _, c := range columns {
		if c >= len(names) {
			continue
		}
		stem, axis, ok := axis(names[c])
		if !ok {
			continue
		}
		if points[stem] == nil {
			points[stem] = new(point)
			stems = append(stems, stem)
		}
		points[stem][axis] = c + 1
	}
	for _, dim := range []int{3, 2} {
		found := &cloud{dim: dim}
		for _, stem := range stems {
			if p := points[stem][:dim]; !slices.Contains(p, 0) {
				for _, c := range p {
					found.columns = append(found.columns, c-1)
				}
			}
		}
		if len(found.columns) >= 2*dim {
			return found
		}
	}
	return nil
}

// axis tells which coordinate a name is of, and of what: "hip_x" and "hipX" are
// the x of "hip", "x1" that of "1". It takes "max" for a word.
func axis(name string) (stem string, which int, ok bool) {
	if name == "" {
		return "", 0, false
	}
	first, last := name[0], name[len(name)-1]
	if i := strings.IndexByte("xyz", last|0x20); i >= 0 {
		before := name[:len(name)-1]
		if before == "" || !letter(before[len(before)-1]) || upper(last) && !upper(before[len(before)-1]) {
			return before, i, true
		}
	}
	if i := strings.IndexByte("xyz", first|0x20); i >= 0 && len(name) > 1 && !letter(name[1]) {
		return name[1:], i, true
	}
	return "", 0, false
}

func letter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' || b >= 0x80 }

func upper(b byte) bool { return b >= 'A' && b <= 'Z' }
