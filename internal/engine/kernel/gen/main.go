// Command gen writes the assembly of package kernel and its Go declarations.
// Each function is described once, for vectors of any width, and written out
// for AVX2 with FMA and for AVX-512.
package main

import . "github.com/mmcloughlin/avo/build"

func main() {
	for _, v := range []vectors{{"AVX2", 8}, {"AVX512", 16}} {
		v.products()
		v.elementwise()
		v.curves()
		v.rows()
		v.softmax()
		v.reductions()
		v.optimizers()
	}
	transpose()
	peak()
	Generate()
}
