package prove

import (
	"errors"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

// regularizers are what is tried, the cheapest first, of each the weakest first.
var regularizers = []struct {
	knob, unit string
	values     []string
}{
	{"early stopping", "", []string{"on"}},
	{"weight decay", " ", []string{"0.0001", "0.001", "0.01"}},
	{"input noise", " ", []string{"0.03", "0.1", "0.3"}},
	{"dropout", " ", []string{"0.05", "0.1", "0.25"}},
}

// regularized is the training with one regularizer each, where it has none.
func (l *laboratory) regularized() ([]nnvet.Arm, error) {
	if has := regularizedBy(l.t); has != "" {
		return nil, errors.New("it is regularized already: " + has)
	}
	arms := []sided{{nnvet.Arm{What: asItIs}, l.base}}
	var why error
	for _, r := range regularizers {
		for _, v := range r.values {
			what := r.knob
			if r.unit != "" {
				what += r.unit + v
			}
			a, err := l.with(what, 0, Alteration{settings: []nnvet.Setting{{Name: r.knob, To: v}}})
			if err != nil {
				why = err
				continue
			}
			arms = append(arms, a)
		}
	}
	if len(arms) == 1 {
		return nil, why
	}
	if err := l.afford(len(arms)*fewSeeds + 2*armSeeds); err != nil {
		return nil, err
	}
	return l.chosen(arms, cheapest)
}

// cheapest returns of the arms that are within one standard error of the best
// the first of a kind, which is the cheapest, at its greatest strength.
func cheapest(arms []nnvet.Arm, good []int) int {
	slices.Sort(good)
	pick := good[0]
	for _, i := range good {
		if arms[i].Settings[0].Name == arms[pick].Settings[0].Name {
			pick = i
		}
	}
	return pick
}

// regularizedBy says what regularizes a training; an earlier end is not counted,
// since nearly every training has one.
func regularizedBy(t *nnvet.Trace) string {
	for i := range t.Layers {
		if l := &t.Layers[i]; strings.HasPrefix(l.Kind, "Dropout") && l.Settings["p"] > 0 {
			return "dropout"
		}
	}
	if v := decayOf(t); v > 0 {
		return "weight decay " + number(v)
	}
	return ""
}

// decayOf returns the largest weight decay of a training.
func decayOf(t *nnvet.Trace) float64 {
	most := 0.0
	for i := range t.Optimizers {
		for j := range t.Optimizers[i].Groups {
			if v, ok := t.Optimizers[i].Groups[j].Setting("weight_decay"); ok {
				most = max(most, v)
			}
		}
	}
	return most
}
