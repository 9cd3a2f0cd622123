package nnvet

import "math"

// Moments summarizes a sample of numbers so that two summaries can be merged
// without the numbers. The zero Moments is the empty sample.
type Moments struct {
	N         int64   // finite numbers seen
	Mean      float64 // of the finite ones
	Std       float64 // population standard deviation of the finite ones
	Min, Max  float64 // NaN where they were withheld, as for a batch of a few rows
	Zeros     int64   // numbers that are exactly zero
	NonFinite int64   // NaN and infinities, counted in nothing else
	Whole     bool    // every finite number is a whole one
}

// Merge returns the moments of both samples together (Chan, Golub and
// LeVeque 1983). A Min or Max withheld on one side is taken from the other.
func (m Moments) Merge(o Moments) Moments {
	if m.N == 0 {
		o.NonFinite += m.NonFinite
		return o
	}
	if o.N == 0 {
		m.NonFinite += o.NonFinite
		return m
	}
	n := float64(m.N + o.N)
	d := o.Mean - m.Mean
	variance := (float64(m.N)*m.Std*m.Std + float64(o.N)*o.Std*o.Std + d*d*float64(m.N)*float64(o.N)/n) / n
	return Moments{
		N:         m.N + o.N,
		Mean:      m.Mean + d*float64(o.N)/n,
		Std:       math.Sqrt(variance),
		Min:       known(m.Min, o.Min, math.Min),
		Max:       known(m.Max, o.Max, math.Max),
		Zeros:     m.Zeros + o.Zeros,
		NonFinite: m.NonFinite + o.NonFinite,
		Whole:     m.Whole && o.Whole,
	}
}

// RMS returns the root of the mean square.
func (m Moments) RMS() float64 { return math.Hypot(m.Mean, m.Std) }

// Constant reports whether the numbers do not vary beyond what float32 can
// resolve at their size: 4 eps of the larger of |mean| and 1.
func (m Moments) Constant() bool {
	const eps32 = 1.1920929e-07
	return m.N > 0 && m.Std < 4*eps32*math.Max(math.Abs(m.Mean), 1)
}

// Binary reports whether all numbers are zero or one.
func (m Moments) Binary() bool { return m.Whole && m.Min >= 0 && m.Max <= 1 }

func known(a, b float64, pick func(a, b float64) float64) float64 {
	switch {
	case math.IsNaN(a):
		return b
	case math.IsNaN(b):
		return a
	}
	return pick(a, b)
}
