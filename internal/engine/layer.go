package engine

// A Layer is a layer as it is written down: its kind and its settings, whose
// zero values mean the defaults. Pointers to the layer types are Layers, and
// nothing outside this package is.
type Layer interface {
	Kind() string // its name in an experiment file: "dense"
	// build checks the settings against the shape of the input, tells the
	// builder what it needs, and returns the layer at work and its output.
	build(b *builder, in Shape) (op, Shape, error)
	about(in Shape) about
}

// about is how a layer shows in a trace.
type about struct {
	class    string             // PyTorch's name of it
	settings map[string]float64 // under PyTorch's names
}

// An op is a layer at work, for batches of as many rows as it was built for.
type op interface {
	// forward returns the output, which stays as it is until the next call.
	forward(x []float32, rows int, train bool) []float32
	// backward takes the gradient of the output of the last forward, sets the
	// gradients of the layer's parameters and returns the gradient of its input,
	// nil where nobody wants it. It may write over dy, and return it.
	backward(dy []float32, rows int) []float32
}

// A LayerKind is a kind of layer that an experiment file can name.
type LayerKind struct {
	Name string
	What string       // one sentence
	New  func() Layer // with every setting at its default; a pointer to a struct whose fields have yaml and doc tags
}

// Kinds returns all layers that there are.
func Kinds() []LayerKind {
	return []LayerKind{
		{"dense", "weighted sums of the features and a bias, at each position alone", func() Layer { return new(Dense) }},
		{"conv2d", "convolution of an image", func() Layer { return new(Conv2D) }},
		{"embedding", "a trained vector for each token", func() Layer { return new(Embedding) }},
		{"residual", "adds what a body of layers makes of the input to the input", func() Layer { return new(Residual) }},
		{"flatten", "makes one dimension of all", func() Layer { return new(Flatten) }},
		{"max_pool", "the greatest value of each window of an image", func() Layer { return new(MaxPool) }},
		{"avg_pool", "the mean of each window of an image", func() Layer { return new(AvgPool) }},
		{"global_avg_pool", "the mean over all positions: pixels or tokens", func() Layer { return new(GlobalAvgPool) }},
		{"batch_norm", "mean 0 and variance 1 of each channel over the batch, then a trained scale and shift", func() Layer { return new(BatchNorm) }},
		{"layer_norm", "mean 0 and variance 1 of the features of each position, then a trained scale and shift", func() Layer { return new(LayerNorm) }},
		{"dropout", "sets a share of its input to 0 in training", func() Layer { return new(Dropout) }},
		{"relu", "max(x, 0)", func() Layer { return new(ReLU) }},
		{"leaky_relu", "x where it is positive, else a small slope", func() Layer { return new(LeakyReLU) }},
		{"prelu", "leaky_relu with a trained slope", func() Layer { return new(PReLU) }},
		{"elu", "x where it is positive, else alpha*(exp(x)-1)", func() Layer { return new(ELU) }},
		{"selu", "elu with the constants that keep mean 0 and variance 1", func() Layer { return new(SELU) }},
		{"gelu", "x times the share of a normal distribution below x", func() Layer { return new(GELU) }},
		{"silu", "x*sigmoid(x)", func() Layer { return new(SiLU) }},
		{"tanh", "hyperbolic tangent", func() Layer { return new(Tanh) }},
		{"sigmoid", "1/(1+exp(-x))", func() Layer { return new(Sigmoid) }},
		{"softmax", "positive numbers that add up to 1, over the last dimension", func() Layer { return new(Softmax) }},
		{"softplus", "log(1+exp(x)), a smooth relu", func() Layer { return new(Softplus) }},
		{"clip", "holds values within bounds, without gradient beyond them", func() Layer { return new(Clamp) }},
		{"round", "the nearest whole number, without gradient", func() Layer { return new(Round) }},
	}
}
