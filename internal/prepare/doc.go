// Package prepare makes of a table what a network reads. A Plan says what is
// asked; Divide gives the rows of training, validation and test; Fit takes
// every figure from the training rows alone, and gives a Preparation, which is
// kept with the network and applies to any table with the same columns.
//
// What is decided is said, a sentence each. A value that cannot be prepared is
// an error that names its row, its column and the remedy.
package prepare
