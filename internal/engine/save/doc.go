// Package save keeps what a training came to: a model file with the weights
// and all that a prediction needs, a state from which the training resumes,
// predictions for a reader, and ONNX for other programs.
//
// Weights are safetensors with PyTorch's names and shapes. Files are replaced
// as a whole: a full disk or a crash leaves the old one. Files that are read
// are foreign: every length is checked before it is believed.
package save
