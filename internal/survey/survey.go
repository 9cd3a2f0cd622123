// Package survey works out what a sample of rows tells about a data set: the
// figures of [nnvet.Survey], which says how each of them is defined. It is not
// for moments of single columns, which a profile has of far more rows.
//
// It draws from a generator of its own with a fixed seed, so the same rows give
// the same survey.
package survey

import (
	"math"

	"github.com/nnvet/nnvet"
)

// What is looked at, at most.
const (
	mostRows    = 1500
	mostColumns = 256
	fewest      = 64      // rows of which there are figures
	mostHashed  = 1 << 26 // numbers of training rows that validation rows are compared with
)

// A Data is a data set whose inputs are rows of Columns numbers.
type Data struct {
	Site, Head string // of the survey
	Train, Val Split
	Columns    int
	Names      []string            // of the columns; nil where they are not known
	Groups     []nnvet.ColumnGroup // that were declared
	Order      []int32             // in which the training rows are fed; nil as they stand
	Channels   int                 // of an image whose pixels have them next to each other; 0 for what is none
	Indices    bool                // inputs are indices of tokens
	// Units is how much of what a person would measure an output in, degrees for
	// instance, one unit of it is; nil for 1. It matters to what comes round.
	Units []float64
	// Scale and Shift say what the numbers of columns were before they were scaled:
	// x*Scale + Shift; a Scale of 0 where that is not so. Both may be nil: as they
	// are. Whole numbers are told by them.
	Scale, Shift []float64
}

// A Split is some rows with their targets: Y holds as many numbers of each row,
// or Labels a class; both are nil where the targets are not known.
type Split struct {
	X, Y   []float32
	Labels []int32
	Rows   int
}

// Of returns the survey of a data set.
func Of(d Data) nnvet.Survey {
	s := nothing(d)
	if d.Columns < 1 || d.Train.Rows < 1 {
		return s
	}
	sample := draw(d.Train, d.Columns, d.Order)
	rows, repeated, contradicting := sample.distinct()
	s.Rows, s.Repeated, s.Contradicting = rows.n(), repeated, contradicting
	held := draw(d.Val, d.Columns, nil)
	s.Overlap = shared(d, rows, held)
	if rows.n() < fewest {
		return s
	}
	t := newTarget(rows)
	s.Order = t.order()
	if d.Indices {
		return s
	}
	table := newTable(d, rows)
	z := table.standardized()
	s.Columns = features(d, table, t)
	s.Covariance, s.Correlation, s.InputRank = conditions(table)
	s.TargetRank, s.TargetZ = t.rank(), t.furthest()
	near := nearest(z)
	s.Smooth = smoothness(t, near)
	s.Wraps = wraps(d, rows, near)
	against(&s.Overlap, table, newTable(d, held))
	s.Frames = frames(d, rows)
	s.Quaternions = quaternions(table)
	s.Brightness = brightness(d, rows)
	return s
}

// nothing is the survey in which nothing was measured.
func nothing(d Data) nnvet.Survey {
	nan := math.NaN()
	return nnvet.Survey{
		Site: d.Site, Head: d.Head, Of: d.Columns, Covariance: nan, Correlation: nan,
		TargetZ: nan, Smooth: nnvet.Smoothness{Ratio: nan, P: nan}, Order: nan, Brightness: nan,
		Overlap: nnvet.Overlap{Coverage: nan, Outside: nan, NewPairs: nan, AUC: nan},
	}
}
