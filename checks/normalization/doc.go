// Package normalization holds the checks of the first pitfall: numbers that
// reach the network, or that it must produce, far from mean 0 and standard
// deviation 1.
package normalization
