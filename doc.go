// Package nnvet examines the trace of a neural network's training: it names
// what is wrong, on what evidence, and what to change.
//
// A [Trace] holds what was recorded of one run: series of figures by step and
// place, the network, its losses and optimizers, and statistics of the data.
// A [Check] looks for one fault and reports [Finding]s. [Vet] runs checks and
// orders their findings so that symptoms stand under their causes.
//
// The package is pure: it reads no files, starts nothing and knows no clock.
// The probe, the training engine and readers of old logs build traces with a
// [Builder]; reports render a [Result].
package nnvet
