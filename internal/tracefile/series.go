package tracefile

import (
	"math"
	"slices"

	"github.com/nnvet/nnvet"
)

// maxSeries bounds the series of a file: a network of 20 000 layers has fewer.
const maxSeries = 1 << 20

// add records a value. One whose step is not past the last of its series is
// left out, and counted unless it is there already.
func (r *Reader) add(q nnvet.Quantity, site, split string, step int64, v float64) {
	k := nnvet.Key{Quantity: q, Site: site, Split: split}
	if r.b.Len() >= maxSeries && r.b.Series(k) == nil {
		r.crowded = true
		return
	}
	if err := r.b.Add(k, step, v); err != nil && !has(r.b.Series(k), step, v) {
		if r.left == 0 {
			r.leftOf = k
		}
		r.left++
	}
}

// has reports whether a series holds just this value.
func has(s *nnvet.Series, step int64, v float64) bool {
	i, ok := slices.BinarySearch(s.Steps, step)
	return ok && s.Every == 1 && (s.Values[i] == v || math.IsNaN(v) && math.IsNaN(s.Values[i]))
}

func (r *Reader) addCount(q nnvet.Quantity, step int64, n *int64) {
	if n != nil {
		r.add(q, "", "", step, float64(*n))
	}
}

func (r *Reader) addValue(q nnvet.Quantity, site, split string, step int64, v *number) {
	if v != nil {
		r.add(q, site, split, step, float64(*v))
	}
}

func (r *Reader) addFrom(q nnvet.Quantity, site string, step int64, column floats, j int) {
	if column != nil {
		r.add(q, site, "", step, column[j])
	}
}

// at returns a value of a column, or NaN where it is absent.
func at(column floats, j int) float64 {
	if column == nil {
		return math.NaN()
	}
	return column[j]
}

// speaks reports whether a head is the one that a series of the whole run is
// taken from: the first that had a value.
func (r *Reader) speaks(q nnvet.Quantity, split string, head *int64) bool {
	h := int64(-1)
	if head != nil {
		h = *head
	}
	k := nnvet.Key{Quantity: q, Split: split}
	first, ok := r.speakers[k]
	if !ok {
		r.speakers[k] = h
	}
	return !ok || first == h
}
