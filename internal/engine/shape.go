package engine

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// maxExtent bounds every number in a shape, and every size that a layer asks
// for: products of a few of them still fit an int where they are held by times.
const maxExtent = 1 << 24

// maxRow bounds the numbers of a row, which an int32 counts.
const maxRow = math.MaxInt32

// Size returns the number of elements of one row, at most math.MaxInt.
func (s Shape) Size() int { return times(s...) }

// String returns the extents as people write them: "28x28x1".
func (s Shape) String() string {
	parts := make([]string, len(s))
	for i, n := range s {
		parts[i] = strconv.Itoa(n)
	}
	return strings.Join(parts, "x")
}

// Last returns the extent of the last dimension: the features or channels.
func (s Shape) Last() int { return s[len(s)-1] }

// positions returns the number of places that have features: pixels, tokens, 1.
func (s Shape) positions() int { return times(s[:len(s)-1]...) }

func (s Shape) check() error {
	if len(s) < 1 || len(s) > 3 {
		return fmt.Errorf("a row of %d dimensions; give [features], [tokens, features] or [height, width, channels]", len(s))
	}
	for _, n := range s {
		if n < 1 || n > maxExtent {
			return fmt.Errorf("extent %d of %v is not one of 1 to %d", n, s, maxExtent)
		}
	}
	if s.Size() > maxRow {
		return fmt.Errorf("a row of %v is more than %d numbers", s, maxRow)
	}
	return nil
}

// times multiplies sizes and stops at math.MaxInt.
func times(sizes ...int) int {
	product := 1
	for _, n := range sizes {
		if n > 0 && product > math.MaxInt/n {
			return math.MaxInt
		}
		product *= n
	}
	return product
}

// with returns the shape with another last extent.
func (s Shape) with(last int) Shape {
	return append(append(Shape{}, s[:len(s)-1]...), last)
}
