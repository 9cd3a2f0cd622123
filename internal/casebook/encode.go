package casebook

import (
	"math"
)

// An Encoding says how a table is fed. The zero Encoding is sound: numbers and
// amounts standardized by the training rows, what comes round as sine and
// cosine, codes as one column each, pixels from 0 to 1.
type Encoding struct {
	RawInputs  bool // numbers and pixels in their own units
	RawTargets bool
	RawCycles  bool // as numbers
	RawCodes   bool // as numbers
	RawAngle   bool // a direction as one number
	OneHot     bool // classes as zeros and ones, for losses on numbers
	MinMax     bool // numbers from 0 to 1 rather than standardized
}

// A Part is the rows of one split as they are fed.
type Part struct {
	Rows int
	X    [][]float64 // by column
	Y    [][]float64 // by output; nil for classes
	Of   []int       // the class of each row; nil without classes
}

// Fed is a table as it is fed. What goes wrong on the way to the network is
// done to it.
type Fed struct {
	Names      []string
	Train, Val Part
	table      *Table
	angle      scaling // of a direction that is fed as a number
}

// scaling is what was subtracted from a column, and what it was divided by.
type scaling struct{ mean, std float64 }

func (s scaling) apply(values []float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = (v - s.mean) / s.std
	}
	return out
}

// standard returns the scaling that makes values of mean 0 and deviation 1; a
// column that does not vary keeps its unit.
func standard(values []float64) scaling {
	s := scaling{}
	for _, v := range values {
		s.mean += v / float64(len(values))
	}
	for _, v := range values {
		s.std += (v - s.mean) * (v - s.mean) / float64(len(values))
	}
	if s.std = math.Sqrt(s.std); s.std == 0 {
		s.std = 1
	}
	return s
}

// bounds returns the scaling that makes values lie from 0 to 1.
func bounds(values []float64) scaling {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		lo, hi = min(lo, v), max(hi, v)
	}
	if hi == lo {
		return scaling{lo, 1}
	}
	return scaling{lo, hi - lo}
}

// feed encodes a table.
func feed(t *Table, e Encoding) *Fed {
	f := &Fed{table: t, angle: scaling{0, 1}, Train: Part{Rows: t.Train}, Val: Part{Rows: t.Rows - t.Train}}
	for _, c := range t.Columns {
		f.input(c, e)
	}
	f.targets(e)
	return f
}

func (f *Fed) add(name string, values []float64) {
	f.Names = append(f.Names, name)
	f.Train.X = append(f.Train.X, clone(values[:f.table.Train]))
	f.Val.X = append(f.Val.X, clone(values[f.table.Train:]))
}

func clone(values []float64) []float64 { return append([]float64(nil), values...) }

func (f *Fed) input(c Column, e Encoding) {
	switch {
	case c.Kind == Cycle && !e.RawCycles:
		for i, wave := range []func(float64) float64{math.Sin, math.Cos} {
			values := make([]float64, len(c.Values))
			for r, v := range c.Values {
				values[r] = wave(2 * math.Pi * v / c.Period)
			}
			f.add(c.Name+[]string{"_sin", "_cos"}[i], values)
		}
	case c.Kind == Code && !e.RawCodes:
		for level := range c.Levels {
			values := make([]float64, len(c.Values))
			for r, v := range c.Values {
				if int(v) == level {
					values[r] = 1
				}
			}
			f.add(c.Name+"="+string(rune('a'+level)), values)
		}
	default:
		f.add(c.Name, f.scaled(c, e))
	}
}

func (f *Fed) scaled(c Column, e Encoding) []float64 {
	switch {
	case e.RawInputs || c.Kind == Flag:
		return c.Values
	case c.Kind == Pixel:
		return scaling{0, 255}.apply(c.Values)
	case e.MinMax:
		return bounds(c.Values[:f.table.Train]).apply(c.Values)
	}
	return standard(c.Values[:f.table.Train]).apply(c.Values)
}

func (f *Fed) targets(e Encoding) {
	t := f.table
	if t.Goal == Class {
		for i, v := range t.Targets[0].Values {
			p := &f.Train
			if i >= t.Train {
				p = &f.Val
			}
			p.Of = append(p.Of, int(v))
		}
		if e.OneHot {
			f.OneHot()
		}
		return
	}
	for _, c := range t.Targets {
		for _, values := range f.amounts(c, e) {
			f.Train.Y = append(f.Train.Y, clone(values[:t.Train]))
			f.Val.Y = append(f.Val.Y, clone(values[t.Train:]))
		}
	}
}

func (f *Fed) amounts(c Column, e Encoding) [][]float64 {
	t := f.table
	switch {
	case t.Goal == Labels || t.Goal == Amount && e.RawTargets:
		return [][]float64{c.Values}
	case t.Goal == Direction && !e.RawAngle:
		sin, cos := make([]float64, t.Rows), make([]float64, t.Rows)
		for i, v := range c.Values {
			sin[i], cos[i] = math.Sincos(v * math.Pi / 180)
		}
		return [][]float64{sin, cos}
	}
	s := standard(c.Values[:t.Train])
	if t.Goal == Direction {
		f.angle = s
	}
	return [][]float64{s.apply(c.Values)}
}

// OneHot makes zeros and ones of the classes: one output for two of them, else
// one for each. The classes stay, to score by.
func (f *Fed) OneHot() {
	for _, p := range []*Part{&f.Train, &f.Val} {
		p.Y = nil
		for class := range f.table.Classes {
			if f.table.Classes == 2 && class == 0 {
				continue
			}
			values := make([]float64, p.Rows)
			for i, c := range p.Of {
				if c == class {
					values[i] = 1
				}
			}
			p.Y = append(p.Y, values)
		}
	}
}
