package save

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/prepare"
)

// About is what a file says of where its numbers are from.
type About struct {
	Preparation *prepare.Preparation // of the data; nil where the network took it as it was
	Experiment  string               // text of the experiment file
	Version     string               // nnvet's
}

// A Model is a trained network that stands for itself: what its inputs were
// made of, its weights, and what its outputs mean.
type Model struct {
	Spec  engine.Spec // input, layers and loss
	About About

	file *File
}

// Keys of the metadata.
const (
	keyFormat      = "format"
	keyVersion     = "nnvet"
	keyNetwork     = "network"
	keyPreparation = "preparation"
	keyExperiment  = "experiment"
	keyHash        = "experiment_sha256"
)

// WriteModel writes the network's weights and running statistics, and all
// that a prediction needs, as one safetensors file. Tensors have PyTorch's
// names and shapes: load_state_dict of a matching module takes them. Where
// images are flattened, a dense layer's inputs count height, width, channel.
func WriteModel(path string, n *engine.Network, a About) error {
	network, err := describe(n.Spec())
	if err != nil {
		return fmt.Errorf("%s: not written: %w", path, err)
	}
	metadata, err := a.metadata()
	if err != nil {
		return fmt.Errorf("%s: not written: %w", path, err)
	}
	metadata[keyNetwork] = network
	tensors := append(gather("", n.Params(), own), gather("", n.Buffers(), own)...)
	return WriteFile(path, func(w io.Writer) error { return WriteTensors(w, metadata, tensors) })
}

func (a About) metadata() (map[string]string, error) {
	metadata := map[string]string{
		keyFormat:     "pt", // libraries that read the file for PyTorch ask for this
		keyVersion:    a.Version,
		keyExperiment: a.Experiment,
		keyHash:       hash(a.Experiment),
	}
	if a.Preparation == nil {
		return metadata, nil
	}
	text, err := json.Marshal(a.Preparation)
	metadata[keyPreparation] = string(text)
	return metadata, err
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// about returns what the metadata of a file say. Files that nnvet did not
// write lack some, which is an error.
func (f *File) about() (About, error) {
	version, ok := f.Metadata[keyVersion]
	if !ok {
		return About{}, errors.New("nnvet did not write it: its metadata has no key nnvet")
	}
	a := About{Experiment: f.Metadata[keyExperiment], Version: version}
	if hash(a.Experiment) != f.Metadata[keyHash] {
		return About{}, errors.New("the text of the experiment was changed: it does not have the hash beside it")
	}
	if text, ok := f.Metadata[keyPreparation]; ok {
		var err error
		if a.Preparation, err = prepare.Read([]byte(text)); err != nil {
			return About{}, err
		}
	}
	return a, nil
}

// ReadModel reads a model file and checks that its tensors fit its network.
func ReadModel(path string) (*Model, error) {
	file, err := readFile(path)
	if errors.Is(err, errNoTensors) {
		return nil, fmt.Errorf("%s: no model that nnvet wrote: name the .safetensors file that nnvet run left", path)
	}
	if err != nil {
		return nil, err
	}
	m, err := file.model()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

func (f *File) model() (*Model, error) {
	var err error
	m := &Model{file: f}
	if m.About, err = f.about(); err != nil {
		return nil, err
	}
	if _, ok := f.Metadata[keyIdentity]; ok {
		return nil, errors.New("no model: it holds where a training was, to resume from; name the file of the model beside it")
	}
	network, ok := f.Metadata[keyNetwork]
	if !ok {
		return nil, errors.New("no model: its metadata has no key network; name the file of a model")
	}
	if m.Spec, err = understand(network); err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	if err := f.couldHold(m.Spec); err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	n, err := m.Network(1)
	if err != nil {
		return nil, err
	}
	return m, m.agrees(n)
}

// couldHold reports an input of more features, or layers of more units, than
// the file has numbers, before memory is taken for them. Tokens are no
// features: there may be many to a row.
func (f *File) couldHold(s engine.Spec) error {
	numbers := 0
	for i := range f.Tensors {
		numbers += len(f.Tensors[i].Data)
	}
	tokens := len(s.Layers) > 0 && s.Layers[0].Layer.Kind() == "embedding"
	if len(s.Input) > 0 && s.Input.Last() > numbers && !tokens {
		return fmt.Errorf("an input of %v for a file of %d numbers", s.Input, numbers)
	}
	return within(s.Layers, numbers)
}

// within reports layers of more units than there are numbers.
func within(nodes []engine.Node, numbers int) error {
	for i, n := range nodes {
		size := 0
		switch l := n.Layer.(type) {
		case *engine.Dense:
			size = l.Units
		case *engine.Conv2D:
			size = l.Filters
		case *engine.Embedding:
			size = max(l.Tokens, l.Units)
		case *engine.Residual:
			if err := within(l.Body, numbers); err != nil {
				return fmt.Errorf("layers[%d].%w", i, err)
			}
		}
		if size > numbers {
			return fmt.Errorf("layers[%d] %s: a size of %d in a file of %d numbers", i, n.Layer.Kind(), size, numbers)
		}
	}
	return nil
}

// Network builds the network for batches of that many rows, with the weights
// of the file.
func (m *Model) Network(rows int) (*engine.Network, error) {
	n, err := engine.New(m.Spec, rows)
	if err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	index := m.file.index()
	if err := scatter("", n.Params(), own, index); err != nil {
		return nil, err
	}
	if err := scatter("", n.Buffers(), own, index); err != nil {
		return nil, err
	}
	return n, nothingLeft(index)
}

// agrees reports a preparation that does not make what the network takes, or
// reads something else from what it gives.
func (m *Model) agrees(n *engine.Network) error {
	p := m.About.Preparation
	if p == nil {
		return nil
	}
	if shape := p.Shape(); !slices.Equal(shape, m.Spec.Input) {
		return fmt.Errorf("the preparation makes rows of %v; the network takes %v", engine.Shape(shape), m.Spec.Input)
	}
	want, got := p.Outputs(), n.Outputs().Size()
	if two := p.Task() == prepare.Classification && want == 2 && got == 1; got != want && !two {
		return fmt.Errorf("the network has %d outputs; the preparation reads %d", got, want)
	}
	return nil
}
