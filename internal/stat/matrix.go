package stat

import (
	"math"
	"slices"
)

// Eigenvalues returns those of a symmetric matrix of n rows, rising. It brings
// the matrix to three diagonals by Householder's reflections, and these to one by
// QL steps with Wilkinson's shift. They are NaN where an element is not finite.
func Eigenvalues(a []float64, n int) []float64 {
	if FirstBad(a) >= 0 {
		return slices.Repeat([]float64{math.NaN()}, n)
	}
	diagonal, beside := tridiagonal(slices.Clone(a), n)
	quickly(diagonal, beside)
	slices.Sort(diagonal)
	return diagonal
}

// tridiagonal works in place. beside[i] is what stands between i and i+1; the
// last of it is 0.
func tridiagonal(a []float64, n int) (diagonal, beside []float64) {
	diagonal, beside = make([]float64, n), make([]float64, n)
	v, p := make([]float64, n), make([]float64, n)
	for k := range n {
		diagonal[k] = a[k*n+k]
		if k == n-1 {
			break
		}
		// What is below the diagonal in column k is reflected onto its first
		// element, by I - 2vv' of v at length 1.
		v := v[:n-k-1]
		for i := range v {
			v[i] = a[(k+1+i)*n+k]
		}
		length := norm(v)
		if length == 0 {
			continue
		}
		to := -math.Copysign(length, v[0])
		beside[k] = to
		v[0] -= to
		length = norm(v)
		for i := range v {
			v[i] /= length
		}
		reflect(a, n, k+1, v, p[:len(v)])
	}
	return diagonal, beside
}

// reflect applies the reflection from both sides to the part of a that begins at
// row and column from. p is memory.
func reflect(a []float64, n, from int, v, p []float64) {
	dot := 0.0
	for i := range v {
		row := a[(from+i)*n+from : (from+i)*n+n]
		p[i] = 0
		for j, u := range v {
			p[i] += row[j] * u
		}
		dot += p[i] * v[i]
	}
	for i := range p {
		p[i] = 2 * (p[i] - dot*v[i])
	}
	for i := range v {
		row := a[(from+i)*n+from : (from+i)*n+n]
		for j, u := range v {
			row[j] -= p[i]*u + v[i]*p[j]
		}
	}
}

// norm does not overflow.
func norm(x []float64) float64 {
	most := 0.0
	for _, v := range x {
		most = max(most, math.Abs(v))
	}
	if most == 0 {
		return 0
	}
	sum := 0.0
	for _, v := range x {
		sum += v / most * (v / most)
	}
	return most * math.Sqrt(sum)
}

// quickly leaves the eigenvalues of three diagonals in the middle one.
func quickly(d, e []float64) {
	const steps = 64 // for one eigenvalue; two or three are usual
	n := len(d)
	for l := range n {
		for range steps {
			m := l // the first from which on they fall apart
			for m < n-1 && math.Abs(e[m]) > 0x1p-52*(math.Abs(d[m])+math.Abs(d[m+1])) {
				m++
			}
			if m == l {
				break
			}
			chase(d, e, l, m)
		}
	}
}

// chase is one QL step on the rows from l to m.
func chase(d, e []float64, l, m int) {
	g := (d[l+1] - d[l]) / (2 * e[l])
	shifted := d[m] - d[l] + e[l]/(g+math.Copysign(math.Hypot(g, 1), g))
	s, c, moved := 1.0, 1.0, 0.0
	for i := m - 1; i >= l; i-- {
		f, b := s*e[i], c*e[i]
		r := math.Hypot(f, shifted)
		e[i+1] = r
		if r == 0 {
			d[i+1] -= moved
			e[m] = 0
			return
		}
		s, c = f/r, shifted/r
		shifted = d[i+1] - moved
		r = (d[i]-shifted)*s + 2*c*b
		moved = s * r
		d[i+1] = shifted + moved
		shifted = c*r - b
	}
	d[l] -= moved
	e[l], e[m] = shifted, 0
}

// Cholesky solves a x = b for x, where a is symmetric and positive definite. Of
// a only the lower half is read, and it is overwritten. Where it is not positive
// definite, x is NaN.
func Cholesky(a, b []float64) []float64 {
	n := len(b)
	x := slices.Clone(b)
	for i := range n {
		for j := range i + 1 {
			left := a[i*n+j]
			for k := range j {
				left -= a[i*n+k] * a[j*n+k]
			}
			if i == j {
				a[i*n+i] = math.Sqrt(left)
			} else {
				a[i*n+j] = left / a[j*n+j]
			}
		}
		for k := range i {
			x[i] -= a[i*n+k] * x[k]
		}
		x[i] /= a[i*n+i]
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			x[i] -= a[k*n+i] * x[k]
		}
		x[i] /= a[i*n+i]
	}
	return x
}
