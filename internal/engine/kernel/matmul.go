package kernel

import "fmt"

// MatMul sets C = A·B, or adds the product to C where acc is true. A is m × k,
// B is k × n, C is m × n. Any of them may be 0; a product over k = 0 is zeros.
func (s *Set) MatMul(m, n, k int, a, b, c []float32, acc bool) {
	shapes("MatMul", m, n, k, a, b, c)
	if empty(m, n, k, c, acc) {
		return
	}
	s.matMul(m, n, k, a, k, 1, b, c, acc)
}

// MatMulTN sets C = Aᵀ·B, or adds the product to C where acc is true. A is
// k × m, B is k × n, C is m × n.
func (s *Set) MatMulTN(m, n, k int, a, b, c []float32, acc bool) {
	shapes("MatMulTN", m, n, k, a, b, c)
	if empty(m, n, k, c, acc) {
		return
	}
	s.matMul(m, n, k, a, 1, m, b, c, acc)
}

// MatMulNT sets C = A·Bᵀ, or adds the product to C where acc is true. A is
// m × k, B is n × k, C is m × n. scratch has at least NTScratch(n, k) elements,
// whose content does not matter before and means nothing after.
func (s *Set) MatMulNT(m, n, k int, a, b, c, scratch []float32, acc bool) {
	shapes("MatMulNT", m, n, k, a, b, c)
	if want := NTScratch(n, k); len(scratch) < want {
		panic(fmt.Sprintf("kernel: MatMulNT: scratch has %d elements, needs %d", len(scratch), want))
	}
	if empty(m, n, k, c, acc) {
		return
	}
	s.matMulNT(m, n, k, a, b, c, scratch, acc)
}

// NTScratch returns how many elements of scratch MatMulNT needs.
func NTScratch(n, k int) int { return (n + panelWidth - 1) / panelWidth * panelWidth * k }

// panelWidth is how many columns of B are worked on together, at most.
const panelWidth = 32

func shapes(call string, m, n, k int, a, b, c []float32) {
	if m < 0 || n < 0 || k < 0 || len(a) != m*k || len(b) != k*n || len(c) != m*n {
		panic(fmt.Sprintf("kernel: %s: a, b, c have %d, %d, %d elements with m=%d n=%d k=%d", call, len(a), len(b), len(c), m, n, k))
	}
}

// empty does the products that have nothing to multiply, and reports whether
// this was one.
func empty(m, n, k int, c []float32, acc bool) bool {
	if k == 0 && !acc {
		clear(c)
	}
	return m == 0 || n == 0 || k == 0
}

// genericMatMul takes element i, p of A at i*rowStep + p*colStep, so that it
// serves both A and its transpose. Each element of C is summed in order of p.
func genericMatMul(m, n, k int, a []float32, rowStep, colStep int, b, c []float32, acc bool) {
	if !acc {
		clear(c)
	}
	for i := range m {
		row := c[i*n : (i+1)*n]
		p := 0
		for ; p+4 <= k; p += 4 { // four at a time: C is loaded and stored a quarter as often
			at := i*rowStep + p*colStep
			addFour(row, b[p*n:], a[at], a[at+colStep], a[at+2*colStep], a[at+3*colStep])
		}
		for ; p < k; p++ {
			genericAddScaled(row, b[p*n:(p+1)*n], a[i*rowStep+p*colStep])
		}
	}
}

// addFour adds four rows of b, each times its factor, to a row.
func addFour(row, b []float32, f0, f1, f2, f3 float32) {
	n := len(row)
	b0, b1, b2, b3 := b[:n], b[n:2*n], b[2*n:3*n], b[3*n:4*n]
	b1, b2, b3 = b1[:n], b2[:n], b3[:n]
	for j := range row {
		row[j] = row[j] + float32(f0*b0[j]) + float32(f1*b1[j]) + float32(f2*b2[j]) + float32(f3*b3[j])
	}
}

func genericMatMulNT(m, n, k int, a, b, c, scratch []float32, acc bool) {
	scratch = scratch[:n*k]
	transpose(n, k, b, scratch)
	genericMatMul(m, n, k, a, k, 1, scratch, c, acc)
}

// transpose sets dst, cols × rows, to the transpose of src, rows × cols, by
// blocks that stay in the cache.
func transpose(rows, cols int, src, dst []float32) {
	const block = 16
	for i0 := 0; i0 < rows; i0 += block {
		for j0 := 0; j0 < cols; j0 += block {
			j1 := min(j0+block, cols)
			for i := i0; i < min(i0+block, rows); i++ {
				for j, v := range src[i*cols+j0 : i*cols+j1] {
					dst[(j0+j)*rows+i] = v
				}
			}
		}
	}
}
