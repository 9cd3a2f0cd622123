package recipe

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

// Where one treatment ends and the next begins. The checks of the first
// pitfall judge by the same.
const (
	mostlyOne = 0.995 // share of one value past which a column hardly varies
	sparse    = 0.9   // share of zeros past which a column is not centred
	skewed    = 2     // skew past which a logarithm helps an amount
	tail      = 0.01  // share of values past 8 robust deviations that makes a tail
	levels    = 10    // fewer values have no tail
	cut       = 8     // robust deviations at which ends are cut
	normal    = 1.4826
)

// column decides what becomes of a column.
func (b *builder) column(i int) Column {
	c := b.cols[i]
	out := Column{Index: c.Index, Name: c.Name}
	var f nnvet.Feature
	if b.survey != nil {
		if known := b.survey.Feature(c.Index); known != nil {
			f = *known
		}
	}
	group, grouped := b.groups[i]
	switch zeros := float64(c.Zeros) / float64(c.N); {
	case c.N == 0:
		out.How, out.Why = Drop, "no finite number in the training rows"
	case grouped:
		out.How, out.Center, out.Scale, out.Group, out.Why = Shared, c.Mean, group.scale, group.name, group.why
	case !(c.Std > 0):
		out.How, out.Why = Drop, fmt.Sprintf("always %g: it tells nothing", c.Mean)
	case c.Binary():
		out.How, out.Why = Leave, "a flag of 0 and 1"
	case c.Constant() || f.ModeShare > mostlyOne:
		nearlyConstant(&out, c, f)
	case zeros > sparse:
		out.How, out.Scale = Scale, math.Sqrt((c.Mean*c.Mean+c.Std*c.Std)/(1-zeros))
		out.Why = fmt.Sprintf("%.3g %% zeros: divided by the size of the others, and not centred, so that zeros stay 0", 100*zeros)
	case c.Min >= 0 && f.Skew > skewed && f.Distinct >= levels && bends(c.Moments):
		logarithm(&out, c, f)
	case f.Tail >= tail && f.MAD > 0 && f.Distinct >= levels:
		out.How, out.Center, out.Scale, out.Clip = Robust, f.Median, normal*f.MAD, cut
		out.Why = fmt.Sprintf("a heavy tail, %.3g %% of the values: by median and median deviation, cut at %d", 100*f.Tail, cut)
	case standard(c.Moments):
		out.How, out.Why = Leave, "mean 0 and standard deviation 1 already"
	default:
		out.How, out.Center, out.Scale = Standardize, c.Mean, c.Std
		out.Why = "a quantity: by mean and standard deviation"
	}
	return out
}

// nearlyConstant gives a column that hardly varies the scale 1: its own
// deviation would make the rare values huge, and so would an epsilon. Where
// they are far out all the same, they are cut.
func nearlyConstant(out *Column, c nnvet.Column, f nnvet.Feature) {
	out.How, out.Center, out.Scale = Standardize, c.Mean, 1
	if f.ModeShare > mostlyOne && !math.IsNaN(f.Mode) {
		out.Center = f.Mode
	}
	out.Why = "nearly constant: centred and divided by 1, since divided by its deviation its rare values would be huge"
	if math.Max(c.Max-out.Center, out.Center-c.Min) > cut {
		out.How, out.Clip = Robust, cut
		out.Why += fmt.Sprintf("; those beyond %d are cut", cut)
	}
}

// standard reports whether numbers have mean 0 and standard deviation 1, as far
// as so many of them can tell: three standard errors, and at least a tenth.
func standard(m nnvet.Moments) bool {
	const least, most = 0.1, 0.5
	far := min(max(least, 3/math.Sqrt(float64(m.N))), most)
	return math.Abs(m.Mean) <= far && math.Abs(m.Std-1) <= far
}

// lognormal makes it a logarithm. A trace knows the mean and the deviation of x
// and not of log(1+x): they are those of the lognormal distribution of the same
// mean and deviation.
func (out *Column) lognormal(m nnvet.Moments) {
	variance := math.Log1p(m.Std * m.Std / ((1 + m.Mean) * (1 + m.Mean)))
	out.How, out.Center, out.Scale = Log, math.Log1p(m.Mean)-variance/2, math.Sqrt(variance)
}

// bends reports whether log(1 + x) is another shape than x over its range: not
// where all is far below 1, nor where all is about as large.
func bends(m nnvet.Moments) bool {
	const least = 1 // in e-foldings from the smallest to the largest
	return math.Log1p(m.Max)-math.Log1p(m.Min) >= least
}

// logarithm is for amounts with a long tail, about their median where it is
// known.
func logarithm(out *Column, c nnvet.Column, f nnvet.Feature) {
	out.lognormal(c.Moments)
	if f.Median >= 0 {
		out.Center = math.Log1p(f.Median)
	}
	out.Why = fmt.Sprintf("an amount with a long tail (skew %.3g): its logarithm, by figures as of a lognormal distribution", f.Skew)
}
