// Package initialization holds the checks of the ninth pitfall: weights that
// start where training cannot work, or has to undo them first.
package initialization
