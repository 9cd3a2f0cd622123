package experiment

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
)

func kinds(nodes []engine.Node) string {
	var out []string
	for _, n := range nodes {
		out = append(out, n.Layer.Kind())
	}
	return strings.Join(out, " ")
}

func TestPlan(t *testing.T) {
	table := Facts{Input: engine.Shape{10}, Rows: 1000, Val: 200}
	classes := Facts{Input: engine.Shape{10}, Rows: 1000, Val: 200, Classes: 3}
	image := func(h, w, c int) Facts {
		return Facts{Input: engine.Shape{h, w, c}, Rows: 50_000, Val: 1000, Classes: 10}
	}
	for name, c := range map[string]struct {
		text  string
		facts Facts
		want  string // layers, loss, batch, epochs, steps, patience
	}{
		"numbers":             {"", table, "dense relu dense relu dense | mse 16 200 0 20"},
		"classes":             {"", classes, "dense relu dense relu dense | cross_entropy 16 200 0 20"},
		"many rows":           {"", Facts{Input: engine.Shape{10}, Rows: 1_000_000, Val: 1}, "dense relu dense relu dense | mse 256 20 0 5"},
		"few rows":            {"", Facts{Input: engine.Shape{10}, Rows: 7, Val: 1}, "dense relu dense relu dense | mse 7 200 0 20"},
		"no validation":       {"patience: 4", Facts{Input: engine.Shape{10}, Rows: 100}, "dense relu dense relu dense | mse 16 200 0 0"},
		"image":               {"", image(28, 28, 1), "conv2d relu max_pool conv2d relu max_pool flatten dense relu dense | cross_entropy 256 103 0 10"},
		"large image":         {"", image(224, 200, 3), "conv2d relu max_pool conv2d relu max_pool conv2d relu max_pool conv2d relu max_pool conv2d relu max_pool flatten dense relu dense | cross_entropy 256 103 0 10"},
		"long image":          {"", image(8, 2000, 1), "conv2d relu max_pool global_avg_pool dense relu dense | cross_entropy 256 103 0 10"},
		"tiny image":          {"", image(4, 4, 1), "flatten dense relu dense relu dense | cross_entropy 256 103 0 10"},
		"tokens":              {"", Facts{Input: engine.Shape{5}, Rows: 1000, Val: 1, Classes: 2, Tokens: 30}, "embedding flatten dense relu dense relu dense | cross_entropy 16 200 0 20"},
		"linear":              {"network: []", table, "dense | mse 16 200 0 20"},
		"written":             {"network: [{dense: 1}]\noutput: as_written", table, "dense | mse 16 200 0 20"},
		"image, not flat":     {"network: [{conv2d: {filters: 2, kernel: 3}}]", image(8, 8, 1), "conv2d flatten dense | cross_entropy 256 103 0 10"},
		"probabilities":       {"loss: categorical_cross_entropy", classes, "dense relu dense relu dense softmax | categorical_cross_entropy 16 200 0 20"},
		"binary":              {"loss: bce", Facts{Input: engine.Shape{10}, Rows: 1000, Val: 1, Classes: 2}, "dense relu dense relu dense sigmoid | bce 16 200 0 20"},
		"counts":              {"loss: poisson", table, "dense relu dense relu dense softplus | poisson 16 200 0 20"},
		"batch, epochs":       {"batch: 50\nepochs: 30\npatience: 3", table, "dense relu dense relu dense | mse 50 30 0 3"},
		"batch over the rows": {"batch: 5000\npatience: 0", table, "dense relu dense relu dense | mse 1000 200 0 0"},
		"steps":               {"steps: 6300", table, "dense relu dense relu dense | mse 16 0 6300 10"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := parse(t, head+c.text).Plan(c.facts, 3)
			if err != nil {
				t.Fatal(err)
			}
			s := p.Spec
			layers, rest, _ := strings.Cut(c.want, " | ")
			got := fmt.Sprint(s.Loss.Kind, " ", s.Batch, s.Epochs, s.Steps, s.Patience)
			if kinds(s.Layers) != layers || got != rest || s.Seed != 3 {
				t.Errorf("got  %s | %s, seed %d\nwant %s", kinds(s.Layers), got, s.Seed, c.want)
			}
			if n, err := engine.New(s, s.Batch); err != nil {
				t.Errorf("the engine refuses it: %v", err)
			} else if want := outputs(s.Loss.Kind, c.facts); n.Outputs().Size() != want {
				t.Errorf("the network gives %v, want %d", n.Outputs(), want)
			}
		})
	}
}

func TestPlanSays(t *testing.T) {
	p, err := parse(t, head+"batch: 500\noptimizer: {adam: {lr: 0.1}}").Plan(Facts{Input: engine.Shape{3}, Rows: 40, Val: 10, Classes: 2}, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"loss cross_entropy, for 2 classes",
		"network [{dense: 64}, relu, {dense: 64}, relu]",
		"output layer {dense: 2}",
		"at most 200 epochs",
		"stops after 20 epochs without a better validation loss",
	}
	if !reflect.DeepEqual(p.Said, want) || p.RangeTest || !reflect.DeepEqual(p.Metrics, []string{"accuracy", "balanced_accuracy"}) {
		t.Errorf("got  %q, range test %t, %q\nwant %q", p.Said, p.RangeTest, p.Metrics, want)
	}
	if got, want := p.Overruled, []string{"batch 500 is more than there are training rows: it is 40, all of them"}; !reflect.DeepEqual(got, want) {
		t.Errorf("overruled: got %q, want %q", got, want)
	}
	for _, n := range p.Spec.Layers {
		if n.Source != (nnvet.Location{}) {
			t.Errorf("a layer that nobody wrote has the place %v", n.Source)
		}
	}
}

func TestPlanErrors(t *testing.T) {
	numbers := Facts{Input: engine.Shape{3}, Rows: 40}
	for name, c := range map[string]struct {
		text  string
		facts Facts
		want  string
	}{
		"classes of numbers": {"loss: cross_entropy", numbers, "e.yaml:2:7: loss cross_entropy takes classes, and the target y holds numbers: use mse, or say task: classification"},
		"counts of classes":  {"loss: poisson", Facts{Input: engine.Shape{3}, Rows: 40, Classes: 3}, "e.yaml:2:7: loss poisson takes counts, and the target y has 3 classes: use cross_entropy"},
		"metric":             {"metrics: [mae, accuracy]", numbers, "e.yaml:2:10: metric accuracy does not suit this target: use r2, rmse, mae, or say task"},
		"no rows":            {"", Facts{Input: engine.Shape{3}}, "e.yaml: nothing to train on: 0 rows of shape "},
		"no inputs":          {"", Facts{Input: engine.Shape{0}, Rows: 3}, "e.yaml: nothing to train on: 3 rows of shape "},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse(t, head+c.text).Plan(c.facts, 0)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// TestPlansShareNothing holds that the plan of a second seed does not change
// the first one's layers.
func TestPlansShareNothing(t *testing.T) {
	f := parse(t, head+"network: [{dense: 4}, relu]")
	facts := Facts{Input: engine.Shape{3}, Rows: 40, Classes: 5}
	a, err := f.Plan(facts, 0)
	if err != nil {
		t.Fatal(err)
	}
	facts.Classes = 0
	if _, err := f.Plan(facts, 1); err != nil {
		t.Fatal(err)
	}
	if got := a.Spec.Layers[2].Layer.(*engine.Dense).Units; got != 5 || len(f.Layers) != 2 {
		t.Errorf("got an output layer of %d and %d layers in the file, want 5 and 2", got, len(f.Layers))
	}
}

// TestRequired holds that a layer without settings is one that the engine
// builds, unless the table of required settings has it.
func TestRequired(t *testing.T) {
	for _, k := range engine.Kinds() {
		layers := []engine.Node{{Layer: k.New()}, {Layer: &engine.Dense{Units: 1}}}
		s := engine.Spec{Input: engine.Shape{4, 4, 2}, Layers: layers, Loss: engine.Loss{Kind: engine.MSE}, Batch: 1, Epochs: 1}
		if _, err := engine.New(s, 1); err != nil && required[k.Name] == nil {
			t.Errorf("%s needs settings that the table of required ones lacks: %v", k.Name, err)
		}
		for _, name := range required[k.Name] {
			if c := layerChoices(new(string), new([]engine.Layer)); !has(c, k.Name, name) {
				t.Errorf("%s has no setting %q", k.Name, name)
			}
		}
	}
}

func has(choices []choice, name, setting string) bool {
	for i := range choices {
		if choices[i].name == name {
			return choices[i].find(setting) != nil
		}
	}
	return false
}
