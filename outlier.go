package nnvet

// The limits of a single number that owns the variance of all.
var (
	FarOut = Limit{Name: "far", Default: 8, Source: "measured on small MLPs: healthy columns of numbers lie within 5.7 standard deviations"}
	Owned  = Limit{Name: "owned", Default: 0.25, Source: "convention: a quarter of the variance is one row's where it lies half the root of the rows from the mean, in standard deviations"}
)

// Owns reports whether one of n numbers, that lies z standard deviations from
// their mean, owns their variance: squared errors are then its errors, and
// squared differences its differences. The check must declare [FarOut] and
// [Owned]. It is false of NaN.
func (p *Pass) Owns(z float64, n int64) bool {
	return z > p.Limit(FarOut.Name) && z*z/float64(n) > p.Limit(Owned.Name)
}
