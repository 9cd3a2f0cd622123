package engine

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/nnvet/nnvet/internal/engine/kernel"
)

// A Network is a spec at work: its parameters, and the memory of a step. It
// belongs to one goroutine at a time, and no call of a step allocates.
type Network struct {
	spec    Spec
	rows    int
	set     *kernel.Set
	body    chain
	loss    loss
	outputs Shape
	layers  []Described
	params  []*Param
	buffers []*Param
	fused   []func(on bool)
	watched bool
	covered []int // layers whose output the ReLU behind them replaces, unless watched
	inputs  int   // elements of a row of the input
	wrong   *firstError
	tap     *tapped
	random  *rand.PCG

	values, grads []float32
	dx            []float32 // gradient of the loss by the input, where New was asked for it
}

// purposes of random numbers: each draws from a source of its own, so that a
// layer of dropout more does not change the initial weights.
const (
	forInit uint64 = iota + 1
	forDropout
)

// New makes a network for batches of at most rows rows, with its parameters
// initialized from the spec's seed. What does not fit is a [LayerError] or an
// error on the loss, the kernel set or the memory.
func New(s Spec, rows int) (*Network, error) { return newNetwork(s, rows, false) }

// newNetwork makes a network that may also work out the gradient of its input,
// which training does not need.
func newNetwork(s Spec, rows int, inputGradient bool) (*Network, error) {
	set, err := setOf(s.Kernels)
	if err != nil {
		return nil, err
	}
	if err := checkSize("rows", rows); err != nil {
		return nil, fmt.Errorf("batch: %w", err)
	}
	if err := s.Input.check(); err != nil {
		return nil, fmt.Errorf("input: %w", err)
	}
	if len(s.Layers) == 0 {
		return nil, errors.New("layers: none; give one at least")
	}
	n := &Network{spec: s, rows: rows, set: set, wrong: new(firstError), tap: new(tapped), random: new(rand.PCG)}
	b := &builder{set: set, rows: rows, random: n.random, wrong: n.wrong, tap: n.tap, learns: inputGradient, names: make(map[string]bool)}
	if n.body, n.outputs, err = b.chain(s.Layers, s.Input, scope{path: "layers", parent: -1}); err != nil {
		return nil, err
	}
	if len(b.params) == 0 {
		return nil, errors.New("layers: none of them has parameters to train; add a dense layer")
	}
	if n.loss, err = newLoss(s.Loss, n.outputs, set, n.wrong); err != nil {
		return nil, err
	}
	b.array(&n.loss.grad, times(rows, n.outputs.Size()))
	if n.values, n.grads, err = b.allocate(); err != nil {
		return nil, err
	}
	n.inputs, n.layers, n.params, n.buffers = s.Input.Size(), b.layers, b.params, b.buffers
	n.fused, n.covered = b.fused, b.covered
	if bias, want := n.lastBias(), len(s.OutputBias); want > 0 && (bias == nil || len(bias.Value) != want) {
		return nil, fmt.Errorf("output bias: %d values, and the last layer has no bias of as many units", want)
	}
	n.Watch(false)
	n.Initialize(s.Seed)
	return n, nil
}

// setOf returns the kernel set of a name, of none the fastest.
func setOf(name string) (*kernel.Set, error) {
	if name == "" {
		return kernel.Best(), nil
	}
	return kernel.Named(name)
}

// Spec returns what the network was made from.
func (n *Network) Spec() Spec { return n.spec }

// Rows returns the rows of the largest batch.
func (n *Network) Rows() int { return n.rows }

// Set returns the arithmetic that the network runs on.
func (n *Network) Set() *kernel.Set { return n.set }

// Outputs returns the shape of one row of the output.
func (n *Network) Outputs() Shape { return n.outputs }

// Params returns the trainable parameters, in the order of the layers.
func (n *Network) Params() []*Param { return n.params }

// Buffers returns the running statistics: what is saved but not trained.
func (n *Network) Buffers() []*Param { return n.buffers }

// Arena returns all trainable parameters and their gradients as one array
// each. Between parameters there may be elements that are always 0.
func (n *Network) Arena() (values, grads []float32) { return n.values, n.grads }

// Layers describes the layers. A layer's index is its number elsewhere.
func (n *Network) Layers() []Described { return n.layers }

// Initialize draws the parameters anew and resets the running statistics. The
// same seed gives the same values.
func (n *Network) Initialize(seed int64) {
	rng := rand.New(rand.NewPCG(uint64(seed), forInit))
	for _, p := range n.params {
		p.initialize(rng)
	}
	for _, p := range n.buffers {
		p.initialize(rng)
	}
	for i, v := range n.spec.OutputBias {
		n.lastBias().Value[i] = float32(v)
	}
	clear(n.grads)
	n.random.Seed(uint64(seed), forDropout)
	n.wrong.err = nil
}

// lastBias returns the bias of the last layer that has parameters, or nil.
func (n *Network) lastBias() *Param {
	if p := n.params[len(n.params)-1]; strings.HasSuffix(p.Name, ".bias") {
		return p
	}
	return nil
}

// Random returns the source that dropout draws from, so that a training that
// goes on where it was left can save and restore it.
func (n *Network) Random() *rand.PCG { return n.random }

// Watch says whether Forward keeps the output of every layer for
// [Network.Activations]. Without it a layer that is followed by ReLU may keep
// only the output of that. The figures are the same bits either way. It is for
// between steps.
func (n *Network) Watch(on bool) {
	n.watched = on
	for _, fuse := range n.fused {
		fuse(!on)
	}
}

// Forward returns the output for a batch: rows rows in x, at most Rows. It
// stays valid until the next call. In training, dropout draws and batch
// normalization uses and gathers the statistics of the batch.
func (n *Network) Forward(x []float32, rows int, train bool) []float32 {
	return n.body.forward(x[:rows*n.inputs], rows, train)
}

// Loss returns the mean loss of the outputs of a batch and prepares its
// gradient for [Network.Backward]. The losses on classes take labels and are
// means over rows; the others take y and are means over all outputs.
func (n *Network) Loss(out, y []float32, labels []int32, rows int) float32 {
	if n.loss.labels != nil {
		return n.loss.onLabels(out, labels[:rows])
	}
	return n.loss.onNumbers(out, y, rows)
}

// Backward sets the gradient of every trainable parameter, for the batch of
// the last Forward and Loss.
func (n *Network) Backward(rows int) {
	n.dx = n.body.backward(n.loss.grad[:rows*n.outputs.Size()], rows)
	if n.tap.Done != nil {
		n.tap.Done()
	}
}

// Activations shows the outputs that the last Forward left: of every layer that
// holds no others if the network is watched, else of those that were kept.
func (n *Network) Activations(visit func(layer int, out []float32)) {
	n.body.visit(func(layer int) bool { return n.watched || !slices.Contains(n.covered, layer) }, visit)
}

// Err returns what was first wrong with the data of a step since Initialize: a
// label that is no class, or a token that an embedding does not have. The loss
// was then NaN.
func (n *Network) Err() error { return n.wrong.err }
