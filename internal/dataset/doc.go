// Package dataset reads training data: tables, arrays and folders of images,
// one file a format. Readers work row by row in constant memory; Load keeps
// what they give for training.
//
// Files are foreign: every error names the file, the row, the column and the
// reason, and what was detected is said, never guessed in silence.
package dataset
