package picture

import (
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// at returns the series of a quantity at a place, or nil. What is measured in
// layers and parameters has no split, or that of training.
func (s *subject) at(q nnvet.Quantity, site string) *nnvet.Series {
	if x := s.Series(nnvet.Key{Quantity: q, Site: site}); x.Len() > 0 {
		return x
	}
	if x := s.Series(nnvet.Key{Quantity: q, Site: site, Split: nnvet.Train}); x.Len() > 0 {
		return x
	}
	return nil
}

// steps returns the steps of a series as numbers.
func steps(s *nnvet.Series) []float64 {
	if s == nil {
		return nil
	}
	out := make([]float64, len(s.Steps))
	for i, v := range s.Steps {
		out[i] = float64(v)
	}
	return out
}

// weightOf returns a layer's largest parameter, or nil.
func (s *subject) weightOf(layer string) *nnvet.Param {
	var best *nnvet.Param
	most := 0
	for i := range s.Params {
		p := &s.Params[i]
		size := 1
		for _, n := range p.Shape {
			size *= n
		}
		if p.Layer == layer && (best == nil || size > most) {
			best, most = p, size
		}
	}
	return best
}

// losses returns the losses of training and of validation that compare with
// each other, either of which may be nil.
func (s *subject) losses() (train, val *nnvet.Series) {
	train = s.Series(nnvet.Key{Quantity: nnvet.Loss, Split: nnvet.Train})
	val = s.Series(nnvet.Key{Quantity: nnvet.Loss, Split: nnvet.Validation})
	if h, err := s.MainHead(); err == nil {
		if x := s.TrainLoss(h); x.Len() > 0 {
			train = x
		}
		if x := s.Series(nnvet.Key{Quantity: nnvet.HeadLoss, Site: h.Name, Split: nnvet.Validation}); x.Len() > 0 {
			val = x
		}
	}
	return train, val
}

// smoothed returns the values as the eye follows them: the mean of a window of
// a fiftieth of them about each. What is not finite stays, and counts for no other.
func smoothed(xs []float64) []float64 {
	half := len(xs) / 100
	if half == 0 {
		return xs
	}
	out := make([]float64, len(xs))
	sum, n := 0.0, 0
	from, to := 0, 0 // of the window, to not included
	for i, v := range xs {
		for ; to < min(len(xs), i+half+1); to++ {
			if stat.Finite(xs[to]) {
				sum, n = sum+xs[to], n+1
			}
		}
		for ; from < i-half; from++ {
			if stat.Finite(xs[from]) {
				sum, n = sum-xs[from], n-1
			}
		}
		if out[i] = v; stat.Finite(v) && n > 0 && stat.Finite(sum) {
			out[i] = sum / float64(n)
		}
	}
	return out
}

// first and last return the first and last value of a series, NaN without one.
func first(s *nnvet.Series) float64 {
	if s.Len() == 0 {
		return nan
	}
	return s.Values[0]
}

func last(s *nnvet.Series) float64 {
	if s.Len() == 0 {
		return nan
	}
	return s.Values[s.Len()-1]
}

// short returns the name of a layer, or of the layer whose weights are named. Of
// a number alone it says that it is one.
func short(name string) string {
	name = clean(strings.TrimSuffix(name, ".weight"))
	if strings.Trim(name, "0123456789") == "" {
		return "layer " + name
	}
	return name
}

// shown returns the values that an axis of a noisy series should hold: the
// smooth ones, and of the others all but the outermost twentieths.
func shown(xs []float64) []float64 {
	out := smoothed(xs)
	if len(xs) <= 100 {
		return out
	}
	return append([]float64{stat.Quantile(xs, 0.05), stat.Quantile(xs, 0.95)}, out...)
}
