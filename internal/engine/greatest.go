package engine

import "math"

// Which of some numbers is the greatest is a coin that a processor cannot
// guess. So the greatest is taken first, and then found by its bits: both are
// instructions without a jump.

// greatestOfFour sets y to the greatest, channel by channel, of the four pixels
// of c channels whose upper left one begins at an index of x, and from to the
// index of the first that is it. The next row of pixels begins pitch further.
func greatestOfFour(y []float32, from []int32, x []float32, at, c, pitch int) {
	p0, p1, p2, p3 := x[at:][:c], x[at+c:][:c], x[at+pitch:][:c], x[at+pitch+c:][:c]
	y, from = y[:c], from[:c]
	for j := range p0 {
		v := max(max(p0[j], p1[j]), max(p2[j], p3[j]))
		bits, where := math.Float32bits(v), at+pitch+c
		if math.Float32bits(p2[j]) == bits {
			where = at + pitch
		}
		if math.Float32bits(p1[j]) == bits {
			where = at + c
		}
		if math.Float32bits(p0[j]) == bits {
			where = at
		}
		y[j], from[j] = v, int32(where+j)
	}
}

// takeGreater takes over into y what is greater in a pixel that begins at an
// index, and into from where it was.
func takeGreater(y []float32, from []int32, pixel []float32, at int) {
	pixel, from = pixel[:len(y)], from[:len(y)]
	for j, v := range pixel {
		v = max(y[j], v)
		where := from[j]
		if math.Float32bits(v) != math.Float32bits(y[j]) {
			where = int32(at + j)
		}
		y[j], from[j] = v, where
	}
}
