package casebook

import (
	"encoding/json"
	"math"
	"slices"

	"github.com/nnvet/nnvet/internal/engine"
)

// A Skill is what a network has learned, measured on the validation rows at
// the end of training: 0 nothing, 1 all, and NaN where it cannot be had.
type Skill struct {
	Answers float64 // of what it answers: R2 of amounts; (accuracy - constant's) / (1 - constant's) of classes; share of the cosine distance of directions
	Loss    float64 // 1 - loss / constant's, where the constant's loss is known
	Lost    float64 // Loss at the best epoch, less Loss at the end: what stopping early would have saved
	Sort    string  // of Loss: "entropy", "squares", or "" where it is not known
}

// worst bounds a skill from below, so that one run cannot be infinitely worse
// than another.
const worst = -1

// judge scores networks on the validation rows as they were fed.
type judge struct {
	goal     Goal
	loss     engine.LossKind
	angle    scaling
	raw      bool // a direction is fed as one number
	smoothed bool // the loss has a floor that is not 0
	val      Part
}

// skill scores a trained network.
func (j judge) skill(n *engine.Network, val engine.Data, best float64) Skill {
	s := Skill{Answers: math.NaN(), Loss: math.NaN(), Lost: math.NaN()}
	if j.val.Rows == 0 {
		return s
	}
	out, loss := answers(n, val)
	s.Answers = floor(j.answers(out))
	if l0 := j.constant(val); l0 > 0 && !j.smoothed {
		s.Loss = floor(1 - loss/l0)
		s.Lost = floor(1-best/l0) - s.Loss
		s.Sort = "entropy"
		if j.loss == engine.MSE {
			s.Sort = "squares"
		}
	}
	return s
}

func floor(skill float64) float64 {
	if !(skill >= worst) { // also NaN: the loss or the answers are not finite
		return worst
	}
	return skill
}

// answers runs the network over rows, and returns its outputs and mean loss.
func answers(n *engine.Network, d engine.Data) ([][]float32, float64) {
	in, width := n.Spec().Input.Size(), n.Outputs().Size()
	var rows [][]float32
	loss := 0.0
	for from := 0; from < d.Rows; from += n.Rows() {
		k := min(n.Rows(), d.Rows-from)
		out := n.Forward(d.X[from*in:(from+k)*in], k, false)
		var y []float32
		var labels []int32
		if d.Labels != nil {
			labels = d.Labels[from : from+k]
		} else {
			y = d.Y[from*width : (from+k)*width]
		}
		loss += float64(n.Loss(out, y, labels, k)) * float64(k) / float64(d.Rows)
		for r := range k {
			rows = append(rows, append([]float32(nil), out[r*width:(r+1)*width]...))
		}
	}
	return rows, loss
}

func (j judge) answers(out [][]float32) float64 {
	switch j.goal {
	case Class:
		right, counts := 0, make(map[int]int)
		for i, row := range out {
			counts[j.val.Of[i]]++
			if j.loss.Class(row) == j.val.Of[i] {
				right++
			}
		}
		return beyondChance(right, counts, len(out))
	case Labels:
		sum := 0.0
		for k := range j.val.Y {
			right, counts := 0, make(map[int]int)
			for i, row := range out {
				said, is := 0, 0
				if j.loss.Number(row[k]) > 0.5 {
					said = 1
				}
				if j.val.Y[k][i] > 0.5 {
					is = 1
				}
				counts[is]++
				if said == is {
					right++
				}
			}
			sum += beyondChance(right, counts, len(out))
		}
		return sum / float64(len(j.val.Y))
	case Direction:
		return j.direction(out)
	}
	return j.explained(out)
}

// beyondChance returns the share of what a constant class gets wrong that is
// right.
func beyondChance(right int, counts map[int]int, rows int) float64 {
	most := 0
	for _, n := range counts {
		most = max(most, n)
	}
	if most == rows { // there is one class only
		return float64(right)/float64(rows) - 1
	}
	return float64(right-most) / float64(rows-most)
}

// explained returns R2 over all outputs, each in units of its own deviation.
func (j judge) explained(out [][]float32) float64 {
	sum := 0.0
	for k, truth := range j.val.Y {
		s := standard(truth)
		missed := 0.0
		for i, row := range out {
			d := (j.loss.Number(row[k]) - truth[i]) / s.std
			missed += d * d
		}
		sum += 1 - missed/float64(len(out))
	}
	return sum / float64(len(j.val.Y))
}

// direction returns how much closer to the true angles the answers are than
// the mean direction is, by 1 - cos of the angle between.
func (j judge) direction(out [][]float32) float64 {
	var missed, sin, cos float64
	truths := make([]float64, len(out))
	for i, row := range out {
		var said float64
		if j.raw {
			truths[i] = (j.val.Y[0][i]*j.angle.std + j.angle.mean) * math.Pi / 180
			said = (float64(row[0])*j.angle.std + j.angle.mean) * math.Pi / 180
		} else {
			truths[i] = math.Atan2(j.val.Y[0][i], j.val.Y[1][i])
			said = math.Atan2(float64(row[0]), float64(row[1]))
		}
		missed += 1 - math.Cos(said-truths[i])
		sin, cos = sin+math.Sin(truths[i]), cos+math.Cos(truths[i])
	}
	mean, constant := math.Atan2(sin, cos), 0.0
	for _, truth := range truths {
		constant += 1 - math.Cos(truth-mean)
	}
	return 1 - missed/constant
}

// constant returns the loss of the best constant on some rows; NaN where that
// is not known.
func (j judge) constant(d engine.Data) float64 {
	switch j.loss {
	case engine.CrossEntropy, engine.ProbCE:
		counts := make(map[int32]float64)
		for _, c := range d.Labels {
			counts[c]++
		}
		h := 0.0
		for _, n := range counts {
			h -= n / float64(d.Rows) * math.Log(n/float64(d.Rows))
		}
		return h
	case engine.BCE, engine.BCELogits:
		for _, truth := range j.val.Y {
			if slices.Min(truth) < 0 || slices.Max(truth) > 1 {
				return math.NaN() // the loss has no floor
			}
		}
		return j.perOutput(func(s scaling) float64 {
			if s.mean <= 0 || s.mean >= 1 {
				return 0
			}
			return -s.mean*math.Log(s.mean) - (1-s.mean)*math.Log(1-s.mean)
		})
	case engine.MSE:
		return j.perOutput(func(s scaling) float64 { return s.std * s.std })
	}
	return math.NaN()
}

func (j judge) perOutput(f func(scaling) float64) float64 {
	sum := 0.0
	for _, truth := range j.val.Y {
		sum += f(standard(truth)) / float64(len(j.val.Y))
	}
	return sum
}

// MarshalJSON writes a skill that is not known as null.
func (s Skill) MarshalJSON() ([]byte, error) {
	known := func(v float64) *float64 {
		if v != v {
			return nil
		}
		return &v
	}
	return json.Marshal(map[string]any{"answers": known(s.Answers), "loss": known(s.Loss), "lost": known(s.Lost), "of": s.Sort})
}
