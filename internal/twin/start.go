package twin

import (
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
)

// A usual is how PyTorch starts a parameter, unless told otherwise.
type usual struct {
	init engine.Init
	std  float64
	most float64 // no value is larger
}

func ofFan(fan int) usual {
	bound := 1 / math.Sqrt(float64(max(1, fan)))
	return usual{engine.Init{Kind: "pytorch"}, bound / math.Sqrt(3), bound}
}

var ofNormal = usual{engine.Init{Kind: "normal"}, 1, math.Inf(1)}

// start returns how a parameter began: PyTorch's usual way where its figures at
// step 0 are of that, or else what they tell. The trace keeps moments of at most
// 16,384 numbers.
func (m *mason) start(p *nnvet.Param, u usual) engine.Init {
	if p == nil {
		return engine.Init{}
	}
	n := 1
	for _, extent := range p.Shape {
		n *= extent
	}
	mean, ok := m.first(nnvet.WeightMean, p.Name)
	std, okStd := m.first(nnvet.WeightStd, p.Name)
	most, okMost := m.first(nnvet.WeightMax, p.Name)
	if !ok || !okStd || !okMost {
		return u.init
	}
	switch {
	case std == 0 && mean == 0:
		return engine.Init{Kind: "zero"}
	case std <= 1e-5*math.Abs(mean): // all are one number, but for what adding them up rounds off
		return engine.Init{Kind: "constant", Value: mean}
	case most <= 1.001*u.most && math.Abs(std/u.std-1) <= 4/math.Sqrt(float64(n)):
		// The standard deviation of n numbers strays by 0.45/sqrt(n) of itself where
		// they are uniform, by 0.71/sqrt(n) where they are normal.
		return u.init
	case most < 1.9*std+math.Abs(mean): // a uniform distribution ends at 1.73 of these
		return engine.Init{Kind: "uniform", Lo: mean - math.Sqrt(3)*std, Hi: mean + math.Sqrt(3)*std}
	}
	if math.Abs(mean) < 4*std/math.Sqrt(float64(n)) {
		mean = 0
	}
	return engine.Init{Kind: "normal", Mean: mean, Std: std}
}

// first returns a finite figure of a parameter before its first update.
func (m *mason) first(q nnvet.Quantity, param string) (float64, bool) {
	s := m.t.Series(nnvet.Key{Quantity: q, Site: param})
	if s.Len() == 0 || s.Steps[0] != 0 || math.IsNaN(s.Values[0]) || math.IsInf(s.Values[0], 0) {
		return 0, false
	}
	return s.Values[0], true
}
