// Package twin rebuilds a network that a trace describes, and its training, on
// the embedded engine, with the rows that `nnvet run --twin` kept. It serves to
// try what no edit of a program can: depth, width, residual connections.
//
// What the engine has no layer for is refused in words, and a twin is only worth
// something where it does as the program does: that is measured, see [Fidelity].
package twin
