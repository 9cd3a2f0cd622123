package normalization

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// An intake is what the checked columns of an input look like.
type intake struct {
	cols      []nnvet.Column // sorted by std
	all       nnvet.Moments
	spread    float64 // decades between the smallest and the largest std
	scale     float64 // log10 of the root mean square
	dominance float64 // the largest variance over the mean variance
}

// dense returns the columns that standardizing is meant for: they vary, and
// are neither flags nor mostly zero.
func dense(cols []nnvet.Column, sparse float64) []nnvet.Column {
	return slices.DeleteFunc(cols, func(c nnvet.Column) bool {
		zeros := float64(c.Zeros) / float64(c.N)
		return !(c.Std > 0) || c.Constant() || c.Binary() || zeros > sparse
	})
}

func survey(x *nnvet.Profile, cols []nnvet.Column) intake {
	slices.SortStableFunc(cols, func(a, b nnvet.Column) int { return cmp.Compare(a.Std, b.Std) })
	in := intake{cols: cols}
	var variance float64
	for _, c := range cols {
		in.all = in.all.Merge(c.Moments)
		variance += c.Std * c.Std / float64(len(cols))
	}
	smallest, largest := cols[0].Std, cols[len(cols)-1].Std
	in.spread = math.Log10(largest / smallest)
	in.scale = math.Log10(in.all.RMS())
	in.dominance = largest * largest / variance
	return in
}

// pooled returns columns with every declared group in one, of the index -1:
// what is small within it is meant to be.
func pooled(t *nnvet.Trace, cols []nnvet.Column) []nnvet.Column {
	grouped := make([]bool, len(cols))
	var out []nnvet.Column
	for _, f := range t.Declared.Families(cols) {
		if !f.Declared {
			continue
		}
		g := nnvet.Column{Index: -1, Name: f.Name}
		variance := 0.0
		for _, i := range f.Members {
			grouped[i] = true
			g.Moments = g.Merge(cols[i].Moments)
			variance += cols[i].Std * cols[i].Std / float64(len(f.Members))
		}
		g.Std = math.Sqrt(variance) // about the means of each
		out = append(out, g)
	}
	for i, c := range cols {
		if !grouped[i] {
			out = append(out, c)
		}
	}
	return out
}

// normalizes reports whether the network begins with a layer that brings every
// row to one scale, and whether it does so for every column.
func normalizes(t *nnvet.Trace) (rows, columns bool) {
	for _, l := range t.Layers {
		switch k := l.Kind; {
		case !l.Leaf, k == "Flatten", k == "Unflatten", k == "Identity", strings.HasPrefix(k, "Dropout"):
			continue
		case strings.Contains(k, "BatchNorm"), strings.Contains(k, "InstanceNorm"), strings.HasPrefix(k, "Embedding"):
			return true, true
		default:
			return k == "LayerNorm" || k == "GroupNorm" || k == "RMSNorm", false
		}
	}
	return false, false
}

// pictures reports whether the inputs are images or waves in a usual range,
// and reach the ends of it: a dark picture has some light.
func pictures(x *nnvet.Profile, all nnvet.Moments) bool {
	const light = 0.2 // of the range; less is five times too small or more
	return x.Layout == "channels" && all.Min >= -1 && all.Max <= 1 && math.Max(-all.Min, all.Max) >= light
}

// alike reports whether one mean and one deviation do for all columns: those of
// an image, of a wave, of pixels laid flat and of inputs without columns are
// numbers of one kind. The columns of a table are not, however near their
// deviations are: a year beside what has a mean of 0 is still to be centred.
func alike(x *nnvet.Profile, in intake) bool {
	return x.Of == 1 || x.Layout == "channels" || x.Layout == "values" || nnvet.Pixels(in.cols) || bytes(in.all)
}

// from1 returns how many decades the root mean square of a column lies from 1.
func from1(c nnvet.Column) float64 { return math.Abs(math.Log10(c.RMS())) }

// furthest returns the column that is furthest from the usual scale.
func (in intake) furthest() nnvet.Column {
	return slices.MaxFunc(in.cols, func(a, b nnvet.Column) int { return cmp.Compare(from1(a), from1(b)) })
}

// off returns the columns that are to be scaled so that none is half of a limit,
// in decades, from the usual scale.
func (in intake) off(limit float64) []nnvet.Column {
	return slices.DeleteFunc(slices.Clone(in.cols), func(c nnvet.Column) bool { return from1(c) <= limit/2 })
}

// bytes reports whether inputs are the numbers from 0 to 255, and nearly all
// of them, which whole numbers of another kind would rarely be.
func bytes(all nnvet.Moments) bool {
	return all.Whole && all.Min >= 0 && all.Min < 5 && all.Max > 250 && all.Max <= 255
}

// culprits returns the columns without which the others, and columns of the
// usual scale, would lie within the limit: those that are further than half of
// it from the median. It returns none where the median itself is off.
func culprits(in intake, limit float64) []nnvet.Column {
	var decades []float64
	for _, c := range in.cols {
		decades = append(decades, math.Log10(c.Std))
	}
	median := stat.Median(decades)
	if math.Abs(median) > limit/2 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(in.cols), func(c nnvet.Column) bool {
		return math.Abs(math.Log10(c.Std)-median) <= limit/2
	})
}
