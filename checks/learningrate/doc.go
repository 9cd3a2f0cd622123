// Package learningrate holds the checks of the sixth pitfall: steps that are
// too long or too short, and clipping that hides which of the two they are.
package learningrate
