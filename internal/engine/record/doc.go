// Package record writes the trace of a training that the engine runs, as
// docs/trace.md has it and as the probe does of a script, so that every check
// judges both alike.
//
// When to look depends on the number of the step alone, never on the clock: the
// same training leaves the same trace, but for times.
package record
