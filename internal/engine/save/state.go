package save

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"

	"github.com/nnvet/nnvet/internal/engine"
)

const (
	keyIdentity = "identity"
	figures     = "state" // begins the names of a state's figures
)

// The tensors of a state begin with these, except for the parameters
// themselves.
const (
	prefixM    = "gradient_mean."
	prefixV    = "gradient_square_mean."
	prefixBest = "best."
)

// WriteState writes where a training of the identity is, so that it can go on
// bit for bit. The state is of the network.
func WriteState(path string, n *engine.Network, s engine.State, id Identity, a About) error {
	identity, err := json.Marshal(id)
	if err != nil {
		return fmt.Errorf("%s: not written: %w", path, err)
	}
	metadata, err := a.metadata()
	if err != nil {
		return fmt.Errorf("%s: not written: %w", path, err)
	}
	metadata[keyIdentity] = string(identity)
	writeFigures(metadata, figures, reflect.ValueOf(s))

	var tensors []Tensor
	for _, part := range parts(n, &s) {
		if len(*part.numbers) > 0 {
			tensors = append(tensors, gather(part.prefix, part.params, part.place(*part.numbers))...)
		}
	}
	return WriteFile(path, func(w io.Writer) error { return WriteTensors(w, metadata, tensors) })
}

// A part is an array of a state: the numbers of all parameters, or of all
// running statistics.
type part struct {
	prefix  string
	numbers *[]float32
	params  []*engine.Param
	length  int
	place   func(numbers []float32) source
}

func parts(n *engine.Network, s *engine.State) []part {
	values, _ := n.Arena()
	running := 0
	for _, p := range n.Buffers() {
		running += len(p.Value)
	}
	trained := func(prefix string, numbers *[]float32) part {
		return part{prefix, numbers, n.Params(), len(values), inArena}
	}
	gathered := func(prefix string, numbers *[]float32) part {
		return part{prefix, numbers, n.Buffers(), running, func(all []float32) source { return inTurn(n.Buffers(), all) }}
	}
	return []part{
		trained("", &s.Params), gathered("", &s.Buffers),
		trained(prefixM, &s.M), trained(prefixV, &s.V),
		trained(prefixBest, &s.BestParams), gathered(prefixBest, &s.BestBuffers),
	}
}

// A Saved is a training that was left, as it lies in its file.
type Saved struct {
	About    About
	Identity Identity
	LR       float64 // the learning rate it was trained with, for one that was not asked for by number

	path  string
	file  *File
	state engine.State // the figures
}

// ReadState reads what WriteState wrote.
func ReadState(path string) (*Saved, error) {
	file, err := readFile(path)
	if err != nil {
		return nil, err
	}
	s, err := file.saved()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	s.path = path
	return s, nil
}

func (f *File) saved() (*Saved, error) {
	s := &Saved{file: f}
	var err error
	if s.About, err = f.about(); err != nil {
		return nil, err
	}
	text, ok := f.Metadata[keyIdentity]
	if !ok {
		return nil, errors.New("nothing to resume from: it holds a model, and not where its training was")
	}
	if err := json.Unmarshal([]byte(text), &s.Identity); err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	if s.LR, err = strconv.ParseFloat(s.Identity["optimizer.lr"], 64); err != nil {
		return nil, fmt.Errorf("identity: optimizer.lr %.40q is no number", s.Identity["optimizer.lr"])
	}
	return s, readFigures(f.Metadata, figures, reflect.ValueOf(&s.state).Elem())
}

// Resume returns the state, for [engine.Trainer.Restore] of a training of that
// identity. A training that is not the one that was saved is a *[Changed].
func (s *Saved) Resume(n *engine.Network, id Identity) (engine.State, error) {
	state := s.state
	if err := id.since(s.Identity); err != nil {
		return state, fmt.Errorf("%s: %w", s.path, err)
	}
	index := s.file.index()
	for _, part := range parts(n, &state) {
		if !has(index, part) {
			continue // the optimizer keeps no such figures, or patience was off
		}
		*part.numbers = make([]float32, part.length)
		if err := scatter(part.prefix, part.params, part.place(*part.numbers), index); err != nil {
			return state, fmt.Errorf("%s: %w", s.path, err)
		}
	}
	if err := nothingLeft(index); err != nil {
		return state, fmt.Errorf("%s: %w", s.path, err)
	}
	return state, nil
}

// has reports whether there is any tensor of a part: all are then due.
func has(index map[string]*Tensor, p part) bool {
	for _, param := range p.params {
		if index[p.prefix+param.Name] != nil {
			return true
		}
	}
	return false
}
