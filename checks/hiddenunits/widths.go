package hiddenunits

import (
	"fmt"

	"github.com/nnvet/nnvet"
)

// hidden returns the stages of the network that are not its output.
func hidden(t *nnvet.Trace) []nnvet.Stage {
	var out []nnvet.Stage
	for _, s := range t.Stages() {
		if !s.Last {
			out = append(out, s)
		}
	}
	return out
}

// dense reports whether a stage is a dense layer, whose units are its width. A
// convolution's channels are used again at every place.
func dense(s *nnvet.Stage) bool { return len(s.Weight.Shape) == 2 }

// A need is how many directions must pass the network, as far as the data
// tells.
type need struct {
	inputs, outputs int  // directions in which the inputs vary, and the targets
	columns         int  // of the inputs in all
	classes         int  // 0 where the targets are numbers
	same            bool // as many numbers are to be predicted as there are inputs
}

// needOf returns what the data needs, and whether the trace tells.
func needOf(t *nnvet.Trace) (need, bool) {
	h, err := t.MainHead()
	if err != nil {
		return need{}, false
	}
	var n need
	x := t.Profile(nnvet.Input, nnvet.Train)
	if y := t.ProfileOf(nnvet.Target, nnvet.Train, h.Name); y != nil {
		n.same = x != nil && len(y.Classes) == 0 && y.Of > 1 && y.Of == x.Of
		for _, c := range y.Classes {
			if c > 0 {
				n.classes++
			}
		}
	}
	for i := range t.Surveys {
		if s := &t.Surveys[i]; s.Head == h.Name && s.InputRank > 0 && s.TargetRank > 0 {
			n.inputs, n.outputs, n.columns = s.InputRank, s.TargetRank, s.Of
			return n, true
		}
	}
	if n.classes > 1 { // a class less than there are: the last is what the others leave
		n.outputs = n.classes - 1
	}
	if x != nil {
		n.columns = x.Of
	}
	return n, n.outputs > 0
}

// units writes a number of units.
func units(n int) string {
	if n == 1 {
		return "1 unit"
	}
	return fmt.Sprintf("%d units", n)
}
