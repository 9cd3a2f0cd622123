package survey

import (
	"math"

	"github.com/nnvet/nnvet"
)

// frames says how much of the variance of points is theirs together.
func frames(d Data, s sample) []nnvet.Frame {
	var out []nnvet.Frame
	for _, c := range clouds(d) {
		f := nnvet.Frame{Group: c.group, Columns: c.columns, Dim: c.dim}
		f.Translation, f.Rotation = c.moved(s)
		out = append(out, f)
	}
	return out
}

// moved returns the shares that moving and turning all points alike has.
func (c *cloud) moved(s sample) (translation, rotation float64) {
	width, dim := len(c.columns), c.dim
	x := make([]float64, s.n()*width)
	for i := range s.n() {
		in := s.inputs(i)
		for j, column := range c.columns {
			x[i*width+j] = float64(in[column])
		}
	}
	all := scatter(x, width)
	centroids := centre(x, width, dim)
	translation = float64(width/dim) * scatter(centroids, dim) / all
	alone := shuffled(x, width)
	centre(alone, width, dim)
	chance := removed(alone, width, dim)
	return translation, (removed(x, width, dim) - chance) / (1 - chance)
}

// centre takes the centroid of each row from its points, and returns them.
func centre(x []float64, width, dim int) []float64 {
	centroids := make([]float64, len(x)/width*dim)
	for row := range len(x) / width {
		of, points := centroids[row*dim:(row+1)*dim], x[row*width:(row+1)*width]
		for j, v := range points {
			of[j%dim] += v * float64(dim) / float64(width)
		}
		for j := range points {
			points[j] -= of[j%dim]
		}
	}
	return centroids
}

// removed is the share of the variance that turning removes. It turns x.
func removed(x []float64, width, dim int) float64 {
	before := scatter(x, width)
	turn(x, width, dim)
	return 1 - scatter(x, width)/before
}

// shuffled returns the rows with each column in an order of its own, so that
// nothing turns together.
func shuffled(x []float64, width int) []float64 {
	n := len(x) / width
	out, order, r := make([]float64, len(x)), make([]int, n), seed
	for j := range width {
		for i := range order {
			order[i] = i
		}
		r.shuffle(order)
		for i, from := range order {
			out[i*width+j] = x[from*width+j]
		}
	}
	return out
}

// scatter is the variance of rows about their mean, summed over columns.
func scatter(x []float64, width int) float64 {
	mean := middle(x, width)
	total := 0.0
	for at := 0; at < len(x); at += width {
		total += distance(x[at:at+width], mean)
	}
	return total * float64(width) / float64(len(x))
}

func middle(x []float64, width int) []float64 {
	mean := make([]float64, width)
	for at := 0; at < len(x); at += width {
		for j, v := range x[at : at+width] {
			mean[j] += v * float64(width) / float64(len(x))
		}
	}
	return mean
}

// turn turns each row, without mirroring it, so that all come as near to their
// mean as they can (Gower 1975).
func turn(x []float64, width, dim int) {
	const rounds = 10
	onto := append([]float64(nil), x[:width]...)
	for range rounds {
		for at := 0; at < len(x); at += width {
			if dim == 2 {
				turnFlat(x[at:at+width], onto)
			} else {
				turnSolid(x[at:at+width], onto)
			}
		}
		onto = middle(x, width)
	}
}

// turnFlat turns points of a plane: as complex numbers, by the angle of the sum
// of their conjugates' products.
func turnFlat(x, onto []float64) {
	along, across := 0.0, 0.0
	for j := 0; j < len(x); j += 2 {
		along += x[j]*onto[j] + x[j+1]*onto[j+1]
		across += x[j]*onto[j+1] - x[j+1]*onto[j]
	}
	size := math.Hypot(along, across)
	if size == 0 {
		return
	}
	cos, sin := along/size, across/size
	for j := 0; j < len(x); j += 2 {
		x[j], x[j+1] = cos*x[j]-sin*x[j+1], sin*x[j]+cos*x[j+1]
	}
}

// turnSolid turns points of space, by the quaternion that Horn (1987) shows to
// be an eigenvector.
func turnSolid(x, onto []float64) {
	var m [3][3]float64 // sums of the products of coordinates
	for j := 0; j < len(x); j += 3 {
		for a := range 3 {
			for b := range 3 {
				m[a][b] += x[j+a] * onto[j+b]
			}
		}
	}
	q, ok := leading([4][4]float64{
		{m[0][0] + m[1][1] + m[2][2], m[1][2] - m[2][1], m[2][0] - m[0][2], m[0][1] - m[1][0]},
		{m[1][2] - m[2][1], m[0][0] - m[1][1] - m[2][2], m[0][1] + m[1][0], m[2][0] + m[0][2]},
		{m[2][0] - m[0][2], m[0][1] + m[1][0], m[1][1] - m[0][0] - m[2][2], m[1][2] + m[2][1]},
		{m[0][1] - m[1][0], m[2][0] + m[0][2], m[1][2] + m[2][1], m[2][2] - m[0][0] - m[1][1]},
	})
	if !ok {
		return
	}
	w, i, j, k := q[0], q[1], q[2], q[3]
	r := [3][3]float64{
		{1 - 2*(j*j+k*k), 2 * (i*j - k*w), 2 * (i*k + j*w)},
		{2 * (i*j + k*w), 1 - 2*(i*i+k*k), 2 * (j*k - i*w)},
		{2 * (i*k - j*w), 2 * (j*k + i*w), 1 - 2*(i*i+j*j)},
	}
	for at := 0; at < len(x); at += 3 {
		p := [3]float64{x[at], x[at+1], x[at+2]}
		for a := range 3 {
			x[at+a] = r[a][0]*p[0] + r[a][1]*p[1] + r[a][2]*p[2]
		}
	}
}

// leading returns the eigenvector of the greatest eigenvalue, by Jacobi's
// rotations; false of a zero matrix.
func leading(a [4][4]float64) ([4]float64, bool) {
	const sweeps = 16
	v := [4][4]float64{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}}
	for range sweeps {
		off := 0.0
		for p := range 4 {
			for q := p + 1; q < 4; q++ {
				off += math.Abs(a[p][q])
				rotate(&a, &v, p, q)
			}
		}
		if off == 0 {
			break
		}
	}
	best := 0
	for i := range 4 {
		if a[i][i] > a[best][best] {
			best = i
		}
	}
	return [4]float64{v[0][best], v[1][best], v[2][best], v[3][best]}, a[best][best] != 0
}

// rotate makes a[p][q] zero, and turns the vectors with it.
func rotate(a, v *[4][4]float64, p, q int) {
	if a[p][q] == 0 {
		return
	}
	theta := (a[q][q] - a[p][p]) / (2 * a[p][q])
	t := math.Copysign(1, theta) / (math.Abs(theta) + math.Hypot(theta, 1))
	c := 1 / math.Hypot(t, 1)
	s := t * c
	for k := range 4 {
		a[k][p], a[k][q] = c*a[k][p]-s*a[k][q], s*a[k][p]+c*a[k][q]
	}
	for k := range 4 {
		a[p][k], a[q][k] = c*a[p][k]-s*a[q][k], s*a[p][k]+c*a[q][k]
	}
	a[p][q], a[q][p] = 0, 0
	for k := range 4 {
		v[k][p], v[k][q] = c*v[k][p]-s*v[k][q], s*v[k][p]+c*v[k][q]
	}
}
