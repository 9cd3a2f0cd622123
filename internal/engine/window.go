package engine

import (
	"errors"
	"fmt"
)

// The ways to treat the edges of an image.
const (
	valid = "valid" // windows lie within the image
	same  = "same"  // there are as many windows as pixels, divided by the stride and rounded up
)

// A window goes over an image. "same" pads as TensorFlow does: as little as the
// windows need, half of it before and half behind, and the odd pixel behind.
// With a stride the padding then depends on the size of the image, and is not
// symmetric like PyTorch's.
type window struct {
	height, width, channels   int // of the image
	rows, cols                int // of the window
	down, right               int // steps
	above, left               int // padding
	outRows, outCols, outArea int
}

func newWindow(in Shape, size, stride [2]int, padding, what string) (window, error) {
	w := window{rows: size[0], cols: size[1], down: stride[0], right: stride[1]}
	if len(in) != 3 {
		return w, fmt.Errorf("needs an image of [height, width, channels] and gets %v; move it before the layer that flattens", in)
	}
	w.height, w.width, w.channels = in[0], in[1], in[2]
	if err := errors.Join(checkSize(what, min(w.rows, w.cols)), checkSize(what, max(w.rows, w.cols)),
		checkSize("stride", min(w.down, w.right)), checkSize("stride", max(w.down, w.right))); err != nil {
		return w, err
	}
	if size := times(w.rows, w.cols, w.channels); size > maxExtent {
		return w, fmt.Errorf("%s %dx%d over %d channels is more than %d numbers; make it smaller", what, w.rows, w.cols, w.channels, maxExtent)
	}
	switch padding {
	case valid:
		if w.rows > w.height || w.cols > w.width {
			return w, fmt.Errorf("%s %dx%d does not fit an input of %v; make it smaller or pool less", what, w.rows, w.cols, in)
		}
		w.outRows, w.outCols = (w.height-w.rows)/w.down+1, (w.width-w.cols)/w.right+1
	case same:
		w.outRows, w.above = around(w.height, w.rows, w.down)
		w.outCols, w.left = around(w.width, w.cols, w.right)
	default:
		return w, fmt.Errorf("padding %q is none of %s, %s", padding, same, valid)
	}
	w.outArea = w.outRows * w.outCols
	return w, nil
}

// around returns how many windows there are along a side, and the padding
// before it.
func around(side, size, step int) (windows, before int) {
	windows = (side + step - 1) / step
	return windows, max(0, (windows-1)*step+size-side) / 2
}

// within returns the part of the window at a place of the output that lies
// inside of the image: rows y0 to y1 and columns x0 to x1 of the image.
func (w *window) within(row, col int) (y0, y1, x0, x1 int) {
	y, x := row*w.down-w.above, col*w.right-w.left
	return max(y, 0), min(y+w.rows, w.height), max(x, 0), min(x+w.cols, w.width)
}

// inner returns the columns of the output, from first to before last, whose
// windows lie between the left and the right side of the image.
func (w *window) inner() (first, last int) {
	first = min((w.left+w.right-1)/w.right, w.outCols)
	last = min(max((w.width+w.left-w.cols+w.right)/w.right, first), w.outCols)
	return first, last
}
