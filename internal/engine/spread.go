package engine

// spreadOut copies the windows of lines of the output, which count through the
// images of a batch, to the rows of a matrix: height × width × channels of the
// window, with zeros for what is outside of the image.
func (w *window) spreadOut(to, x []float32, first, last int) {
	run, pitch := w.cols*w.channels, w.width*w.channels
	size := w.rows * run
	for line := first; line < last; line++ {
		image := x[line/w.outRows*w.height*pitch:][:w.height*pitch]
		top := line%w.outRows*w.down - w.above
		for ky := range w.rows {
			y := top + ky
			if y < 0 || y >= w.height {
				for col := range w.outCols {
					clear(to[col*size+ky*run:][:run])
				}
				continue
			}
			w.spreadRow(to[ky*run:], image[y*pitch:(y+1)*pitch], size)
		}
		to = to[w.outCols*size:]
	}
}

// spreadRow copies what one row of pixels has for each window along it; the
// windows are size apart.
func (w *window) spreadRow(to, row []float32, size int) {
	c, run := w.channels, w.cols*w.channels
	first, last := w.inner()
	step := w.right * c
	if last > first {
		copyRuns(to[first*size:], size, row[(first*w.right-w.left)*c:], step, run, last-first)
	}
	for col := range first {
		w.spreadEdge(to[col*size:][:run], row, col)
	}
	for col := last; col < w.outCols; col++ {
		w.spreadEdge(to[col*size:][:run], row, col)
	}
}

// spreadEdge copies what a row of pixels has for a window that reaches beyond
// the sides of the image.
func (w *window) spreadEdge(to, row []float32, col int) {
	c, left := w.channels, col*w.right-w.left
	clear(to)
	if skip, keep := max(0, -left), min(w.cols, w.width-left); skip < keep {
		copy(to[skip*c:keep*c], row[(left+skip)*c:])
	}
}

// copyRuns copies n runs of numbers that are steps apart.
func copyRuns(to []float32, toStep int, from []float32, fromStep, run, n int) {
	if run == 3 { // one channel: the first layer of most networks; a call for each would take longer than the copy
		for range n - 1 {
			a, b := to[:3], from[:3]
			a[0], a[1], a[2] = b[0], b[1], b[2]
			to, from = to[toStep:], from[fromStep:]
		}
		copy(to[:3], from)
		return
	}
	for i := range n {
		copy(to[i*toStep:][:run], from[i*fromStep:])
	}
}

// gather is the inverse of spreadOut for gradients: it adds what the rows of a
// matrix hold to the pixels that they were copied from.
func (w *window) gather(dx, from []float32, first, last int) {
	c, run, pitch := w.channels, w.cols*w.channels, w.width*w.channels
	for line := first; line < last; line++ {
		image := dx[line/w.outRows*w.height*pitch:][:w.height*pitch]
		top := line%w.outRows*w.down - w.above
		for col := range w.outCols {
			left := col*w.right - w.left
			skip, keep := max(0, -left), min(w.cols, w.width-left)
			for ky := range w.rows {
				part := from[:run]
				from = from[run:]
				y := top + ky
				if y < 0 || y >= w.height || keep <= skip {
					continue
				}
				part = part[skip*c : keep*c]
				to := image[y*pitch+(left+skip)*c:][:len(part)]
				for j, v := range part {
					to[j] += v
				}
			}
		}
	}
}
