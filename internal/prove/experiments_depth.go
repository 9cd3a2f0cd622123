package prove

import (
	"fmt"
	"strconv"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/plural"
)

// shallower are networks of fewer layers and as many parameters.
func (l *laboratory) shallower() ([]nnvet.Arm, error) {
	layers, outputs := hiddenOf(l.t)
	if len(layers) < 2 {
		return nil, fmt.Errorf("it has %s, and none to spare", plural.Of(len(layers), "hidden layer"))
	}
	var arms []sided
	for _, n := range []int{len(layers) / 2, len(layers) / 4} {
		if n < 1 {
			continue
		}
		settings := []nnvet.Setting{
			{Name: "hidden layers", From: strconv.Itoa(len(layers)), To: strconv.Itoa(n)},
			{Name: "units", From: strconv.Itoa(layers[0].units), To: strconv.Itoa(asMany(layers, outputs, n))},
		}
		what := fmt.Sprintf("a network of %s of %s units", plural.Of(n, "hidden layer"), settings[1].To)
		if n == 1 {
			what = fmt.Sprintf("a network of one hidden layer of %s units", settings[1].To)
		}
		a, err := l.with(what, float64(n)/float64(len(layers)), Alteration{settings: settings})
		if err != nil {
			return nil, err
		}
		arms = append(arms, a)
	}
	return l.compared(arms)
}

// asMany returns the width at which n equal hidden layers have as many weights
// and biases as the layers that there are.
func asMany(layers []hidden, outputs, n int) int {
	want, in := 0, layers[0].in
	for _, h := range layers {
		want += (h.in + 1) * h.units
	}
	want += (layers[len(layers)-1].units + 1) * outputs
	count := func(w int) int { return (in+1)*w + (n-1)*(w+1)*w + (w+1)*outputs }
	w := 1
	for count(w+1) <= want {
		w++
	}
	return w
}

// passable is the network with residual connections.
func (l *laboratory) passable() ([]nnvet.Arm, error) {
	settings := []nnvet.Setting{{Name: "residual", From: "none", To: "every 2 layers"}}
	a, err := l.with("with a residual connection round every two layers", 1, Alteration{settings: settings})
	if err != nil {
		return nil, err
	}
	return l.compared([]sided{a})
}
