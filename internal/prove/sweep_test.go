package prove

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/treat"
)

// file writes an experiment on three clouds of points, and their table.
func file(t *testing.T, rest string) *Experiment {
	t.Helper()
	dir := t.TempDir()
	d := digits{scale: 1}.points(300, 7)
	var table strings.Builder
	table.WriteString("x,y,cloud\n")
	for i := range d.Rows {
		fmt.Fprintf(&table, "%g,%g,c%d\n", d.X[2*i], d.X[2*i+1], d.Labels[i])
	}
	if err := os.WriteFile(filepath.Join(dir, "clouds.csv"), []byte(table.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	text := "data: {path: clouds.csv, target: cloud}\nepochs: 15\nbatch: 16\n" + rest
	return NewExperiment(filepath.Join(dir, "clouds.yaml"), []byte(text), "test")
}

func prover(t *testing.T, s Subject, o Options) *Prover {
	t.Helper()
	j, err := OpenJournal(t.TempDir(), "test")
	if err != nil {
		t.Fatal(err)
	}
	o.Checks = checks.All
	return New(s, j, o)
}

const usual = "network: [{dense: 16}, relu, {dense: 16}, relu]\noptimizer: {sgd: {lr: %s}}\n"

func TestSweepOfRates(t *testing.T) {
	s, err := prover(t, file(t, fmt.Sprintf(usual, "100")), Options{}).Sweep(t.Context(), "lr", SweepOptions{Seeds: 2})
	if err != nil {
		t.Fatal(err)
	}
	best := slices.IndexFunc(s.Points, func(p Point) bool { return p.Best })
	yours := slices.IndexFunc(s.Points, func(p Point) bool { return p.Yours })
	if best < 1 || yours < 0 || s.Points[best].Value >= 30 || s.Points[yours].AsGood {
		t.Fatalf("best %d, yours %d of %+v", best, yours, s.Points)
	}
	if !slices.IsSortedFunc(s.Points, func(a, b Point) int { return int(math.Copysign(1, float64(a.Value-b.Value))) }) {
		t.Errorf("not in order: %+v", s.Points)
	}
	for _, p := range s.Points {
		if len(p.Scores) != 2 {
			t.Errorf("at %s there are %d scores", p.Label, len(p.Scores))
		}
	}
}

func TestEverySweepTriesValues(t *testing.T) {
	e := file(t, fmt.Sprintf(usual, "0.1"))
	for _, knob := range SweepKnobs {
		s, err := prover(t, e, Options{}).Sweep(t.Context(), knob, SweepOptions{Seeds: 1})
		if err != nil {
			t.Errorf("%s: %v", knob, err)
			continue
		}
		usual, most := SweepTrainings(knob, 0, 1, true)
		if s.Trainings > most || 2*s.Trainings < usual {
			t.Errorf("%s: %d trainings, where %d were planned, %d at most", knob, s.Trainings, usual, most)
		}
		yours, tried := 0, 0
		for _, p := range s.Points {
			if p.Refused != "" {
				t.Errorf("%s: %s is refused: %s", knob, p.Label, p.Refused)
			}
			if p.Yours {
				yours++
			} else if len(p.Scores) == 1 {
				tried++
			}
		}
		series := 1
		if knob == "batch" {
			series = 2
		}
		if yours != series || tried < 2 {
			t.Errorf("%s: %d values are in use, and %d others were tried: %+v", knob, yours, tried, s.Points)
		}
	}
}

func TestDepthAndWidthComeLast(t *testing.T) {
	softmax := file(t, "network: [{dense: 16}, relu, {dense: 3}, softmax]\noutput: as_written\noptimizer: {sgd: {lr: 0.1}}\n")
	for _, knob := range []string{"depth", "width"} {
		if _, err := prover(t, softmax, Options{}).Sweep(t.Context(), knob, SweepOptions{Seeds: 1}); err == nil || !strings.Contains(err.Error(), "softmax-twice") {
			t.Errorf("%s: %v", knob, err)
		}
		if _, err := prover(t, softmax, Options{Force: true}).Sweep(t.Context(), knob, SweepOptions{Seeds: 1}); err != nil && strings.Contains(err.Error(), "last") {
			t.Errorf("%s by force: %v", knob, err)
		}
	}
}

// A sweep whose time is up tells what there is, and claims nothing of the rest.
func TestSweepWithinTime(t *testing.T) {
	p := prover(t, file(t, fmt.Sprintf(usual, "0.1")), Options{Budget: time.Hour})
	now := time.Now()
	p.clock = func() time.Time { now = now.Add(5 * time.Minute); return now }
	s, err := p.Sweep(t.Context(), "dropout", SweepOptions{Seeds: 3})
	if err != nil {
		t.Fatal(err)
	}
	if s.Short == "" {
		t.Error("nothing says that the time was up")
	}
	for _, x := range s.Points {
		if (len(x.Scores) == 0) != (x.Refused != "") {
			t.Errorf("%s: %d scores, refused %q", x.Label, len(x.Scores), x.Refused)
		}
	}
	if p := prover(t, file(t, fmt.Sprintf(usual, "0.1")), Options{Budget: 1}); true {
		if _, err := p.Sweep(t.Context(), "lr", SweepOptions{Seeds: 1}); err == nil {
			t.Error("a training fits into a nanosecond")
		}
	}
}

func TestAsGoodAndPreferred(t *testing.T) {
	good := asGood([][]float64{{0.5, 0.5}, {0.89, 0.9}, {0.9, 0.91}, {0.2, 1.5}, nil, {math.NaN(), 1}})
	if got := fmt.Sprint(good); got != "[1 2]" {
		t.Errorf("as good: %s", got)
	}
	for knob, want := range map[string]int{"lr": 5, "width": 4, "depth": 4, "batch": 6, "dropout": 6, "decay": 6} {
		if got := preferred(knob, []int{4, 5, 6}); got != want {
			t.Errorf("%s: %d, want %d", knob, got, want)
		}
	}
}

// What is done to the rows, seen in the rows.
func TestDataChanges(t *testing.T) {
	subject := func() *treat.Subject {
		d := engine.Data{Rows: 40}
		for i := range 40 {
			d.X, d.Labels = append(d.X, float32(i), float32(i)), append(d.Labels, int32(i%2))
		}
		return &treat.Subject{Spec: engine.Spec{
			Input: engine.Shape{2}, Layers: []engine.Node{{Layer: &engine.Dense{Units: 2}}}, Loss: engine.Loss{Kind: engine.CrossEntropy},
			Optimizer: engine.Optimizer{Kind: "sgd", LR: 0.1}, Batch: 8, Epochs: 2, Patience: 3, Seed: 1,
		}, Train: d, Val: d}
	}
	for _, c := range []struct {
		change dataChange
		rows   int
		val    bool
	}{
		{dataChange{how: inputsPermuted}, 40, true},
		{dataChange{how: labelsPermuted}, 40, false},
		{dataChange{how: someRows, share: 0.25}, 10, true},
		{dataChange{how: alone, rows: 16, steps: 100}, 16, false},
	} {
		s, was := subject(), subject()
		if err := c.change.change(s); err != nil {
			t.Fatal(err)
		}
		if s.Train.Rows != c.rows || len(s.Train.X) != 2*c.rows || len(s.Train.Labels) != c.rows || (s.Val.Rows > 0) != c.val {
			t.Errorf("%s: %d rows, %d validated", c.change.how, s.Train.Rows, s.Val.Rows)
		}
		kept := 0
		for i := range s.Train.Rows {
			if int32(s.Train.X[2*i])%2 == s.Train.Labels[i] {
				kept++
			}
		}
		permuted := c.change.how == inputsPermuted || c.change.how == labelsPermuted
		if permuted == (kept == c.rows) {
			t.Errorf("%s: %d of %d rows keep their label", c.change.how, kept, c.rows)
		}
		if c.change.how == inputsPermuted && !slices.Equal(s.Train.Labels, was.Train.Labels) || c.change.how == labelsPermuted && !slices.Equal(s.Train.X, was.Train.X) {
			t.Errorf("%s: the other side moved too", c.change.how)
		}
	}
}

func TestDecide(t *testing.T) {
	outcomes := func(e *Experiment, o Options) map[string]Decided {
		d, err := prover(t, e, o).Decide(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		out := make(map[string]Decided)
		for _, x := range d.Decided {
			out[x.Name] = x
		}
		return out
	}
	sound := outcomes(file(t, fmt.Sprintf(usual, "0.1")), Options{})
	for _, name := range []string{"gradient-disagrees", "not-reproducible", "cannot-overfit-one-batch", "inputs-ignored", "memorizes"} {
		if sound[name].Outcome != "clear" {
			t.Errorf("a sound training: %s is %s: %s", name, sound[name].Outcome, sound[name].Message)
		}
	}
	if len(sound) != len(experiments) {
		t.Errorf("%d of %d experiments ended", len(sound), len(experiments))
	}
	rounded := outcomes(file(t, "network: [{dense: 16}, relu, {dense: 3}, round]\noutput: as_written\noptimizer: {sgd: {lr: 0.1}}\n"), Options{Only: []string{"NN0212", "NN0204"}})
	if x := rounded["cannot-overfit-one-batch"]; x.Outcome != "found" {
		t.Errorf("outputs that are rounded: cannot-overfit-one-batch is %s: %s", x.Outcome, x.Message)
	}
	short := outcomes(file(t, fmt.Sprintf(usual, "0.1")), Options{Budget: 400 * time.Millisecond, Only: []string{"NN1104"}})
	if x := short["width-sweep"]; x.Outcome != "not checked" || x.Message == "" {
		t.Errorf("in no time: width-sweep is %s: %s", x.Outcome, x.Message)
	}
}

func TestHidden(t *testing.T) {
	layers := []hidden{{"a", 10, 4, false}, {"b", 10, 10, false}, {"c", 10, 10, false}, {"d", 10, 10, false}}
	const had = 4*10 + 10 + 3*(10*10+10) + 10*2 + 2
	for n, want := range map[int]int{4: 10, 2: 16, 1: 57} {
		w := asMany(layers, 2, n)
		params := 4*w + w + (n-1)*(w*w+w) + w*2 + 2
		if w != want || params > had {
			t.Errorf("%d layers of %d units have %d parameters, of %d", n, w, params, had)
		}
	}
	for _, s := range scaled(layers, 0.25) {
		if s.To != "3" || s.From != "10" {
			t.Errorf("%+v", s)
		}
		if _, ok := nnvet.KnobOf(s.Name); !ok {
			t.Errorf("%s is no knob", s.Name)
		}
	}
}
