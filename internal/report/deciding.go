package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

// deciding lists, by pitfall, the checks without which it is not said to be ok:
// they look for its commonest faults, and can judge nearly every run that is
// long enough and records what it should. Where one of them could not judge,
// the pitfall was checked in part.
var deciding = map[nnvet.Pitfall][]string{
	nnvet.Normalization:   {"NN0101"},           // input-not-normalized
	nnvet.Results:         {learning},           // learned-nothing
	nnvet.Preprocessing:   {"NN0313"},           // contradicting-duplicates: rows were seen with their targets
	nnvet.Regularization:  {"NN0401"},           // overfitting
	nnvet.BatchSize:       {"NN0501", "NN0502"}, // batch-too-large, batch-too-small
	nnvet.LearningRate:    {"NN0601", "NN0602"}, // lr-too-high, lr-too-low
	nnvet.FinalActivation: {"NN0701"},           // target-outside-range
	nnvet.Gradients:       {"NN0801", "NN0804"}, // dead-units, exploding-gradients
	nnvet.Initialization:  {"NN0901", "NN0905"}, // symmetric-units, weights-off-their-law
	nnvet.Depth:           {"NN1004"},           // starts-too-deep
	nnvet.HiddenUnits:     {"NN1101"},           // too-narrow
}

// learning is the check that decides whether anything was learned.
const learning = "NN0201"

func decides(c *nnvet.Check) bool { return slices.Contains(deciding[c.Pitfall], c.ID) }

// missingOf returns the deciding checks of a pitfall that could not judge.
func missingOf(p nnvet.Pitfall, res nnvet.Result) []nnvet.Skip {
	var out []nnvet.Skip
	for _, s := range res.NotChecked {
		if s.Check.Pitfall == p && decides(s.Check) {
			out = append(out, s)
		}
	}
	return out
}

// partly lists the pitfalls that were checked in part, with what was not
// judged: "results (without learned-nothing)".
func (v *view) partly() []string {
	var out []string
	for _, l := range v.lamps {
		if l.state == partly {
			out = append(out, fmt.Sprintf("%v (without %s)", l.pitfall, l.without()))
		}
	}
	return out
}

// without names the deciding checks of a lamp that could not judge.
func (l lamp) without() string {
	var names []string
	for _, s := range l.missing {
		names = append(names, s.Check.Name)
	}
	return strings.Join(names, ", ")
}

// whetherLearned is said where that check could not judge.
const whetherLearned = "but whether it learned was not judged"

// unlearned says why nobody can tell whether the network learned; "" where it
// was judged.
func (v *view) unlearned() string {
	for _, s := range v.Result.NotChecked {
		if s.Check.ID == learning {
			return s.Reason
		}
	}
	return ""
}
