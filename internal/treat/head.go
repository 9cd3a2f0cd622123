package treat

import (
	"fmt"
	"math"
	"slices"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
)

// finalActivation changes what outputs pass last.
func (s *Subject) finalActivation(set nnvet.Setting) error {
	var l engine.Layer
	if set.To != "none" {
		var err error
		if l, err = activationOf(set.To); err != nil {
			return err
		}
	}
	last, err := s.last()
	if err != nil {
		return err
	}
	if set.Site != "" {
		p, err := s.find(set.Site)
		if err != nil {
			return err
		}
		if p.list != last.list || p.at < last.at {
			return fmt.Errorf("layer %s is not behind the last layer with weights", set.Site)
		}
	}
	if !s.end(l) {
		return fmt.Errorf("the network ends without an activation")
	}
	return nil
}

// end makes an activation the last, nil for none, in the place of all that stand
// behind the last weights, and reports whether that changes anything.
func (s *Subject) end(l engine.Layer) bool {
	last, err := s.last()
	if err != nil {
		return false
	}
	changed := l != nil
	for i := len(s.Spec.Layers) - 1; i > last.at; i-- {
		if ends(s.Spec.Layers[i].Layer) {
			place{list: &s.Spec.Layers, at: i}.replace()
			changed = true
		}
	}
	if l != nil {
		place{list: &s.Spec.Layers, at: len(s.Spec.Layers) - 1}.behind(l)
	}
	return changed
}

// endsWith returns the kind of the last activation; "" for none.
func (s *Subject) endsWith() string {
	last, err := s.last()
	if err != nil {
		return ""
	}
	for i := len(s.Spec.Layers) - 1; i > last.at; i-- {
		if l := s.Spec.Layers[i].Layer; ends(l) {
			return l.Kind()
		}
	}
	return ""
}

// losses are the engine's names.
var losses = map[string]engine.LossKind{
	"mse": engine.MSE, "l1": engine.MAE, "huber": engine.Huber, "cross-entropy": engine.CrossEntropy,
	"nll": engine.ProbCE, "bce": engine.BCE, "bce-logits": engine.BCELogits,
}

// loss changes the loss, the activation that belongs before it, and where it asks
// for classes in the place of indicators, or the other way round, the targets.
func (s *Subject) loss(set nnvet.Setting) error {
	kind, ok := losses[set.To]
	if !ok {
		return fmt.Errorf("it is none of mse, l1, huber, cross-entropy, nll, bce, bce-logits")
	}
	s.Spec.Loss = engine.Loss{Kind: kind, Source: s.Spec.Loss.Source}
	if err := s.recode(kind); err != nil {
		return err
	}
	end := s.endsWith()
	switch kind {
	case engine.CrossEntropy, engine.BCELogits:
		if end == "softmax" || end == "sigmoid" {
			s.end(nil)
		}
	case engine.ProbCE:
		if end != "softmax" {
			s.end(new(engine.Softmax))
		}
	case engine.BCE:
		if end != "sigmoid" {
			s.end(new(engine.Sigmoid))
		}
	}
	return nil
}

// recode makes targets what a loss asks for.
func (s *Subject) recode(kind engine.LossKind) error {
	switch labelled := s.Train.Labels != nil; {
	case kind.Labels() && !labelled:
		return s.classify()
	case !kind.Labels() && labelled:
		return s.indicate()
	}
	if kind == engine.BCE || kind == engine.BCELogits {
		for _, v := range s.Train.Y {
			if !(v >= 0 && v <= 1) {
				return fmt.Errorf("targets must be from 0 to 1, and there is %g", v)
			}
		}
	}
	return nil
}

// classify makes classes of rows of indicators, or of whole numbers, and gives
// the last layer a unit for each.
func (s *Subject) classify() error {
	width := len(s.Train.Y) / max(1, s.Train.Rows)
	classes := width
	of := func(row []float32) (int32, bool) {
		c := int32(slices.Index(row, 1))
		sum := float32(0)
		for _, v := range row {
			sum += v
		}
		return c, c >= 0 && sum == 1
	}
	if width == 1 {
		classes = 1 + int(slices.Max(s.Train.Y))
		of = func(row []float32) (int32, bool) {
			v := float64(row[0])
			return int32(v), v >= 0 && v == math.Trunc(v) && v < float64(classes)
		}
	}
	for _, d := range []*engine.Data{&s.Train, &s.Val} {
		var labels []int32
		for r := range d.Rows {
			c, ok := of(d.Y[r*width : (r+1)*width])
			if !ok {
				return fmt.Errorf("the targets of row %d are no class", r)
			}
			labels = append(labels, c)
		}
		d.Y, d.Labels = nil, labels
	}
	return s.outputs(max(2, classes))
}

// indicate makes zeros and ones of classes, an output for each; one for two where
// the network has one.
func (s *Subject) indicate() error {
	last, err := s.last()
	if err != nil {
		return err
	}
	d, ok := last.node().Layer.(*engine.Dense)
	if !ok {
		return fmt.Errorf("the last layer is no dense layer")
	}
	width := d.Units
	for _, part := range []*engine.Data{&s.Train, &s.Val} {
		y := make([]float32, part.Rows*width)
		for r, c := range part.Labels {
			switch {
			case width == 1 && c <= 1:
				y[r] = float32(c)
			case int(c) < width:
				y[r*width+int(c)] = 1
			default:
				return fmt.Errorf("row %d has class %d, and there are %d outputs", r, c, width)
			}
		}
		part.Y, part.Labels = y, nil
	}
	return nil
}

// outputs sets the units of the last layer.
func (s *Subject) outputs(n int) error {
	p, err := s.last()
	if err != nil {
		return err
	}
	d, ok := p.node().Layer.(*engine.Dense)
	if !ok {
		return fmt.Errorf("the last layer is no dense layer")
	}
	if d.Units != n {
		d.Units, s.Spec.OutputBias = n, nil
	}
	return nil
}

func (s *Subject) delta(set nnvet.Setting) (err error) {
	if s.Spec.Loss.Kind != engine.Huber {
		return fmt.Errorf("the loss is %s, which has none", s.Spec.Loss.Kind)
	}
	s.Spec.Loss.Delta, err = number(set, tiny, math.MaxFloat64)
	return err
}
