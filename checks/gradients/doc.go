// Package gradients holds the checks of the eighth pitfall: gradients that are
// zero, not finite, left over from the step before, or never reach a parameter.
package gradients
