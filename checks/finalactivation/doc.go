// Package finalactivation holds the checks of the seventh pitfall: a network
// whose last operation cannot produce what the loss asks of it.
package finalactivation
