package engine

import "github.com/nnvet/nnvet"

// A Spec describes a training.
type Spec struct {
	Input  Shape // of one row
	Layers []Node
	Loss   Loss
	// OutputBias, where not nil, is what the last bias starts at, one value for
	// each of its units, whatever the layer says: the best constant, so that
	// training need not find it first.
	OutputBias []float64
	Optimizer  Optimizer
	Schedule   Schedule
	Clip       Clip
	Augment    []Augment
	Batch      int   // rows a step; the last batch of an epoch may be smaller
	Epochs     int   // passes over the training rows; 0 where Steps says how long
	Steps      int64 // optimizer steps, where not 0 instead of Epochs
	Patience   int   // epochs without a better validation loss after which training stops; 0 for never
	KeepOrder  bool  // rows are not shuffled between epochs
	Seed       int64
	Kernels    string // name of the kernel set; "" for the fastest that this machine runs
}

// A Shape is the extent of one row: [features], [tokens, features], or
// [height, width, channels]. Batches have the row number before it.
type Shape []int

// A Node is a layer in its place in the network.
type Node struct {
	Name   string // unique; "" for its kind and a number: "dense1"
	Layer  Layer
	Source nnvet.Location // where the user wrote it
}

// A Loss compares the network's output with the targets, as a mean over rows.
type Loss struct {
	Kind      LossKind
	Delta     float64 // of huber: where it turns from square to linear; 0 means 1
	Smoothing float64 // of cross-entropy: share of label smoothing
	Source    nnvet.Location
}

// A LossKind names a loss.
type LossKind string

// The losses. Predictions are what the last layer gives.
const (
	MSE          LossKind = "mse"
	MAE          LossKind = "mae"
	Huber        LossKind = "huber"
	Poisson      LossKind = "poisson"                   // prediction is the rate, which must be positive: rate - target*log(rate)
	PoissonLog   LossKind = "poisson_log"               // prediction is the logarithm of the rate
	CrossEntropy LossKind = "cross_entropy"             // logits, class indices
	ProbCE       LossKind = "categorical_cross_entropy" // probabilities clipped to [1e-7, 1-1e-7] as Keras does, class indices
	BCELogits    LossKind = "bce_logits"                // logits, targets in [0, 1]
	BCE          LossKind = "bce"                       // probabilities clipped to [1e-7, 1-1e-7], targets in [0, 1]
)

// Labels reports whether the loss takes class indices rather than numbers.
func (k LossKind) Labels() bool { return k == CrossEntropy || k == ProbCE }

// An Optimizer changes the parameters by their gradients. Zero settings mean
// PyTorch's defaults, so 0 cannot be asked for where it differs from them: a
// pointer would say the same and read worse.
type Optimizer struct {
	Kind      string // sgd, rmsprop, adam, adamw
	LR        float64
	Momentum  float64 // of sgd
	Dampening float64 // of sgd
	Nesterov  bool    // of sgd
	Alpha     float64 // of rmsprop; 0.99
	Beta1     float64 // of adam, adamw; 0.9
	Beta2     float64 // of adam, adamw; 0.999
	Eps       float64 // 1e-8
	Decay     float64 // weight decay: decoupled for adamw, added to the gradient for the others
	Source    nnvet.Location
}

// A Schedule changes the learning rate over the run, as a factor of Optimizer.LR.
type Schedule struct {
	Kind   string  // "" or constant, step, exponential, cosine, linear
	Warmup int64   // steps over which the rate rises linearly from 0
	Every  int64   // of step: epochs between drops
	Factor float64 // of step and exponential: what each drop, or epoch, multiplies by
	Floor  float64 // of cosine and linear: the factor at the end
	Source nnvet.Location
}

// Clip bounds gradients before the optimizer sees them; 0 for no bound.
type Clip struct {
	Norm   float64 // of all parameters together
	Value  float64 // of every element
	Source nnvet.Location
}

// An Augment changes training rows on the fly.
type Augment struct {
	Kind   string // noise (standard deviation), flip (share of rows), shift (pixels), crop (pixels of padding), mixup (alpha of the beta distribution)
	Amount float64
	Source nnvet.Location
}

// Data is one split of a data set, shared by trials and never changed.
type Data struct {
	X      []float32 // Rows rows, each of Spec.Input
	Y      []float32 // targets: Rows rows of the network's outputs; nil for labels
	Labels []int32   // class indices
	Rows   int
}
