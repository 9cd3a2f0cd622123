// Package recipe says how raw columns become inputs of a network: by which
// figures each is centred and scaled, and why. Every figure is of the training
// rows. A recipe is kept with the network and applied to whatever it is asked
// later; it is written as JSON, and as programs that do the same.
//
// It decides nothing that only a person can know: columns that were declared a
// group share one scale, so that what is small among them stays small.
package recipe
