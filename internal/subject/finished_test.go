package subject

import (
	"testing"

	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/experiment"
)

func TestFinished(t *testing.T) {
	const took = "e.yaml: nothing is left to train: it took 24 steps in 3 epochs"
	for name, c := range map[string]struct {
		stopped  engine.Reason
		schedule string
		seeds    []int64
		want     string
	}{
		"epochs":     {engine.AllEpochs, "", []int64{0}, took + "; epochs: 6 trains it longer"},
		"steps":      {engine.AllSteps, "", []int64{0}, took + "; steps: 48 trains it longer"},
		"patience":   {engine.NoPatience, "", []int64{0}, took + ", the last of which did not lower the validation loss; a larger patience trains it longer"},
		"schedule":   {engine.AllEpochs, "cosine", []int64{0}, took + ", and its cosine schedule ended with them; more epochs are another training, without --resume"},
		"not finite": {engine.NotFinite, "", []int64{0}, took + " and its loss is not finite; start again with a smaller optimizer.lr"},
		"seeds":      {engine.AllEpochs, "", []int64{0, 1}, took + "; epochs: 6 trains it longer; without --resume all seeds are trained"},
	} {
		t.Run(name, func(t *testing.T) {
			e := &Experiment{File: &experiment.File{Name: "e.yaml", Seeds: c.seeds}, Plan: &experiment.Plan{}}
			e.Plan.Spec.Schedule.Kind = c.schedule
			if got := (&Training{Experiment: e}).finished(engine.Result{Steps: 24, Epochs: 3, Stopped: c.stopped}).Error(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
