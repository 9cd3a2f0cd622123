package engine

import "math"

// Class returns the class that the outputs of a row speak for: the largest, the
// first of equal ones, or of a lone output the second of two classes where it
// is above one half. It is -1 where an output is NaN or infinite.
func (k LossKind) Class(out []float32) int {
	class := 0
	for i, v := range out {
		if v-v != 0 {
			return -1
		}
		if v > out[class] {
			class = i
		}
	}
	if len(out) == 1 && !k.Labels() && out[0] > k.half() {
		return 1
	}
	return class
}

// half is what an output is at the probability of one half.
func (k LossKind) half() float32 {
	if k == BCELogits {
		return 0
	}
	return 0.5
}

// Number returns an output in the units of the targets as they are fed.
func (k LossKind) Number(out float32) float64 {
	v := float64(out)
	switch k {
	case PoissonLog:
		return math.Exp(v)
	case BCELogits:
		return 1 / (1 + math.Exp(-v))
	}
	return v
}

// A judgement says what an accuracy is a share of.
type judgement uint8

const (
	ofNothing judgement = iota // the targets are no classes
	ofRows                     // each has one class
	ofOutputs                  // each answers a question of its own with yes or no
)

// judge decides by the targets what an accuracy is of: with a binary loss they
// may be classes or any numbers from 0 to 1, of which nothing is right.
func judge(k LossKind, width int, data ...Data) judgement {
	if k.Labels() {
		return ofRows
	}
	if !k.binary() {
		return ofNothing
	}
	of := ofRows
	for _, d := range data {
		for i := 0; i < len(d.Y); i += width {
			switch ones, binary := count(d.Y[i : i+width]); {
			case !binary:
				return ofNothing
			case width > 1 && ones != 1:
				of = ofOutputs
			}
		}
	}
	return of
}

// count returns how many targets are 1, and whether the others are 0.
func count(y []float32) (ones int, binary bool) {
	for _, v := range y {
		switch v {
		case 0:
		case 1:
			ones++
		default:
			return 0, false
		}
	}
	return ones, true
}

// right counts the rows, or the outputs, that are right. One that is not
// finite is wrong.
func (j judgement) right(k LossKind, out, y []float32, labels []int32, rows int) int {
	n := 0
	switch width := len(out) / max(rows, 1); j {
	case ofRows:
		for i := range rows {
			class := k.Class(out[i*width : (i+1)*width])
			if labels != nil && class == int(labels[i]) || labels == nil && class == MSE.Class(y[i*width:(i+1)*width]) {
				n++
			}
		}
	case ofOutputs:
		for i, v := range out {
			if v-v == 0 && (v > k.half()) == (y[i] > 0.5) {
				n++
			}
		}
	}
	return n
}

// of returns how many there are to be right.
func (j judgement) of(rows, width int) int {
	if j == ofOutputs {
		return rows * width
	}
	return rows
}
