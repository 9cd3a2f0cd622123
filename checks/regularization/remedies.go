package regularization

import (
	"fmt"
	"strings"

	"github.com/nnvet/nnvet"
)

// remedies returns what to do about overfitting, the cheapest first.
func remedies(t *nnvet.Trace, g gap) []nnvet.Treatment {
	var out []nnvet.Treatment
	if g.rise > 0.02 { // stopping gains something
		out = append(out, stopEarly(t, g))
	}
	out = append(out, decay(t))
	if noise := dropout(t); noise != nil {
		out = append(out, *noise)
	}
	return append(out, nnvet.Treatment{
		Action: t.Say(nnvet.Words{
			Program: "vary the inputs: noise of 0.03 standard deviations on numbers, flips and shifts on images; best of all is more data",
			File:    "vary the inputs: augment: [{noise: 0.03}] for numbers, flips and shifts for images; best of all is more data",
		}),
		Settings: []nnvet.Setting{{Name: "input noise", From: "0", To: "0.03"}},
	})
}

func stopEarly(t *nnvet.Trace, g gap) nnvet.Treatment {
	return nnvet.Treatment{
		Action: t.Say(nnvet.Words{
			Program: fmt.Sprintf("stop at step %d, where the validation loss was lowest: keep the weights of the best evaluation, and end when several have passed without a better one", g.at),
			File:    fmt.Sprintf("stop at step %d, where the validation loss was lowest: patience ends the training by itself and keeps the best weights", g.at),
		}),
		Settings: []nnvet.Setting{{Name: "early stopping", From: "none", To: "on"}},
	}
}

// decay returns the treatment that shrinks weights, ten times stronger than
// what is there.
func decay(t *nnvet.Trace) nnvet.Treatment {
	const start, most = 1e-3, 0.1
	now, kind := 0.0, ""
	for i := range t.Optimizers {
		kind = t.Optimizers[i].Kind
		for j := range t.Optimizers[i].Groups {
			if v, ok := t.Optimizers[i].Groups[j].Setting("weight_decay"); ok {
				now = max(now, v)
			}
		}
	}
	to := start
	if now > 0 {
		to = min(10*now, most)
	}
	if strings.HasPrefix(kind, "Adam") && now <= 0.01 { // AdamW multiplies by the learning rate, and begins at 0.01
		to = most
	}
	action := fmt.Sprintf("raise the weight decay from %g to %g", now, to)
	out := nnvet.Treatment{Action: action, Settings: []nnvet.Setting{{Name: "weight decay", From: fmt.Sprintf("%g", now), To: fmt.Sprintf("%g", to)}}}
	if kind == "Adam" && !t.OfFile() {
		out.Action += ", with torch.optim.AdamW, which keeps it apart from the gradient's scale"
		out.Settings = append(out.Settings, nnvet.Setting{Name: "optimizer", From: "adam", To: "adamw"})
		return out
	}
	if len(t.Optimizers) == 1 {
		if a, ok := t.CallAt(t.Optimizers[0].Source).Arg("weight_decay"); ok && a.Source.Col > 0 && a.Text == fmt.Sprintf("%g", now) {
			out.Edits = []nnvet.Edit{{At: a.Source, New: fmt.Sprintf("%g", to)}}
		}
	}
	return out
}

// dropout returns the treatment that puts dropout before dense layers, or
// strengthens it; nil where there is enough.
func dropout(t *nnvet.Trace) *nnvet.Treatment {
	const keep, enough = 0.9, 0.25
	strongest := 0.0
	for i := range t.Layers {
		if l := &t.Layers[i]; strings.HasPrefix(l.Kind, "Dropout") {
			strongest = max(strongest, l.Settings["p"])
		}
	}
	if strongest >= enough {
		return nil
	}
	to := 1 - keep
	if strongest > 0 {
		to = enough
	}
	return &nnvet.Treatment{
		Action: t.Say(nnvet.Words{
			Program: fmt.Sprintf("put nn.Dropout(%.2g) before hidden dense layers, and not on the output", to),
			File:    fmt.Sprintf("put dropout: %.2g before hidden dense layers, and not before the last", to),
		}),
		Settings: []nnvet.Setting{{Name: "dropout", From: fmt.Sprintf("%.2g", strongest), To: fmt.Sprintf("%.2g", to)}},
	}
}
