package kernel

// sumRows is how many rows a column sum adds up in float32 before it adds the
// result to what it has: the error then grows with rows/sumRows + sumRows
// instead of with rows, which a convolution has by the ten thousand.
const sumRows = 256

// AddBias adds bias to each row of x. x is rows × len(bias).
func (s *Set) AddBias(x, bias []float32) {
	rows("AddBias", len(x), len(bias))
	s.addBias(x, bias)
}

// AddBiasReLU adds bias to each row of x, then sets what is negative to 0; NaN
// stays NaN. x is rows × len(bias).
func (s *Set) AddBiasReLU(x, bias []float32) {
	rows("AddBiasReLU", len(x), len(bias))
	s.addBiasReLU(x, bias)
}

// ReLUGradBias is ReLUGrad in place on dy, and adds the column sums of the
// result to db. dy and y are rows × len(db).
func (s *Set) ReLUGradBias(dy, y, db []float32) {
	rows("ReLUGradBias", len(dy), len(db))
	same("ReLUGradBias", len(dy), len(y))
	for block := sumRows * len(db); len(dy) > 0; {
		n := min(block, len(dy))
		s.reluGradBias(dy[:n], y[:n], db)
		dy, y = dy[n:], y[n:]
	}
}

// ColumnSums sets sums to the sums of the columns of x, or adds them where acc
// is true. x is rows × len(sums).
func (s *Set) ColumnSums(x, sums []float32, acc bool) {
	rows("ColumnSums", len(x), len(sums))
	if !acc {
		clear(sums)
	}
	for block := sumRows * len(sums); len(x) > 0; {
		n := min(block, len(x))
		s.columnSums(x[:n], sums)
		x = x[n:]
	}
}

func genericAddBias(x, bias []float32) {
	for ; len(x) > 0; x = x[len(bias):] {
		row := x[:len(bias)]
		for j, b := range bias {
			row[j] += b
		}
	}
}

func genericAddBiasReLU(x, bias []float32) {
	for ; len(x) > 0; x = x[len(bias):] {
		row := x[:len(bias)]
		for j, b := range bias {
			row[j] = positive(row[j] + b)
		}
	}
}

func genericReLUGradBias(dy, y, db []float32) {
	genericReLUGrad(dy, dy, y)
	genericColumnSums(dy, db)
}

// genericColumnSums goes down a few columns at a time, so that the sum of a
// block of rows is complete before it meets what sums holds.
func genericColumnSums(x, sums []float32) {
	const width = 16
	cols := len(sums)
	for j := 0; j < cols; j += width {
		var block [width]float32
		w := min(width, cols-j)
		for at := j; at < len(x); at += cols {
			for i, v := range x[at : at+w] {
				block[i] += v
			}
		}
		for i, v := range block[:w] {
			sums[j+i] += v
		}
	}
}
