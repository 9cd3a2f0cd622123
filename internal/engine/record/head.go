package record

import (
	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// lossNames are PyTorch's names of the losses.
var lossNames = map[engine.LossKind]string{
	engine.MSE:          "mse_loss",
	engine.MAE:          "l1_loss",
	engine.Huber:        "huber_loss",
	engine.Poisson:      "poisson_nll_loss",
	engine.PoissonLog:   "poisson_nll_loss",
	engine.CrossEntropy: "cross_entropy",
	engine.ProbCE:       "nll_loss",
	engine.BCELogits:    "binary_cross_entropy_with_logits",
	engine.BCE:          "binary_cross_entropy",
}

// operations are the names that docs/trace.md has for what layers do.
var operations = map[string]string{
	"Linear": "linear", "Conv2d": "conv", "Embedding": "embedding",
	"BatchNorm1d": "norm", "BatchNorm2d": "norm", "LayerNorm": "norm",
	"ReLU": "relu", "LeakyReLU": "leaky_relu", "PReLU": "leaky_relu", "ELU": "elu", "SELU": "elu",
	"GELU": "gelu", "SiLU": "silu", "Tanh": "tanh", "Sigmoid": "sigmoid", "Softplus": "softplus", "Softmax": "softmax",
	"Dropout": "dropout", "Flatten": "reshape", "Residual": "add", "Clip": "clamp", "Round": "round",
	"AdaptiveAvgPool2d": "mean",
}

func operation(class string) string {
	if op, ok := operations[class]; ok {
		return op
	}
	return "other"
}

// terminal holds the operations with parameters that a chain ends at.
var terminal = map[string]bool{"linear": true, "conv": true, "embedding": true, "norm": true}

// longest bounds a chain.
const longest = 16

type headRecord struct {
	K      string  `json:"k"`
	S      int64   `json:"s"`
	H      int     `json:"h"`
	Loss   string  `json:"loss"`
	Red    string  `json:"red"`
	Src    string  `json:"src,omitempty"`
	Smooth float64 `json:"smooth,omitempty"`
	Root   bool    `json:"root"`
	Shape  []int   `json:"shape"`
	Chain  []link  `json:"chain"`
}

// A link is one operation between the loss and the last layer with parameters.
type link struct {
	Op   string   `json:"op"`
	M    *int64   `json:"m,omitempty"`
	Src  string   `json:"src,omitempty"`
	Dim  *int     `json:"dim,omitempty"`
	Size int      `json:"size,omitempty"`
	Lo   *float64 `json:"lo,omitempty"`
	Hi   *float64 `json:"hi,omitempty"`
}

// head describes the loss and what feeds it.
func head(t *engine.Trainer, step int64) headRecord {
	loss := t.Spec.Loss
	r := headRecord{K: "head", S: step, Loss: lossNames[loss.Kind], Red: "mean", Src: place(loss.Source), Smooth: loss.Smoothing, Root: true}
	r.Shape = append([]int{t.Spec.Batch}, t.Network.Outputs()...)
	if loss.Kind == engine.ProbCE { // the loss takes the logarithm, where PyTorch's wants it taken
		r.Chain = append(r.Chain, link{Op: "log"})
	}
	r.Chain = append(r.Chain, chain(t.Network.Layers(), longest-len(r.Chain))...)
	return r
}

// chain follows the prediction back to the last layer with parameters. From a
// residual block it goes on into the body.
func chain(layers []engine.Described, limit int) []link {
	var out []link
	for i := len(layers) - 1; i >= 0 && len(out) < limit; i-- {
		// The layers of a block follow it, so its body comes before it here: the
		// blocks that end with this layer, outermost first.
		for _, b := range blocksThatEnd(layers, i) {
			out = append(out, linkOf(layers, b))
		}
		if !layers[i].Leaf {
			continue
		}
		l := linkOf(layers, i)
		out = append(out, l)
		if terminal[l.Op] {
			break
		}
	}
	return out[:min(len(out), limit)]
}

// blocksThatEnd returns the blocks whose last layer is the given one, outermost
// first.
func blocksThatEnd(layers []engine.Described, last int) []int {
	var out []int
	for p := layers[last].Parent; p >= 0; p = layers[p].Parent {
		if last+1 < len(layers) && within(layers, last+1, p) {
			break
		}
		out = append([]int{p}, out...)
	}
	return out
}

// within reports whether a layer is in a block, or in one in it.
func within(layers []engine.Described, layer, block int) bool {
	for p := layers[layer].Parent; p >= 0; p = layers[p].Parent {
		if p == block {
			return true
		}
	}
	return false
}

func linkOf(layers []engine.Described, i int) link {
	l := &layers[i]
	id := moduleID(i)
	out := link{Op: operation(l.Class), M: &id, Src: place(l.Source)}
	switch out.Op {
	case "softmax":
		dim := len(l.Out) // the last of a batch's
		out.Dim, out.Size = &dim, l.Out.Last()
	case "clamp":
		out.Lo, out.Hi = bound(l.Settings, "min"), bound(l.Settings, "max")
	}
	return out
}

func bound(settings map[string]float64, name string) *float64 {
	if v, ok := settings[name]; ok {
		return &v
	}
	return nil
}

// predicted records what the loss was given.
func (r *Recorder) predicted(s *engine.Step) {
	p := &r.prediction
	*p = tracefile.Prediction{S: s.Number, Split: nnvet.Train, Loss: float32(s.Loss), Acc: s.Accuracy()}
	if s.Rows >= few {
		out := r.tensors.sample.of(s.Out)
		st := r.tensors.set.Stats(out)
		p.N, p.NF = int64(st.N), int64(st.NonFinite)
		p.Mean, p.Std = moments(st, out)
		p.Min, p.Max = float64(st.Min), float64(st.Max)
	}
	r.put(p)
}
