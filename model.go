package nnvet

// A Run says what trained, and how it ended.
type Run struct {
	Nnvet            string // version that recorded the trace
	Framework        string // "torch", or Engine
	FrameworkVersion string
	Language         string  // "python 3.11.7"
	Script           string  // file name of the program
	Device           string  // "cpu", "cuda"
	Deterministic    bool    // the framework's deterministic mode was on
	Seeded           bool    // the framework's seed was set before training
	World            int     // processes that trained together; 1 alone
	Started          float64 // Unix seconds
	Seconds          float64 // wall time from the first forward pass to the last record
	Steps            int64   // optimizer steps completed
	Overhead         float64 // share of wall time that the probe spent; NaN where unknown
	Ended            Ending
	Exception        string // type of the exception that ended the run, for Raised
}

// Ending says how the recorded program ended.
type Ending string

// The endings. A run without one is still going on, or was killed.
const (
	Running Ending = ""
	Exited  Ending = "exit"
	Raised  Ending = "exception"
)

// A Layer is one module of the network.
type Layer struct {
	Name     string // its path in the network, "encoder.fc1"
	Kind     string // its class, "Linear"
	Source   Location
	Settings map[string]float64 // hyper-parameters that are numbers or booleans: p, eps, bias
	Leaf     bool               // it holds no other layers
}

// A Param is one trainable tensor.
type Param struct {
	Name      string // "encoder.fc1.weight"
	Layer     string // the layer it belongs to
	Shape     []int
	Trainable bool // it asks for gradients
	// Unregistered marks a tensor that took part in training but that no
	// module of the network holds, such as a layer kept in a plain list.
	Unregistered bool
	Source       Location // where the layer that owns an unregistered tensor was made
	Rows         int      // units in all, of a tensor of two dimensions or more
	Twins        int      // those whose incoming weights equal another unit's at step 0
	GradTwins    int      // those whose first gradient other than 0, if any was, equals another such unit's; -1 where not recorded
}

// An Optimizer is one optimizer and its groups.
type Optimizer struct {
	Kind   string // "SGD"
	Source Location
	Groups []Group
}

// A Group is a set of parameters that share an optimizer's settings. Its
// series of learning rates has the site Name.
type Group struct {
	Name     string             // "SGD", or "SGD.1" for the second of several
	Settings map[string]float64 // lr, momentum, weight_decay, beta1, beta2, eps ... as constructed
	Params   []string
}

// Setting returns a setting of the group by name.
func (g *Group) Setting(name string) (float64, bool) {
	v, ok := g.Settings[name]
	return v, ok
}

// A Head is a loss and what feeds it: the end of the network, where
// predictions meet targets.
type Head struct {
	Name      string // its site in the series: "cross_entropy", "mse_loss.1"
	Loss      LossKind
	Reduction string // "mean", "sum", "none"
	Source    Location
	Weighted  bool    // classes or rows have weights, so the loss has no plain baseline
	Smoothing float64 // share of each class target that is spread over all classes alike (label smoothing)
	Root      bool    // its value is what backward was called on, unscaled and alone
	// Chain holds the operations that the prediction went through, from the
	// loss backwards to the last operation that has parameters, which it includes.
	Chain []Op
	Shape []int // of the prediction
}

// A LossKind names a loss in the framework-neutral terms of this package.
type LossKind string

// The losses that are told apart. Anything else is named as the framework names it.
const (
	CrossEntropy LossKind = "cross-entropy" // on logits, with class indices or probabilities
	NLL          LossKind = "nll"           // on log probabilities
	BCE          LossKind = "bce"           // on probabilities
	BCELogits    LossKind = "bce-logits"
	MSE          LossKind = "mse"
	L1           LossKind = "l1"
	SmoothL1     LossKind = "smooth-l1"
	Huber        LossKind = "huber"
	Poisson      LossKind = "poisson_nll_loss" // on rates or their logarithms, without Stirling's term
)

// An Op is one operation on the way from the network to its loss.
type Op struct {
	Kind   string // "softmax", "sigmoid", "linear", "conv", "reshape" ... lower case
	Layer  string // the layer that ran it, where it was a module or has parameters
	Source Location
	Dim    int     // the dimension that a softmax normalizes over
	Size   int     // its extent; 0 where unknown
	Lo, Hi float64 // bounds of a clamp; NaN where open
}

// A Node is one operation of the graph that a loss was computed by.
type Node struct {
	Kind   string // as in a chain: "relu", "add", "conv", "round"; "leaf" of a parameter
	Param  string // of a leaf
	Inputs []int  // places in the graph of what it was computed from
}

// An Event is something that happened once, or that was counted.
type Event struct {
	Kind   EventKind
	Step   int64 // when it first happened
	Count  int64 // how often, at least 1
	Of     int64 // in how many places where it was looked for; 0 where not counted
	Site   string
	Source Location
	Text   string // what the recorder adds: an operation, a class, a reason
}

// An EventKind names a kind of event.
type EventKind string

// The events that checks know.
const (
	GradNotZeroed     EventKind = "grad_not_zeroed"   // gradients of the step before were still there
	BackwardInEval    EventKind = "backward_in_eval"  // trained in evaluation mode
	ValidationInTrain EventKind = "val_in_train_mode" // evaluated in training mode
	NonFinite         EventKind = "nonfinite"         // the first tensor that was not finite; Text says which kind
	NoGradient        EventKind = "no_gradient"       // a parameter in the optimizer never got a gradient
	LossDetached      EventKind = "loss_detached"     // an optimizer stepped without any backward pass
	ProbeDisabled     EventKind = "probe_disabled"    // the recorder gave up; Text says why
	NotWatched        EventKind = "not_watched"       // something the recorder leaves alone; Text says what
	Augmented         EventKind = "augmented"         // training rows are changed on the fly; Text says how, "noise 0.1"
	BestKept          EventKind = "best_kept"         // training ends by itself, and the weights of the best evaluation are kept
	LibraryClipping   EventKind = "library_clipping"  // gradients are clipped by a framework, not by the user's own code
)
