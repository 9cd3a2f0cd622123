// Package trial runs many trainings at once, one a core, over data that they
// share and never change: what races, proofs and sweeps are made of.
//
// A [Job] is one training. [Run] takes jobs as workers become free and hands
// out what became of them in the order of the jobs. An outcome depends on its
// job alone: it is the same, bit for bit, whatever the number of workers and
// whatever they ran before. Seconds are wall time, rows and steps are counted,
// losses are those of the spec's loss, as a mean over rows.
package trial
