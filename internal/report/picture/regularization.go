package picture

import (
	"fmt"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// lossGap draws the losses of both splits, with what lies between them filled,
// and the best of validation.
func lossGap(s *subject) *drawing {
	train, val := s.losses()
	if train.Len() == 0 && val.Len() == 0 {
		return nil
	}
	d := newDrawing("loss-gap", "Training and validation loss", 260)
	d.x = onLine(steps(train), steps(val))
	smooth := smoothed(valuesOf(train))
	d.y = suited(shown(valuesOf(train)), valuesOf(val))
	d.axisX("step", num)
	d.axisY("loss", num)
	if train.Len() > 0 && val.Len() > 0 {
		at := make([]float64, val.Len())
		for i, step := range val.Steps {
			at[i] = valueBy(train.Steps, smooth, step)
		}
		d.between("gap", steps(val), at, val.Values)
	}
	d.curves(train, val)
	d.after(s.proof(), train, val)
	best := bestOf(val)
	if best >= 0 && val.Len() > 2 {
		d.ruleX("base", float64(val.Steps[best]), "best at "+num(float64(val.Steps[best])))
	}
	d.sentence = gapSentence(train, val, best)
	return d
}

// after draws the loss of the training with the treatment, over the steps of this run.
func (d *drawing) after(p *nnvet.Proof, train, val *nnvet.Series) {
	if p == nil || len(p.With) < 2 {
		return
	}
	lo, hi, _ := extent(steps(train), steps(val))
	xs := make([]float64, len(p.With))
	for i := range xs {
		xs[i] = lo + (hi-lo)*float64(i)/float64(len(xs)-1)
	}
	d.line("after", xs, p.With)
	d.labelEnd("tafter", xs, p.With, "after the fix")
}

// valueBy returns the last of values by a step, or the first.
func valueBy(at []int64, values []float64, step int64) float64 {
	v := values[0]
	for i, x := range at {
		if x > step {
			break
		}
		v = values[i]
	}
	return v
}

// bestOf returns the index of the least value, -1 without one.
func bestOf(s *nnvet.Series) int {
	best := -1
	for i, v := range valuesOf(s) {
		if stat.Finite(v) && (best < 0 || v < s.Values[best]) {
			best = i
		}
	}
	return best
}

func gapSentence(train, val *nnvet.Series, best int) string {
	switch {
	case val.Len() == 0:
		return fmt.Sprintf("Training loss goes from %s to %s; no validation loss was recorded.", num(first(train)), num(last(train)))
	case best < 0:
		return "Validation loss was never a finite number."
	}
	out := fmt.Sprintf("Validation loss is best at step %d, %s, and ends at %s", val.Steps[best], num(val.Values[best]), num(last(val)))
	if train.Len() > 0 {
		smooth := smoothed(train.Values)
		out += fmt.Sprintf("; training loss ends at %s", num(smooth[len(smooth)-1]))
	}
	return out + "."
}

// accuracyGap draws the accuracies of both splits.
func accuracyGap(s *subject) *drawing {
	var both [2]*nnvet.Series
	for x := range s.All(nnvet.Accuracy) {
		if i := btoi(x.Key.Split == nnvet.Validation); both[i].Len() == 0 {
			both[i] = x
		}
	}
	train, val := both[0], both[1]
	if train.Len() == 0 && val.Len() == 0 {
		return nil
	}
	d := newDrawing("accuracy-gap", "Training and validation accuracy", 220)
	d.x, d.y = onLine(steps(train), steps(val)), scale{linear, 0, 1}
	d.axisX("step", num)
	d.axisY("accuracy", percent)
	d.curves(train, val)
	d.table.Head = []string{"step", "training accuracy", "validation accuracy"}
	d.say("Accuracy ends at %s on training rows and %s on validation rows.", percent(last(train)), percent(last(val)))
	if p := s.Profile(nnvet.Target, nnvet.Train); p != nil && p.ClassCount() > 0 {
		common := ratio(p.Classes[most(p.Classes)], p.ClassCount())
		d.ruleY("base", common, "the commonest class")
	}
	if train.Len() == 0 || val.Len() == 0 {
		only, of := train, "training"
		if train.Len() == 0 {
			only, of = val, "validation"
		}
		d.say("Accuracy on %s rows goes from %s to %s.", of, percent(first(only)), percent(last(only)))
	}
	return d
}

// weightNorms draws how the norm of each layer's weights went.
func weightNorms(s *subject) *drawing {
	return s.perLayer(layered{
		name: "weight-norm", title: "Size of the weights", y: "norm of a layer's weights", of: nnvet.WeightNorm,
		say: "The weights of %s end with the largest norm, %s from %s.",
	})
}
