package tracefile

import (
	"errors"
	"fmt"

	"github.com/nnvet/nnvet"
)

const (
	maxStep  = 1 << 53 // a float64 holds it exactly
	maxCount = 1 << 40 // a million of them do not overflow
)

func checkStep(step int64) error {
	if step < 0 || step > maxStep {
		return fmt.Errorf("step %d", step)
	}
	return nil
}

// span returns the two steps of a record.
func span(s ints) (first, last int64, err error) {
	if len(s) != 2 || s[0] < 0 || s[1] < s[0] || s[1] > maxStep {
		return 0, 0, errors.New("s is no range of steps")
	}
	return s[0], s[1], nil
}

func checkShape(shape ints) error {
	const maxRank = 64
	if len(shape) > maxRank {
		return fmt.Errorf("a shape of %d dimensions", len(shape))
	}
	for _, n := range shape {
		if n < 0 || n > maxCount {
			return fmt.Errorf("a shape with an extent of %d", n)
		}
	}
	return nil
}

func shape(s ints) []int {
	if s == nil {
		return nil
	}
	out := make([]int, len(s))
	for i, n := range s {
		out[i] = int(n)
	}
	return out
}

// elements returns the number of elements of a tensor, or 0 where its shape is
// not known. It is a float64 since the product may be past any integer.
func elements(shape []int) float64 {
	if shape == nil {
		return 0
	}
	n := 1.0
	for _, extent := range shape {
		n *= float64(extent)
	}
	return n
}

// sameLength checks columns of counts: as long as n says, and no count
// negative. A column may be absent.
func sameLength(n int, columns ...ints) error {
	for _, c := range columns {
		if c != nil && len(c) != n {
			return fmt.Errorf("columns of %d and of %d", n, len(c))
		}
		for _, v := range c {
			if v < 0 || v > maxCount {
				return fmt.Errorf("a count of %d", v)
			}
		}
	}
	return nil
}

// sameLengths is sameLength for figures, of which any value may stand.
func sameLengths(n int, columns ...floats) error {
	for _, c := range columns {
		if c != nil && len(c) != n {
			return fmt.Errorf("columns of %d and of %d", n, len(c))
		}
	}
	return nil
}

func (b *Block) check() error {
	if b.I == nil && b.N == nil {
		return nil // absent
	}
	if b.N == nil {
		return fmt.Errorf("a stat block without n")
	}
	for _, id := range b.I {
		if err := checkID(id); err != nil {
			return err
		}
	}
	if err := sameLength(len(b.I), b.N, b.NZ, b.NF); err != nil {
		return err
	}
	for j, n := range b.N {
		if b.NZ != nil && b.NZ[j] > n {
			return fmt.Errorf("column nz counts %d of %d", b.NZ[j], n)
		}
		if b.NF != nil && b.NF[j] > n {
			return fmt.Errorf("column nf counts %d of %d", b.NF[j], n)
		}
	}
	return sameLengths(len(b.I), b.Mean, b.Std, b.Min, b.Max, b.L2)
}

func checkSplit(split string) error {
	if split != nnvet.Train && split != nnvet.Validation {
		return fmt.Errorf("%.20q is no split", split)
	}
	return nil
}
