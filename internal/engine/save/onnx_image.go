package save

import "github.com/nnvet/nnvet/internal/engine"

// conv is a convolution of planes.
func (x *exporter) conv(d *engine.Described, l *engine.Conv2D, v value) value {
	in := []string{v.name, x.tensor(d, "weight")}
	if bias := x.tensor(d, "bias"); bias != "" {
		in = append(in, bias)
	}
	v.name = x.graph.add("Conv", d.Name, in, window(d, l.Kernel, or(l.Stride, [2]int{1, 1}))...)
	return v
}

// pool takes the greatest or the mean of each window of planes. What lies
// beyond the edge counts for nothing in either.
func (x *exporter) pool(op string, d *engine.Described, size, stride [2]int, v value) value {
	size = or(size, [2]int{2, 2})
	v.name = x.graph.add(op, d.Name, []string{v.name}, window(d, size, or(stride, size))...)
	return v
}

// or returns a setting, or its default where it is 0.
func or(setting, unset [2]int) [2]int {
	if setting == [2]int{} {
		return unset
	}
	return setting
}

// window returns the attributes of a window that slides over an image.
func window(d *engine.Described, size, stride [2]int) []attribute {
	return []attribute{
		{"kernel_shape", size[:]},
		{"strides", stride[:]},
		{"pads", padding(d, size, stride)},
	}
}

// padding returns the rows above, the columns to the left, the rows below and
// the columns to the right that make the windows cover the output: none for
// "valid"; for "same" as many as are needed, the odd one below and right.
func padding(d *engine.Described, size, stride [2]int) []int {
	pads := make([]int, 4)
	for k := range 2 {
		missing := max((d.Out[k]-1)*stride[k]+size[k]-d.In[k], 0)
		pads[k], pads[k+2] = missing/2, missing-missing/2
	}
	return pads
}

// globalPool is the mean over all positions: pixels, or tokens.
func (x *exporter) globalPool(d *engine.Described, v value) value {
	axes := []int{1, 2}
	switch {
	case v.planar:
		axes = []int{2, 3}
	case len(v.shape) < 3:
		axes = []int{1}
	}
	v.name = x.graph.add("ReduceMean", d.Name, []string{v.name}, attribute{"axes", axes}, attribute{"keepdims", 0})
	v.planar = false
	return v
}

// flatten counts height, width, channel. Where there is one channel or one
// pixel, planes lie in that order already.
func (x *exporter) flatten(d *engine.Described, v value) value {
	if v.planar && v.shape.Last() > 1 && v.shape[0]*v.shape[1] > 1 {
		v = x.graph.transpose(v, false)
	}
	v.name = x.graph.add("Flatten", d.Name, []string{v.name}, attribute{"axis", 1})
	v.planar = false
	return v
}
