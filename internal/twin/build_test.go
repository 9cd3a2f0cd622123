package twin

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
)

// A drawing is a training on the rows of small, as a trace has it: linear layers
// of two units, and the graph from the loss on.
type drawing struct {
	nnvet.Builder
	rows *Rows
}

// draw returns a network fc1, relu, fc2 that mse_loss judges.
func draw(t *testing.T) *drawing {
	t.Helper()
	r, err := rowsOf(small())
	if err != nil {
		t.Fatal(err)
	}
	d := &drawing{rows: r}
	d.Run.Steps = 20
	d.linear("fc1", 2, 2)
	d.linear("fc2", 2, 1)
	d.Optimizers = []nnvet.Optimizer{{Kind: "SGD", Groups: []nnvet.Group{{Name: "SGD", Settings: map[string]float64{"lr": 0.1}}}}}
	d.Heads = []nnvet.Head{{Loss: nnvet.MSE, Root: true, Chain: []nnvet.Op{{Kind: "linear", Layer: "fc2"}}}}
	d.Graph = []nnvet.Node{
		0: {Kind: "mseloss", Inputs: []int{1}},
		1: {Kind: "linear", Inputs: []int{2, 3, 4}}, 2: leaf("fc2.bias"), 3: {Kind: "relu", Inputs: []int{5}}, 4: leaf("fc2.weight"),
		5: {Kind: "linear", Inputs: []int{6, 7}}, 6: leaf("fc1.bias"), 7: {Kind: "reshape", Inputs: []int{8}}, 8: leaf("fc1.weight"),
	}
	d.add(t, nnvet.BatchRows, "", 0, 2)
	return d
}

func leaf(param string) nnvet.Node { return nnvet.Node{Kind: "leaf", Param: param} }

func (d *drawing) linear(name string, in, out int) {
	d.Layers = append(d.Layers, nnvet.Layer{Name: name, Kind: "Linear", Leaf: true})
	d.Params = append(d.Params,
		nnvet.Param{Name: name + ".weight", Layer: name, Shape: []int{out, in}, Trainable: true},
		nnvet.Param{Name: name + ".bias", Layer: name, Shape: []int{out}, Trainable: true})
}

func (d *drawing) add(t *testing.T, q nnvet.Quantity, site string, step int64, v float64) {
	t.Helper()
	if err := d.Add(nnvet.Key{Quantity: q, Site: site}, step, v); err != nil {
		t.Fatal(err)
	}
}

func (d *drawing) build() (engine.Spec, error) {
	if len(d.Optimizers) == 1 {
		for i := range d.Optimizers[0].Groups {
			for _, p := range d.Params {
				d.Optimizers[0].Groups[i].Params = append(d.Optimizers[0].Groups[i].Params, p.Name)
			}
		}
	}
	s, err := Build(d.Snapshot(), d.rows)
	if err != nil {
		return engine.Spec{}, err
	}
	return s.Spec, nil
}

// told writes layers in a line.
func told(nodes []engine.Node) string {
	var out []string
	for _, n := range nodes {
		text := n.Layer.Kind()
		switch l := n.Layer.(type) {
		case *engine.Dense:
			text = fmt.Sprintf("%s:dense %d %s", n.Name, l.Units, l.Init.Kind)
		case *engine.Residual:
			text = "residual(" + told(l.Body) + ")"
		case *engine.Dropout:
			text = fmt.Sprintf("dropout %g", l.Rate)
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func TestBuild(t *testing.T) {
	s, err := draw(t).build()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := told(s.Layers), "fc1:dense 2 pytorch, relu, fc2:dense 1 pytorch"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if s.Epochs != 10 || s.Batch != 2 || s.Loss.Kind != engine.MSE || s.Optimizer.Kind != "sgd" || s.Optimizer.LR != 0.1 {
		t.Errorf("got %+v", s)
	}
}

func TestBuildResidual(t *testing.T) {
	d := draw(t)
	d.linear("fc3", 2, 2)
	d.Graph[3] = nnvet.Node{Kind: "add", Inputs: []int{9, 10}} // relu of fc1, and fc3 of that
	d.Graph = append(d.Graph, nnvet.Node{Kind: "relu", Inputs: []int{5}}, nnvet.Node{Kind: "linear", Inputs: []int{11, 9, 12}}, leaf("fc3.bias"), leaf("fc3.weight"))
	s, err := d.build()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := told(s.Layers), "fc1:dense 2 pytorch, relu, residual(fc3:dense 2 pytorch), fc2:dense 1 pytorch"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestBuildStarts(t *testing.T) {
	d := draw(t)
	for _, s := range []struct {
		param           string
		mean, std, most float64
	}{{"fc1.weight", 0, 3, 9}, {"fc1.bias", -10, 1e-9, 10}, {"fc2.weight", 0, 0, 0}} {
		d.add(t, nnvet.WeightMean, s.param, 0, s.mean)
		d.add(t, nnvet.WeightStd, s.param, 0, s.std)
		d.add(t, nnvet.WeightMax, s.param, 0, s.most)
	}
	s, err := d.build()
	if err != nil {
		t.Fatal(err)
	}
	one, two := s.Layers[0].Layer.(*engine.Dense), s.Layers[2].Layer.(*engine.Dense)
	if one.Init != (engine.Init{Kind: "normal", Std: 3}) || one.BiasInit != (engine.Init{Kind: "constant", Value: -10}) || two.Init.Kind != "zero" {
		t.Errorf("got %v, %v and %v", one.Init, one.BiasInit, two.Init)
	}
}

func TestBuildSchedules(t *testing.T) {
	for _, want := range []engine.Schedule{
		{}, {Kind: "cosine"}, {Kind: "linear"}, {Kind: "exponential", Factor: 0.9}, {Kind: "step", Every: 3, Factor: 0.1}, {Kind: "cosine", Warmup: 5},
	} {
		d := draw(t)
		d.Run.Steps = 40
		for step := range d.Run.Steps {
			d.add(t, nnvet.Rate, "SGD", step, 0.1*want.At(step, 2, d.Run.Steps))
		}
		s, err := d.build()
		if err != nil {
			t.Fatalf("%+v: %v", want, err)
		}
		for step := range d.Run.Steps {
			if got, w := s.Schedule.At(step, 2, 40), want.At(step, 2, 40); got-w > strays || w-got > strays {
				t.Errorf("%+v was taken for %+v: %.3g and not %.3g in step %d", want, s.Schedule, got, w, step)
				break
			}
		}
	}
}

func TestBuildRefuses(t *testing.T) {
	for want, change := range map[string]func(*drawing){
		"layer fc1 is LSTM": func(d *drawing) { d.Layers[0].Kind = "LSTM" },
		"layer drop is AlphaDropout": func(d *drawing) {
			d.Layers = append(d.Layers, nnvet.Layer{Name: "drop", Kind: "AlphaDropout", Leaf: true, Settings: map[string]float64{"p": 0.1}})
		},
		"parameter fc1.bias is not": func(d *drawing) { d.Params[1].Trainable = false },
		"layers of their own": func(d *drawing) {
			d.Graph[3] = nnvet.Node{Kind: "add", Inputs: []int{9, 10}}
			d.Graph = append(d.Graph, nnvet.Node{Kind: "tanh", Inputs: []int{5}}, nnvet.Node{Kind: "relu", Inputs: []int{5}})
		},
		"more than 4000":                func(d *drawing) { d.Graph[5].Inputs = []int{5} },
		"neither a layer nor a dropout": func(d *drawing) { d.Graph[3].Kind = "mul" },
		"layer idle is not on the way":  func(d *drawing) { d.linear("idle", 2, 2) },
		"Adagrad":                       func(d *drawing) { d.Optimizers[0].Kind = "Adagrad" },
		"changed on the fly":            func(d *drawing) { d.rows.Total = 2 },
		"2 processes":                   func(d *drawing) { d.Run.World = 2 },
		"stretches over each other":     func(d *drawing) { d.rows.compared.Targets = nil },
		"the sum over a batch":          func(d *drawing) { d.rows.compared.Reduction = "sum" },
		"no graph":                      func(d *drawing) { d.Graph = nil },
		"set to zero between steps":     func(d *drawing) { d.Events = []nnvet.Event{{Kind: nnvet.GradNotZeroed}} },
		"lies off by":                   func(d *drawing) { oneCycle(d) },
	} {
		d := draw(t)
		change(d)
		if _, err := d.build(); err == nil || !strings.Contains(err.Error(), want) || !strings.HasSuffix(err.Error(), ": the twin cannot be built") {
			t.Errorf("got %v, want a refusal with %q", err, want)
		}
	}
}

// oneCycle lets the learning rate rise and fall twice.
func oneCycle(d *drawing) {
	for step, v := range []float64{0.1, 0.02, 0.1, 0.02, 0.1, 0.02} {
		_ = d.Add(nnvet.Key{Quantity: nnvet.Rate, Site: "SGD"}, int64(step), v)
	}
}

func TestChannelsLast(t *testing.T) {
	got := channelsLast([]float32{1, 2, 3, 4, 10, 20, 30, 40}, []int{2, 2, 2})
	if want := "[1 10 2 20 3 30 4 40]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestFaithful(t *testing.T) {
	f := &Fidelity{[]Compared{{nnvet.Validation, 0.9, 0.88, band}}}
	if !f.Faithful() {
		t.Errorf("not faithful: %v", f)
	}
	f.Splits[0].Twin = 0.8
	if f.Faithful() || !strings.Contains(f.String(), "0.80, your program 0.90") {
		t.Errorf("faithful: %v", f)
	}
	if got := allowed([]float64{0.1, 0.9}, []float64{0.2, 0.8, 0.5}); got != widest {
		t.Errorf("noise allows %v, want %v", got, widest)
	}
}
