package nnvet

// A Quantity is a kind of figure that a trace holds over training.
type Quantity string

// The quantities that checks know. A site is a layer for act.*, dead.share,
// saturated.share and bound.share, a parameter for weight.*, grad.* and update.*, an
// optimizer's group for lr, a head for head.loss and pred.*, and "" otherwise.
const (
	Loss       Quantity = "loss"
	HeadLoss   Quantity = "head.loss"
	Accuracy   Quantity = "accuracy"
	Rate       Quantity = "lr"
	BatchRows  Quantity = "batch.rows"
	WeightMean Quantity = "weight.mean"
	WeightStd  Quantity = "weight.std"
	WeightNorm Quantity = "weight.norm"
	WeightMax  Quantity = "weight.max"
	WeightBad  Quantity = "weight.nonfinite"
	GradNorm   Quantity = "grad.norm"
	GradRMS    Quantity = "grad.rms"
	GradMax    Quantity = "grad.max"
	GradZero   Quantity = "grad.zero"
	GradBad    Quantity = "grad.nonfinite"
	Update     Quantity = "update.ratio"
	ActMean    Quantity = "act.mean"
	ActStd     Quantity = "act.std"
	ActMax     Quantity = "act.max"
	ActZero    Quantity = "act.zero"
	ActBad     Quantity = "act.nonfinite"
	Dead       Quantity = "dead.share"
	Saturated  Quantity = "saturated.share"
	PredMean   Quantity = "pred.mean"
	PredStd    Quantity = "pred.std"
	ClipNorm   Quantity = "clip.norm"
	ClipMax    Quantity = "clip.max"
	Backwards  Quantity = "backwards"
	ActCosine  Quantity = "act.cosine"
	ActRank    Quantity = "act.rank"
	ActGrad    Quantity = "act.grad"
	RowGrad    Quantity = "grad.row"
	BatchGrad  Quantity = "grad.batch"
	AtBound    Quantity = "bound.share"
)

// Quantities says what each quantity means and in what unit, in the order of
// the documentation.
var Quantities = []struct {
	Name  Quantity
	Means string
}{
	{Loss, "the value on which backward was called (train), or the mean over one evaluation (val)"},
	{HeadLoss, "the value of one loss function, before it is scaled or summed with others"},
	{Accuracy, "share of rows whose largest output is the target class"},
	{Rate, "learning rate in force at the step"},
	{BatchRows, "rows of the batch that the network was given"},
	{WeightMean, "mean of a parameter"},
	{WeightStd, "standard deviation of a parameter"},
	{WeightNorm, "L2 norm of a parameter"},
	{WeightMax, "largest absolute value of a parameter"},
	{WeightBad, "NaN and infinite elements of a parameter"},
	{GradNorm, "L2 norm of a parameter's gradient at the optimizer's step"},
	{GradRMS, "root mean square of that gradient's elements"},
	{GradMax, "largest absolute element of that gradient"},
	{GradZero, "share of that gradient's elements that are exactly zero"},
	{GradBad, "NaN and infinite elements of that gradient"},
	{Update, "L2 norm of one step's change of a parameter over the norm of the parameter before it"},
	{ActMean, "mean of a layer's outputs"},
	{ActStd, "standard deviation of a layer's outputs"},
	{ActMax, "largest absolute output of a layer"},
	{ActZero, "share of a layer's outputs that are exactly zero"},
	{ActBad, "NaN and infinite outputs of a layer"},
	{Dead, "share of a layer's units without any gradient over a window of at least 1000 rows and 8 batches that ends at the step"},
	{Saturated, "share of a bounded activation's outputs in its flat ends (|z| > 3 for tanh, > 6 for sigmoid)"},
	{PredMean, "mean of what a loss was given as prediction"},
	{PredStd, "standard deviation of what a loss was given as prediction"},
	{ClipNorm, "total gradient norm before clipping"},
	{ClipMax, "norm (or, by value, element) that gradients are clipped to"},
	{Backwards, "backward passes that went into the optimizer's step"},
	{ActCosine, "mean cosine of the angle between a layer's outputs for two rows of a batch"},
	{ActRank, "participation ratio of a layer's outputs over a batch: in how many directions they vary; at most one less than the rows"},
	{ActGrad, "root mean square of the loss's gradient with respect to a layer's outputs, per row of the batch"},
	{RowGrad, "mean over a batch's rows of the squared norm of one row's gradient, over the dense layers' parameters"},
	{BatchGrad, "squared norm of a batch's mean gradient, over the same parameters"},
	{AtBound, "share of a clamp's outputs, or a hard activation's, that lie exactly at a bound"},
}

// Splits of the data that a series or a profile is of.
const (
	// Only losses, accuracies and predictions have a split; what is measured in
	// layers and parameters is of training and has none.
	Train      = "train"
	Validation = "val"
)

// A Key names one series: what was measured, where, and on which data.
type Key struct {
	Quantity Quantity
	Site     string // layer, parameter, group or head; "" for the whole run
	Split    string // Train, Validation, or "" where it does not apply
}

// String returns "quantity/split site".
func (k Key) String() string {
	s := string(k.Quantity)
	if k.Split != "" {
		s += "/" + k.Split
	}
	if k.Site != "" {
		s += " " + k.Site
	}
	return s
}

// A Series is one figure over training. Steps count optimizer steps from 0
// and increase strictly. Values may be NaN or infinite: that is often the point.
type Series struct {
	Key    Key
	Steps  []int64
	Values []float64
	// Every is how many recorded values one kept value stands for: 1, or a
	// power of two where a long series was thinned to bound its memory. A kept
	// value is the mean of those, or the first non-finite one among them, and
	// stands at the step of the first.
	Every int64
}

// Len returns the number of values.
func (s *Series) Len() int {
	if s == nil {
		return 0
	}
	return len(s.Values)
}

// Last returns the last step and value. It panics on an empty series.
func (s *Series) Last() (step int64, value float64) {
	return s.Steps[len(s.Steps)-1], s.Values[len(s.Values)-1]
}
