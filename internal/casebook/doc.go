// Package casebook holds networks whose trouble is known, and measures what
// nnvet makes of them: how many faults it names, how often it names the cause,
// and how many healthy runs it leaves alone.
//
// A [Task] is a data set with a program that learns it. A fault, an odd habit
// or a benign change makes a [Case] of it. Whether a case counts as faulty is
// measured, by the skill that it costs over paired seeds, and not assumed; where
// the harm is not in the run, as of validation rows that were trained on, it is
// so by definition, and the case says that.
//
// Everything is made from seeds: no case needs a file but those of real tables.
package casebook
