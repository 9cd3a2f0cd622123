// Package results holds the checks of the second pitfall: a training whose
// outcome nobody compared with anything.
package results
