package nnvet

import "slices"

// A Setting is a change of one hyper-parameter or habit of a training, in words
// that a machine can apply: Name is one of [Knobs].
type Setting struct{ Name, Site, From, To string }

// A Knob is something that a [Setting] can change. Site names the layer, column
// or operation where only a part of the program is meant, and is "" for all.
type Knob struct {
	Name string
	Site string // what Site names: "layer", "column", "operation"; "" where there is none
	To   string // what To may be
}

// Knobs are all that a setting can change. A treatment that only changes these
// can be tried by a machine; what needs a person has no setting.
var Knobs = []Knob{
	{"lr", "", "a learning rate: 0.003"},
	{"schedule", "", "none, cosine, or a factor a step"},
	{"warmup", "", "steps over which the rate rises from 0"},
	{"clip", "", "the largest norm of the gradient, or none"},
	{"optimizer", "", "sgd, momentum, adam, adamw, rmsprop"},
	{"momentum", "", "a share"},
	{"beta1", "", "a share"},
	{"beta2", "", "a share"},
	{"eps", "", "of the optimizer: a small number"},
	{"weight decay", "", "a factor"},
	{"batch", "", "rows"},
	{"epochs", "", "passes over the training rows"},
	{"early stopping", "", "on: the weights of the best evaluation are kept"},
	{"shuffle", "", "true or false"},
	{"inputs", "column", "standardize, robust, maxabs, none, log, drop, onehot; circle 24: sine and cosine of a period; missing -999: a marker; /255: divided by it"},
	{"targets", "column", "standardize; 0/1: two labels, written so"},
	{"class weights", "", "balanced: a row weighs what its class is rare"},
	{"input noise", "", "a standard deviation, of inputs that have 1"},
	{"dropout", "layer", "the share that is dropped; 0 takes it out"},
	{"activation", "layer", "relu, leaky_relu, tanh, gelu, elu, none; leaky_relu(0.01)"},
	{"final activation", "layer", "none, sigmoid, softmax, tanh, softplus"},
	{"loss", "", "mse, l1, huber, cross-entropy, nll, bce, bce-logits"},
	{"delta", "", "of a Huber loss: where it becomes straight"},
	{"weight init", "layer", "he, xavier, lecun, default, or std 0.05"},
	{"bias init", "layer", "a number: 0"},
	{"output bias", "layer", "numbers, one an output, with commas"},
	{"units", "layer", "of one layer, or of the last: final"},
	{"hidden layers", "", "a number"},
	{"residual", "", "every 2 layers, or none"},
	{"branch scale", "", "a factor on every residual branch"},
	{"norm", "", "batch or layer: one behind every hidden layer"},
	{"zero_grad", "", "every step"},
	{"trained", "", "all: every parameter is in the network and its optimizer"},
	{"layer", "layer", "none: taken out"},
	{"operation", "operation", "none: taken out; eps 1e-8: kept away from zero"},
	{"dim", "operation", "the dimension that it works along"},
}

// KnobOf returns the knob of a name.
func KnobOf(name string) (Knob, bool) {
	i := slices.IndexFunc(Knobs, func(k Knob) bool { return k.Name == name })
	if i < 0 {
		return Knob{}, false
	}
	return Knobs[i], true
}
