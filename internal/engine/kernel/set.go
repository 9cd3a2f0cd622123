package kernel

import (
	"fmt"
	"strings"
)

// A Set is one implementation of the arithmetic. The zero Set is not usable.
// The same calls on the same Set give the same bits; a Set may be shared by
// goroutines.
type Set struct {
	Name string // "generic", "avx2", "avx512"

	// products; see matmul.go
	matMul   func(m, n, k int, a []float32, rowStep, colStep int, b, c []float32, acc bool)
	matMulNT func(m, n, k int, a, b, c, scratch []float32, acc bool)

	// rows of len(bias), len(db) or len(sums) elements
	addBias, addBiasReLU func(x, bias []float32)
	reluGradBias         func(dy, y, db []float32)
	columnSums           func(x, sums []float32)
	softmaxRows          func(dst, src []float32, cols int)

	// elementwise
	add, sub, mul           func(dst, a, b []float32)
	scale, addScaled        func(dst, src []float32, k float32)
	relu                    func(dst, src []float32)
	reluGrad                func(dx, dy, y []float32)
	exp, tanh, sigmoid, erf func(dst, src []float32)

	// reductions
	dot   func(a, b []float32) float64
	sums  func(x []float32) (sum, squares float64)
	max   func(x []float32) float32
	stats func(x []float32) (sum, squares float64, zeros int, low, high float32)

	// optimizers
	momentum func(p, v, g []float32, lr, momentum, fresh float32)
	nesterov func(p, v, g []float32, lr, momentum, fresh float32)
	rmsProp  func(p, v, g []float32, lr, alpha, fresh, eps float32)
	adam     func(p, m, v, g []float32, beta1, fresh1, beta2, fresh2, step, root, eps, keep float32)
}

// Sets returns the sets that this machine can run, fastest first. The last is
// always "generic".
func Sets() []*Set { return append(vectorSets(), generic()) }

// Best returns the fastest set that this machine can run.
func Best() *Set { return Sets()[0] }

// Named returns the set of that name; the error lists those that there are.
func Named(name string) (*Set, error) {
	var names []string
	for _, s := range Sets() {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return nil, fmt.Errorf("kernel set %q: this machine has %s", name, strings.Join(names, ", "))
}

func generic() *Set {
	return &Set{
		Name:   "generic",
		matMul: genericMatMul, matMulNT: genericMatMulNT,
		addBias: genericAddBias, addBiasReLU: genericAddBiasReLU,
		reluGradBias: genericReLUGradBias, columnSums: genericColumnSums,
		softmaxRows: genericSoftmaxRows,
		add:         genericAdd, sub: genericSub, mul: genericMul,
		scale: genericScale, addScaled: genericAddScaled,
		relu: genericReLU, reluGrad: genericReLUGrad,
		exp: genericExp, tanh: genericTanh, sigmoid: genericSigmoid, erf: genericErf,
		dot: genericDot, sums: genericSums, max: genericMax, stats: genericStats,
		momentum: genericMomentum, nesterov: genericNesterov,
		rmsProp: genericRMSProp, adam: genericAdam,
	}
}

// same panics unless every length is the first one. It is the check at the top
// of a call.
func same(call string, want int, lengths ...int) {
	for i, n := range lengths {
		if n != want {
			panic(fmt.Sprintf("kernel: %s: argument %d has %d elements where the first has %d", call, i+2, n, want))
		}
	}
}

// rows panics unless x is whole rows of cols elements.
func rows(call string, x, cols int) {
	if cols == 0 && x > 0 || cols > 0 && x%cols != 0 {
		panic(fmt.Sprintf("kernel: %s: %d elements are no whole rows of %d", call, x, cols))
	}
}
