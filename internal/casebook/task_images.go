package casebook

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet/internal/engine"
)

func imageTasks() []Task {
	return []Task{
		{"stripes", "which of four ways stripes run in an image of 8x8", Learn, 0.7, func(seed int64) *Program {
			r := source("stripes", seed)
			return images(500, 8, 4, func(class int) func(x, y float64) float64 {
				phase, angle := 2*math.Pi*r.Float64(), math.Pi*float64(class)/4
				return func(x, y float64) float64 {
					return 0.5 + 0.35*math.Sin(1.6*(x*math.Cos(angle)+y*math.Sin(angle))+phase) + 0.12*r.NormFloat64()
				}
			}, func(n int) int { return r.IntN(n) })
		}},
		{"spots", "in which of four corners of an image of 8x8 a spot is", Score, 0.7, func(seed int64) *Program {
			r := source("spots", seed)
			p := images(500, 8, 4, func(class int) func(x, y float64) float64 {
				cx, cy := 1.5+4*float64(class%2)+r.Float64(), 1.5+4*float64(class/2)+r.Float64()
				return func(x, y float64) float64 {
					return 0.2 + 0.6*math.Exp(-((x-cx)*(x-cx)+(y-cy)*(y-cy))/2.5) + 0.1*r.NormFloat64()
				}
			}, func(n int) int { return r.IntN(n) })
			p.Optimizer = sgd(0.05, 0.9)
			return p
		}},
	}
}

// images are grey pictures, each drawn by what draw returns for its class.
func images(rows, size, n int, draw func(class int) func(x, y float64) float64, choose func(int) int) *Program {
	columns := make([]Column, size*size)
	for k := range columns {
		columns[k] = Column{Name: fmt.Sprintf("pixel%d", k), Kind: Pixel, Values: make([]float64, rows)}
	}
	class := make([]float64, rows)
	for i := range rows {
		c := choose(n)
		class[i] = float64(c)
		at := draw(c)
		for k := range columns {
			v := at(float64(k%size), float64(k/size))
			columns[k].Values[i] = math.Round(255 * math.Max(0, math.Min(1, v)))
		}
	}
	t := classes(columns, class, n, rows*4/5)
	t.Shape = engine.Shape{size, size, 1}
	p := sound(t, engine.CrossEntropy)
	p.Net.Filters, p.Net.Hidden, p.Epochs = []int{8}, []int{24}, 12
	return p
}
