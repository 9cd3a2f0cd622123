package subject

import (
	"fmt"

	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/plural"
)

// Finished is the error of a training that was to go on and had come to its end.
type Finished struct{ text string }

func (f *Finished) Error() string { return f.text }

// finished says that nothing is left to train, and what would train longer.
func (t *Training) finished(r engine.Result) *Finished {
	name, file := t.File.Name, ""
	if t.script() == "" {
		name, file = t.File.Data.Path, " in an experiment file, which nnvet init writes,"
	}
	text := fmt.Sprintf("%s: nothing is left to train: it took %s in %s", name, plural.Of(int(r.Steps), "step"), plural.Of(r.Epochs, "epoch"))
	schedule := t.Plan.Spec.Schedule.Kind
	switch longer := "; %s" + file + " trains it longer"; {
	case r.Stopped == engine.NotFinite:
		text += " and its loss is not finite; start again with a smaller optimizer.lr"
	case r.Stopped == engine.NoPatience:
		text += ", the last of which did not lower the validation loss" + fmt.Sprintf(longer, "a larger patience")
	case schedule == "cosine" || schedule == "linear":
		text += ", and its " + schedule + " schedule ended with them; more epochs are another training, without --resume"
	case r.Stopped == engine.AllSteps:
		text += fmt.Sprintf(longer, fmt.Sprintf("steps: %d", 2*r.Steps))
	default:
		text += fmt.Sprintf(longer, fmt.Sprintf("epochs: %d", 2*r.Epochs))
	}
	if len(t.File.Seeds) > 1 {
		text += "; without --resume all seeds are trained"
	}
	return &Finished{text}
}
