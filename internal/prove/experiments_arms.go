package prove

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// A laboratory does one experiment: it trains arms of a base, whose trace is t.
type laboratory struct {
	*Prover
	ctx   context.Context
	base  Variant
	t     *nnvet.Trace
	check *nnvet.Check
}

// How many seeds an experiment takes.
const (
	fewSeeds = 3 // where the difference that is looked for is large
	armSeeds = 5 // where it is a fiftieth of the way to a perfect predictor
)

// asItIs names the arm without a change.
const asItIs = "the network as it is"

// A sided is an arm before it is trained.
type sided struct {
	nnvet.Arm
	variant Variant
}

// afford says what an experiment would take that does not fit into the time.
func (l *laboratory) afford(trainings int) error {
	if l.affords(trainings) {
		return nil
	}
	each := l.walls / time.Duration(max(1, l.done)*max(1, l.subject.Jobs()))
	return fmt.Errorf("too dear: its %d trainings take about %s, which is more than is left of %s", trainings, (each * time.Duration(trainings)).Round(time.Second), l.Budget)
}

// with returns an arm with an alteration.
func (l *laboratory) with(what string, size float64, a alteration) (sided, error) {
	v, err := l.alter(l.ctx, l.base, l.t, a)
	return sided{nnvet.Arm{What: what, Size: size, Settings: a.settings}, v}, err
}

// trained trains arms on the same seeds and scores them.
func (l *laboratory) trained(arms []sided, seeds []int64, of func(Score) float64) ([]nnvet.Arm, error) {
	l.plan(len(arms) * len(seeds))
	sides := make([]side, len(arms))
	for i, a := range arms {
		sides[i] = side{a.variant, seeds}
	}
	scores, err := l.train(l.ctx, "an experiment for "+l.check.Name, sides)
	if err != nil {
		return nil, err
	}
	var out []nnvet.Arm
	for i, a := range arms {
		for j, seed := range seeds {
			a.At = append(a.At, float64(seed))
			a.Figures = append(a.Figures, of(scores[i][j]))
		}
		out = append(out, a.Arm)
	}
	return out, nil
}

// tuned gives every arm the learning rate that is best for it, chosen on seeds
// that do not judge. Trainings that find their rate themselves have it.
func (l *laboratory) tuned(arms []sided) ([]sided, error) {
	out := slices.Clone(arms)
	for i, a := range arms {
		if e, ok := l.subject.(*Experiment); ok && e.findsRate(l.ctx, a.variant) {
			continue
		}
		all, err := l.rates(l.ctx, candidate{variant: a.variant})
		if err != nil {
			return nil, err
		}
		best, _, err := l.halve(l.ctx, "racing learning rates of "+a.What, all)
		if err != nil {
			return nil, err
		}
		out[i].variant = best.variant
	}
	return out, nil
}

// tuningRuns is about how many trainings it takes to tune one arm.
const tuningRuns = 11

// compared trains arms at their own learning rates beside the training as it is.
func (l *laboratory) compared(arms []sided) ([]nnvet.Arm, error) {
	arms, err := l.besides(arms, armSeeds)
	if err != nil {
		return nil, err
	}
	return l.trained(arms, l.fresh(armSeeds), l.yard.Of)
}

// besides puts the network as it is before arms, and gives each its learning rate,
// where that and so many seeds of each fit into the time.
func (l *laboratory) besides(arms []sided, seeds int) ([]sided, error) {
	arms = append([]sided{{nnvet.Arm{What: asItIs, Size: 1}, l.base}}, arms...)
	if err := l.afford(len(arms) * (tuningRuns + seeds)); err != nil {
		return nil, err
	}
	return l.tuned(arms)
}

// blind is the training beside one on inputs of other rows.
func (l *laboratory) blind() ([]nnvet.Arm, error) {
	a, err := l.with(inputsPermuted, 0, alteration{data: dataChange{how: inputsPermuted}})
	if err != nil {
		return nil, err
	}
	if err := l.afford(2 * fewSeeds); err != nil {
		return nil, err
	}
	return l.trained([]sided{{nnvet.Arm{What: asItIs}, l.base}, a}, upTo(firstRaced, fewSeeds), l.yard.Of)
}

// mislabelled is the training on targets of other rows, scored on those.
func (l *laboratory) mislabelled() ([]nnvet.Arm, error) {
	a, err := l.with(labelsPermuted, 0, alteration{data: dataChange{how: labelsPermuted}})
	if err != nil {
		return nil, err
	}
	if err := l.afford(fewSeeds); err != nil {
		return nil, err
	}
	return l.trained([]sided{a}, upTo(firstRaced, fewSeeds), func(s Score) float64 { return s.learned() })
}

// learned is what a training learned of the rows it has.
func (s Score) learned() float64 {
	if s.Blown {
		return worst
	}
	if math.IsNaN(s.Skill) {
		return s.Answers
	}
	return s.Skill
}

// heartRates are the learning rates, as factors of the one in use, at which a few
// rows are learned by heart: a small batch takes smaller ones and larger ones.
var heartRates = []float64{0.1, 0.3, 1, 3, 10}

// byHeart is the network on a few rows alone, at several learning rates.
func (l *laboratory) byHeart() ([]nnvet.Arm, error) {
	rate, ok := rateOf(l.t)
	if !ok {
		return nil, errors.New("the learning rate was not recorded")
	}
	data := dataChange{how: alone, rows: int(l.limit("rows")), steps: int64(l.limit("steps"))}
	var arms []sided
	for _, factor := range heartRates {
		a, err := l.with(alone, 0, alteration{settings: []nnvet.Setting{{Name: "lr", To: number(rate * factor)}}, data: data})
		if err != nil {
			return nil, err
		}
		arms = append(arms, a)
	}
	if err := l.afford(len(arms)); err != nil {
		return nil, err
	}
	each, err := l.trained(arms, upTo(firstRaced, 1), func(s Score) float64 {
		if s.Answers == 1 { // every row is answered right, however surely
			return 1
		}
		return s.learned()
	})
	if err != nil {
		return nil, err
	}
	out := nnvet.Arm{What: alone}
	for i, a := range each {
		out.At, out.Figures = append(out.At, rate*heartRates[i]), append(out.Figures, a.Figures...)
	}
	return []nnvet.Arm{out}, nil
}

// limit returns a limit of the check, as the settings have it.
func (l *laboratory) limit(name string) float64 {
	if v, ok := l.Vet.Limits[l.check.ID+"."+name]; ok {
		return v
	}
	i := slices.IndexFunc(l.check.Limits, func(x nnvet.Limit) bool { return x.Name == name })
	if i < 0 {
		return math.NaN()
	}
	return l.check.Limits[i].Default
}

// twice is the training twice from the seed that it is written with. The journal
// would give the first for the second, so they are not kept in it.
func (l *laboratory) twice() ([]nnvet.Arm, error) {
	if err := l.afford(2); err != nil {
		return nil, err
	}
	var out []nnvet.Arm
	l.plan(2)
	for _, what := range []string{"once", "again"} {
		dir, err := l.journal.dir()
		if err != nil {
			return nil, err
		}
		t, err := l.subject.Train(l.ctx, Order{Variant: l.base, Dir: l.journal.path(dir)})
		if err != nil {
			return nil, err
		}
		l.done, l.unkept, l.walls = l.done+1, l.unkept+1, l.walls+t.Wall
		l.say("an experiment for " + l.check.Name)
		if t.Trace == nil {
			return nil, fmt.Errorf("the second training left no trace: %s", t.Failed)
		}
		c, err := t.Trace.Course(nnvet.Train)
		if err != nil && c.Series == nil {
			return nil, err
		}
		a := nnvet.Arm{What: what, Figures: c.Values}
		for _, step := range c.Steps {
			a.At = append(a.At, float64(step))
		}
		out = append(out, a)
	}
	return out, nil
}

// slopes compares gradients with differences of the loss.
func (l *laboratory) slopes() ([]nnvet.Arm, error) {
	e, ok := l.subject.(*Experiment)
	if !ok {
		return nil, errors.New("it is done on the embedded engine only; in PyTorch, torch.autograd.gradcheck does it for a function of your own")
	}
	x, err := e.prepare(l.ctx, e.of(l.base))
	if err != nil {
		return nil, err
	}
	all, err := x.Slopes()
	if err != nil {
		return nil, err
	}
	var out []nnvet.Arm
	for _, s := range all {
		out = append(out, nnvet.Arm{What: s.Param, At: s.Steps, Figures: s.Errors})
	}
	if len(out) == 0 {
		return nil, errors.New("no gradient is large enough to be seen in the loss in single precision")
	}
	return out, nil
}

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
			a, err := l.with(what, 0, alteration{settings: []nnvet.Setting{{Name: r.knob, To: v}}})
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

// smallest returns the smallest of them.
func smallest(arms []nnvet.Arm, good []int) int {
	return slices.MinFunc(good, func(a, b int) int { return cmp.Compare(arms[a].Size, arms[b].Size) })
}

// chosen trains arms beside the first, which is without a change, on a few seeds,
// picks one of those that are within one standard error of the best, and trains
// that and the first on fresh seeds, so that luck that chose proves nothing.
func (l *laboratory) chosen(sides []sided, pick func(arms []nnvet.Arm, good []int) int) ([]nnvet.Arm, error) {
	arms, err := l.trained(sides, l.fresh(fewSeeds), l.yard.Of)
	if err != nil {
		return nil, err
	}
	scores := make([][]float64, len(arms))
	for i := 1; i < len(arms); i++ { // the first is none to be picked
		scores[i] = arms[i].Figures
	}
	good := stat.Survivors(scores, 1)
	if len(good) == 0 {
		return arms, nil
	}
	best := pick(arms, good)
	last, err := l.trained([]sided{sides[0], sides[best]}, l.fresh(armSeeds), l.yard.Of)
	if err != nil {
		return nil, err
	}
	arms[0].At, arms[0].Figures = append(arms[0].At, last[0].At...), append(arms[0].Figures, last[0].Figures...)
	arms[best] = last[1]
	return arms, nil
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
		a, err := l.with(fmt.Sprintf("a network %s times as wide (%s)", number(f), widthsOf(settings)), f, alteration{settings: settings})
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

// shallower are networks of fewer layers and as many parameters.
func (l *laboratory) shallower() ([]nnvet.Arm, error) {
	layers, outputs := hiddenOf(l.t)
	if len(layers) < 2 {
		return nil, fmt.Errorf("it has %d hidden layers, and none to spare", len(layers))
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
		what := fmt.Sprintf("a network of %d hidden layers of %s units", n, settings[1].To)
		if n == 1 {
			what = fmt.Sprintf("a network of one hidden layer of %s units", settings[1].To)
		}
		a, err := l.with(what, float64(n)/float64(len(layers)), alteration{settings: settings})
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
	a, err := l.with("with a residual connection round every two layers", 1, alteration{settings: settings})
	if err != nil {
		return nil, err
	}
	return l.compared([]sided{a})
}
