package save

import (
	"fmt"
	"math"
)

// A Tensor is a named array of numbers, row-major.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32
}

// A File is what a safetensors file holds. Tensors stand in the order of their
// data.
type File struct {
	Metadata map[string]string
	Tensors  []Tensor
}

const (
	dtype = "F32"
	width = 4 // bytes of a number

	// maxHeader is the longest header in bytes, as the format's own reader has it.
	maxHeader = 100_000_000
	// maxRank is more dimensions than anything here has.
	maxRank = 16
)

// elements returns how many numbers a shape holds. It is an error where that
// is negative or past what a file can hold.
func elements(shape []int) (int, error) {
	if len(shape) > maxRank {
		return 0, fmt.Errorf("%d dimensions; at most %d are read", len(shape), maxRank)
	}
	n := 1
	for _, extent := range shape {
		if extent < 0 {
			return 0, fmt.Errorf("a shape with an extent of %d", extent)
		}
		if extent > 0 && n > math.MaxInt64/width/extent {
			return 0, fmt.Errorf("shape %v holds more numbers than any file", shape)
		}
		n *= extent
	}
	return n, nil
}
