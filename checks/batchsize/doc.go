// Package batchsize holds the checks of the fifth pitfall: batches that average
// too much, or too little, into one update.
package batchsize
