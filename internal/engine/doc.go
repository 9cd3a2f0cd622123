// Package engine trains networks: a fixed list of layers, losses and
// optimizers, in float32, on one machine. It is what `nnvet run
// experiment.yaml` trains with, and what thousands of small trials run on. It
// is not a framework.
//
// A [Spec] says what to train. [New] makes it a [Network], or says which layer
// does not fit and why. [Train] runs it and tells an [Observer] of every step.
// The same spec, data, seed and kernel set give the same bits.
package engine
