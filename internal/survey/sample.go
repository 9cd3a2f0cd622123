package survey

import (
	"math"
)

// A sample is some rows of a split, by their numbers, in the order in which they
// are fed. All their numbers are finite.
type sample struct {
	of      Split
	columns int
	outputs int // numbers in a target; 0 where it is a class, or not known
	index   []int
}

func (s sample) n() int { return len(s.index) }

func (s sample) inputs(i int) []float32 {
	at := s.index[i] * s.columns
	return s.of.X[at : at+s.columns]
}

func (s sample) numbers(i int) []float32 {
	at := s.index[i] * s.outputs
	return s.of.Y[at : at+s.outputs]
}

// draw draws rows of a split, each as likely as any other (Knuth's algorithm S),
// and leaves out those with a number that is not finite.
func draw(from Split, columns int, order []int32) sample {
	s := sample{of: from, columns: columns}
	if from.Labels == nil && from.Y != nil && from.Rows > 0 {
		s.outputs = len(from.Y) / from.Rows
	}
	r, want := seed, min(mostRows, from.Rows)
	for i := 0; i < from.Rows && want > 0; i++ {
		if r.below(from.Rows-i) >= want {
			continue
		}
		want--
		row := i
		if order != nil {
			row = int(order[i])
		}
		s.index = append(s.index, row)
		if last := s.n() - 1; !finite(s.inputs(last)) || s.outputs > 0 && !finite(s.numbers(last)) {
			s.index = s.index[:last]
		}
	}
	return s
}

func finite(x []float32) bool {
	for _, v := range x {
		if v-v != 0 {
			return false
		}
	}
	return true
}

// distinct returns the sample without rows that equal an earlier one, how many
// these were, and in how many of the rest only the inputs do.
func (s sample) distinct() (rows sample, repeated, contradicting int) {
	rows = s
	rows.index = nil
	seen := make(map[uint64]bool, s.n())
	fed := make(map[uint64]bool, s.n())
	for i, row := range s.index {
		inputs := hash(start, s.inputs(i))
		whole := s.hashTarget(inputs, i)
		if seen[whole] {
			repeated++
			continue
		}
		if fed[inputs] {
			contradicting++
		}
		seen[whole], fed[inputs] = true, true
		rows.index = append(rows.index, row)
	}
	return rows, repeated, contradicting
}

func (s sample) hashTarget(h uint64, i int) uint64 {
	switch {
	case s.of.Labels != nil:
		return mix(h, uint32(s.of.Labels[s.index[i]]))
	case s.outputs > 0:
		return hash(h, s.numbers(i))
	}
	return h
}

// start is what a hash of nothing is.
const start = 0xcbf29ce484222325

// hash hashes numbers onto what was hashed before. Equal numbers have equal
// hashes; that others do too is less likely than a fault of the memory.
func hash(h uint64, x []float32) uint64 {
	for _, v := range x {
		if v == 0 {
			v = 0 // of either sign
		}
		h = mix(h, math.Float32bits(v))
	}
	return h
}

// mix is a round of FNV-1a on words, with the high bits folded back, as they
// would not reach the low ones.
func mix(h uint64, word uint32) uint64 {
	h = (h ^ uint64(word)) * 0x100000001b3
	h ^= h >> 29
	return h * 0xbf58476d1ce4e5b9
}
