package trial

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/prepare"
)

// recorded is testdata/parity.json, which testdata/parity.py writes.
type recorded struct {
	Steps     steps
	Trainings []training
}

// A training is a setting, and what PyTorch reached with it.
type training struct {
	Name, File, Target string
	Train, Test        []int // rows
	Layers             []layer
	Loss               engine.Loss
	Optimizer          engine.Optimizer
	Batch, Epochs      int
	Scores             []float64 // accuracy or R2 on the rows held out, of each seed
	Losses             []float64 // mean over the last epoch, of each seed
}

// A layer is an engine's layer as JSON, by the names of its fields.
type layer struct{ engine.Layer }

func (l *layer) UnmarshalJSON(text []byte) error {
	var head struct{ Kind string }
	if err := json.Unmarshal(text, &head); err != nil {
		return err
	}
	for _, k := range engine.Kinds() {
		if k.Name == head.Kind {
			l.Layer = k.New()
			return json.Unmarshal(text, l.Layer)
		}
	}
	return fmt.Errorf("no layer %q", head.Kind)
}

func readParity(t *testing.T) recorded {
	t.Helper()
	text, err := os.ReadFile("testdata/parity.json")
	if err != nil {
		t.Fatal(err)
	}
	var r recorded
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Trainings) == 0 || len(r.Steps.Runs) == 0 {
		t.Fatal("testdata/parity.json: something is missing")
	}
	return r
}

// load reads a data set that the script made, or one of the examples.
func load(t *testing.T, file string) *dataset.Table {
	t.Helper()
	path := filepath.Join("testdata", file)
	if _, err := os.Stat(path); err != nil {
		path = filepath.Join("..", "..", "examples", "data", file)
	}
	table, err := dataset.Load(t.Context(), path, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// data prepares both parts of the rows as nnvet does unless told otherwise:
// inputs and quantities standardized by the training rows.
func (tr *training) data(t *testing.T) (train, test engine.Data, input engine.Shape) {
	t.Helper()
	table := load(t, tr.File)
	plan := prepare.Plan{Target: tr.Target}
	if tr.Loss.Kind == engine.BCELogits { // takes 0 and 1 as they are
		plan.Task, plan.Transforms = prepare.Regression, map[string]prepare.Transform{tr.Target: prepare.None}
	}
	prep, err := plan.Fit(table, &prepare.Split{Train: tr.Train, Test: tr.Test})
	if err != nil {
		t.Fatal(err)
	}
	part := func(rows []int) engine.Data {
		d := engine.Data{Rows: len(rows)}
		if d.X, _, err = prep.Inputs(table, rows); err != nil {
			t.Fatal(err)
		}
		if d.Y, d.Labels, err = prep.Targets(table, rows); err != nil {
			t.Fatal(err)
		}
		return d
	}
	return part(tr.Train), part(tr.Test), prep.Shape()
}

// jobs are as many seeds as PyTorch had.
func (tr *training) jobs(t *testing.T, set string) []Job {
	train, test, input := tr.data(t)
	spec := engine.Spec{Input: input, Loss: tr.Loss, Optimizer: tr.Optimizer, Batch: tr.Batch, Epochs: tr.Epochs, Kernels: set}
	for _, l := range tr.Layers {
		spec.Layers = append(spec.Layers, engine.Node{Layer: l.Layer})
	}
	var jobs []Job
	for seed := range tr.Scores {
		spec.Seed = int64(seed)
		jobs = append(jobs, Job{Spec: spec, Train: train, Test: test})
	}
	return jobs
}
