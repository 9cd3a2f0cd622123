// Package kernel is the arithmetic of the engine: products of matrices, passes
// over arrays, and the steps of optimizers, on float32.
//
// A Set is one implementation of all of it. "generic" is pure Go and gives the
// same bits on every machine: no product in it is fused with an addition, and
// it calls no function of package math but the square root, which is exact.
// Recorded figures come from it. The others are generated assembly (see gen)
// and are chosen at run time by what the processor can do.
//
// Every array is row-major and dense. Lengths are checked once at the top of
// each call; a wrong one is a slip in the caller and panics. No call allocates,
// starts a goroutine or skips work where it meets a zero, so NaN and infinity
// go through as IEEE 754 says. An output may be one of the inputs only where
// the method says so, and then exactly, never shifted.
package kernel
