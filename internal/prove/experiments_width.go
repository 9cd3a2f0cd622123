package prove

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
)

// smallest returns the smallest of them.
func smallest(arms []nnvet.Arm, good []int) int {
	return slices.MinFunc(good, func(a, b int) int { return cmp.Compare(arms[a].Size, arms[b].Size) })
}

// A hidden is a hidden layer with weights.
type hidden struct {
	name     string
	units    int
	in       int
	features bool // it makes features of a picture, not of a row
}

// hiddenOf returns the hidden layers with weights, in order, and what the last
// layer with weights makes.
func hiddenOf(t *nnvet.Trace) (all []hidden, outputs int) {
	for i := range t.Params {
		q := &t.Params[i]
		l := t.Layer(q.Layer)
		if l == nil || len(q.Shape) < 2 || !q.Trainable {
			continue
		}
		kind := strings.ToLower(l.Kind)
		switch {
		case strings.HasPrefix(kind, "linear"), strings.HasPrefix(kind, "dense"), strings.HasPrefix(kind, "conv2d"):
			all = append(all, hidden{q.Layer, q.Shape[0], q.Shape[1], strings.HasPrefix(kind, "conv")})
		}
	}
	if len(all) == 0 {
		return nil, 0
	}
	return all[:len(all)-1], all[len(all)-1].units
}

// scaled returns the settings that make every hidden layer factor times as wide.
func scaled(layers []hidden, factor float64) []nnvet.Setting {
	var out []nnvet.Setting
	for _, h := range layers {
		to := max(1, int(float64(h.units)*factor+0.5))
		out = append(out, nnvet.Setting{Name: "units", Site: h.name, From: strconv.Itoa(h.units), To: strconv.Itoa(to)})
	}
	return out
}

func (l *laboratory) narrower() ([]nnvet.Arm, error) {
	arms, err := l.widthArms(0.5, 0.25)
	if err != nil {
		return nil, err
	}
	return l.compared(arms)
}

func (l *laboratory) widths() ([]nnvet.Arm, error) {
	arms, err := l.widthArms(0.25, 0.5, 2, 4)
	if err != nil {
		return nil, err
	}
	if arms, err = l.besides(arms, fewSeeds+2); err != nil {
		return nil, err
	}
	return l.chosen(arms, smallest)
}

// widthArms are the network at other widths.
func (l *laboratory) widthArms(factors ...float64) ([]sided, error) {
	layers, _ := hiddenOf(l.t)
	if len(layers) == 0 {
		return nil, errors.New("it has no hidden layer of units")
	}
	var arms []sided
	for _, f := range factors {
		settings := scaled(layers, f)
		a, err := l.with(fmt.Sprintf("a network %s times as wide (%s)", number(f), widthsOf(settings)), f, Alteration{settings: settings})
		if err != nil {
			return nil, err
		}
		arms = append(arms, a)
	}
	return arms, nil
}

// widthsOf says what units settings ask for: "16, 16 units".
func widthsOf(settings []nnvet.Setting) string {
	var out []string
	for _, s := range settings {
		out = append(out, s.To)
	}
	return strings.Join(out, ", ") + " units"
}
