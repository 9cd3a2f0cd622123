// Package regularization holds the checks of the fourth pitfall: networks that
// learn their training rows by heart, and remedies that are overdone or
// misplaced.
package regularization
