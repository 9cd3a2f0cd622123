package picture

import (
	"fmt"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// Healthy lengths of steps, as the update of a layer over its weights: measured
// on small MLPs, the medians of 200 healthy runs lay within these.
const paceLo, paceHi = 4.4e-4, 3.2e-2

func rateSweep(s *subject) *drawing {
	return sweep{name: "rate-sweep", title: "Score against learning rate", x: "learning rate", knob: "lr", kind: decades, one: "learning rate",
		yours: func(s *subject) float64 { return first(s.rate()) }}.draw(s)
}

// updateRatio draws how long the steps of each layer were beside its weights.
func updateRatio(s *subject) *drawing {
	return s.perLayer(layered{
		name: "update-ratio", title: "Length of the steps", y: "update over weight, a layer", of: nnvet.Update,
		lo: paceLo, hi: paceHi, band: "healthy",
		say: "Steps are longest beside the weights of %s: %s of them at the end, %s at the start; healthy are 4.4e-4 to 0.032.",
	})
}

// rateOverTime draws the learning rates in force, with where the loss was least.
func rateOverTime(s *subject) *drawing {
	var all []curve
	for x := range s.All(nnvet.Rate) {
		if x.Len() > 0 {
			all = append(all, curve{x.Key.Site, x})
		}
	}
	if len(all) == 0 {
		return nil
	}
	var xs, ys [][]float64
	for _, c := range all {
		xs, ys = append(xs, steps(c.Series)), append(ys, c.Values)
	}
	d := newDrawing("rate-over-time", "Learning rate over the run", 200)
	d.x, d.y = onLine(xs...), suited(ys...)
	d.axisX("step", num)
	d.axisY("learning rate", num)
	d.table.Head = []string{"parameters", "first", "greatest", "last"}
	for i, c := range all {
		d.line("yours", xs[i], c.Values)
		_, hi, _ := extent(c.Values)
		d.row(clean(c.site), num(first(c.Series)), num(hi), num(last(c.Series)))
		const few = 4
		if i < few {
			d.labelEnd("tyours", xs[i], c.Values, "yours "+num(last(c.Series)))
		}
	}
	c := all[0]
	lo, hi, _ := extent(c.Values)
	d.say("The learning rate goes from %s to %s, between %s and %s.", num(first(c.Series)), num(last(c.Series)), num(lo), num(hi))
	if lo == hi {
		d.say("The learning rate is %s throughout.", num(lo))
	}
	train, _ := s.losses()
	if i := stat.FirstBad(valuesOf(train)); i >= 0 {
		d.ruleX("base", float64(train.Steps[i]), fmt.Sprintf("loss %s from %d", num(train.Values[i]), train.Steps[i]))
	}
	return d
}
