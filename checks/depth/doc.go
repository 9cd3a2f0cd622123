// Package depth holds the checks of the tenth pitfall: networks so deep that
// nothing gets through them.
package depth
