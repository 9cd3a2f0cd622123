package picture

import (
	"fmt"
	"math"
	"strconv"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// pairSentence says how near predictions of numbers come to the truth.
func pairSentence(p *nnvet.Predictions, mean, spread float64) string {
	if len(p.Outputs) != 1 {
		return fmt.Sprintf("Predictions of %d outputs on %s; a constant would say %s.", len(p.Outputs), rowsOf(p), num(mean))
	}
	o := p.Outputs[0]
	return fmt.Sprintf("On %s the predictions explain %s of the variance (R²; a constant, 0), miss by %s on average, and vary by %s of what the truth does.",
		rowsOf(p), num(stat.Signif(o.R2(), 2)), num(o.MAE), percent(spread))
}

// outputs draws how well each of several outputs is predicted.
func outputs(s *subject) *drawing {
	p := s.predicted(func(p *nnvet.Predictions) bool { return len(p.Outputs) > 1 })
	if p == nil {
		return nil
	}
	d := newDrawing("outputs", "How well each output is predicted", 0)
	d.margins(80)
	row := d.rows(len(p.Outputs), 9, 20)
	var all []float64
	for _, o := range p.Outputs {
		all = append(all, math.Max(o.R2(), -1))
	}
	lo, _, _ := extent(all, []float64{-0.05})
	d.x = scale{linear, lo, 1}
	d.axisX("share of the variance that is explained (R²)", num)
	d.ruleX("base", 0, "a constant")
	d.table.Head = []string{"output", "R²", "after the best scale and shift", "mean error"}
	worst := 0
	for i, o := range p.Outputs {
		y := d.in.y0 + row*(float64(i)+0.5)
		d.writes("row", d.in.x0-8, y+4, end, "output "+strconv.Itoa(o.Output))
		d.row(strconv.Itoa(o.Output), num(o.R2()), num(o.Affine()), num(o.MAE))
		d.dot("ink", d.px(o.R2()), y, 3.5, fmt.Sprintf("output %d: R² %s", o.Output, num(o.R2())))
		if o.R2() < p.Outputs[worst].R2() {
			worst = i
		}
	}
	d.say("Of %d outputs on %s, output %d is predicted worst: R² %s.", len(p.Outputs), rowsOf(p), p.Outputs[worst].Output, num(p.Outputs[worst].R2()))
	return d
}

// skill draws the loss against what a constant would have.
func skill(s *subject) *drawing {
	h, err := s.MainHead()
	if err != nil {
		return nil
	}
	d := newDrawing("skill", "Against a constant", 240)
	train, val := s.losses()
	var base nnvet.Baseline
	for _, split := range []string{nnvet.Validation, nnvet.Train} {
		if base, err = s.Baseline(h, split); err == nil {
			break
		}
	}
	if err != nil || train.Len()+val.Len() == 0 {
		return nil
	}
	d.x = onLine(steps(train), steps(val))
	d.y = suited(shown(valuesOf(train)), valuesOf(val), []float64{base.Loss})
	d.axisX("step", num)
	d.axisY("loss", num)
	d.curves(train, val)
	d.ruleY("base", base.Loss, base.How)
	end, of := last(val), "validation loss"
	if val.Len() == 0 {
		end, of = last(train), "training loss"
	}
	d.say("The %s ends at %s, where %s gives %s: %s of the way from a constant to perfect.", of, num(end), base.How, num(base.Loss), percent(math.Max(base.Skill(end), 0)))
	if !stat.Finite(end) {
		d.say("The %s ends at %s, where %s gives %s.", of, num(end), base.How, num(base.Loss))
	}
	return d
}

// valuesOf returns the values of a series, or nil.
func valuesOf(s *nnvet.Series) []float64 {
	if s == nil {
		return nil
	}
	return s.Values
}
