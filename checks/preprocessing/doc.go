// Package preprocessing holds the checks of the third pitfall: data whose
// numbers do not say what the data means, so that things that are alike have
// numbers that are not.
package preprocessing
