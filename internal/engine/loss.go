package engine

import (
	"fmt"
	"math"
	"strings"

	"github.com/nnvet/nnvet/internal/engine/kernel"
)

// A loss at work. One of labels and numbers is nil.
type loss struct {
	set   *kernel.Set
	wrong *firstError
	grad  []float32 // by the outputs, as a mean
	width int       // outputs of a row

	labels  classLoss
	numbers func(grad, out, targets []float32) (sum float64) // grad is that of the sum
}

// A classLoss returns the loss of one row, and sets its gradient.
type classLoss func(grad, out []float32, label int) float64

// LossKinds returns the name of each loss and one sentence on it.
func LossKinds() [][2]string {
	return [][2]string{
		{string(MSE), "mean of the squared differences"},
		{string(MAE), "mean of the absolute differences"},
		{string(Huber), "half the squared differences up to delta, and linear beyond, so that outliers pull less"},
		{string(Poisson), "for counts, where the output is the rate"},
		{string(PoissonLog), "for counts, where the output is the logarithm of the rate"},
		{string(CrossEntropy), "for classes, where the output is a logit for each class"},
		{string(ProbCE), "for classes, where the output is a probability for each class"},
		{string(BCELogits), "for yes or no, where the outputs are logits"},
		{string(BCE), "for yes or no, where the outputs are probabilities"},
	}
}

func newLoss(l Loss, out Shape, set *kernel.Set, wrong *firstError) (loss, error) {
	made := loss{set: set, wrong: wrong, width: out.Size()}
	if err := l.check(out); err != nil {
		return made, err
	}
	switch l.Kind {
	case MSE:
		made.numbers = func(grad, out, targets []float32) float64 {
			set.Sub(grad, out, targets)
			sum := set.SumSquares(grad)
			set.Scale(grad, grad, 2)
			return sum
		}
	case MAE:
		made.numbers = each(absolute)
	case Huber:
		delta := or(l.Delta, 1)
		made.numbers = each(func(out, target float64) (float64, float64) { return huber(out-target, delta) })
	case Poisson:
		made.numbers = each(poisson)
	case PoissonLog:
		made.numbers = func(grad, out, targets []float32) float64 { return poissonLog(set, grad, out, targets) }
	case BCELogits:
		made.numbers = func(grad, out, targets []float32) float64 { return binaryLogits(set, grad, out, targets) }
	case BCE:
		made.numbers = each(binaryEntropy)
	case CrossEntropy:
		made.labels = func(grad, out []float32, label int) float64 {
			return crossEntropy(set, grad, out, label, l.Smoothing)
		}
	case ProbCE:
		made.labels = func(grad, out []float32, label int) float64 {
			return probabilityCrossEntropy(set, grad, out, label)
		}
	}
	return made, nil
}

func (l *Loss) check(out Shape) error {
	var names []string
	known := false
	for _, k := range LossKinds() {
		names = append(names, k[0])
		known = known || k[0] == string(l.Kind)
	}
	switch {
	case !known:
		return fmt.Errorf("loss %q: none of %s", l.Kind, strings.Join(names, ", "))
	case !(l.Delta >= 0) || math.IsInf(l.Delta, 0):
		return fmt.Errorf("loss %s: delta %g; give a positive number, or 0 for 1", l.Kind, l.Delta)
	case l.Delta != 0 && l.Kind != Huber:
		return fmt.Errorf("loss %s: has no delta; leave it out or take huber", l.Kind)
	case !(l.Smoothing >= 0 && l.Smoothing <= 1):
		return fmt.Errorf("loss %s: smoothing %g; give a share of 0 to 1", l.Kind, l.Smoothing)
	case l.Smoothing != 0 && l.Kind != CrossEntropy:
		return fmt.Errorf("loss %s: has no smoothing; leave it out or take cross_entropy", l.Kind)
	case l.Kind.Labels() && len(out) != 1:
		return fmt.Errorf("loss %s: needs an output of [classes] and gets %v; end with flatten or global_avg_pool and a dense layer", l.Kind, out)
	}
	return nil
}

// onLabels is the mean over rows of the losses on classes.
func (l *loss) onLabels(out []float32, labels []int32) float32 {
	sum, w := 0.0, l.width
	for i, label := range labels {
		grad := l.grad[i*w : (i+1)*w]
		if label < 0 || int(label) >= w {
			l.wrong.note(fmt.Errorf("row %d of a batch: class %d where the network has %d outputs; give the last layer a unit for each class", i, label, w))
			fill(grad, float32(math.NaN()))
			sum = math.NaN()
			continue
		}
		sum += l.labels(grad, out[i*w:(i+1)*w], int(label))
	}
	grad := l.grad[:len(labels)*w]
	l.set.Scale(grad, grad, 1/float32(len(labels)))
	return float32(sum / float64(len(labels)))
}

// onNumbers is the mean over all outputs of the losses on numbers.
func (l *loss) onNumbers(out, y []float32, rows int) float32 {
	n := rows * l.width
	grad := l.grad[:n]
	sum := l.numbers(grad, out[:n], y[:n])
	l.set.Scale(grad, grad, 1/float32(n))
	return float32(sum / float64(n))
}
