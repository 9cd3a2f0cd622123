package subject

import (
	"context"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/experiment"
	"github.com/nnvet/nnvet/internal/report"
)

// seeded prepares an experiment of three seeds.
func seeded(t *testing.T) *Experiment {
	t.Helper()
	text := "data: {path: " + prices(t, 100) + ", target: price}\noptimizer: {adam: {lr: 0.01}}\nepochs: 2\nseeds: [0, 1, 2]\n"
	f, err := experiment.Read(write(t, filepath.Join(t.TempDir(), "e.yaml"), text))
	if err != nil {
		t.Fatal(err)
	}
	e, err := Prepare(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestOtherSeeds: a seed that fails or is stopped costs its own score, and is named.
func TestOtherSeeds(t *testing.T) {
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for name, c := range map[string]struct {
		ctx    context.Context
		change func(*engine.Spec)
		facts  []string // beginnings
	}{
		"trained": {t.Context(), func(*engine.Spec) {}, nil},
		"stopped": {stopped, func(*engine.Spec) {}, []string{"stopped: 1 of 3 are trained; the model is of the first"}},
		"failed":  {t.Context(), func(s *engine.Spec) { s.Layers = []engine.Node{{Layer: &engine.Dense{Units: -1}}} }, []string{"seed 1 failed: ", "seed 2 failed: "}},
	} {
		t.Run(name, func(t *testing.T) {
			e := seeded(t)
			c.change(&e.Plan.Spec)
			scores := []report.Score{{Name: "r2", Value: 0.5, Seeds: []float64{0.5}}}
			facts := e.otherSeeds(c.ctx, scores)
			if !slices.EqualFunc(facts, c.facts, func(f report.Fact, want string) bool { return f.Name == "seeds" && strings.HasPrefix(f.Text, want) }) {
				t.Errorf("got %v, want %q", facts, c.facts)
			}
			for i, v := range scores[0].Seeds[1:] {
				if math.IsNaN(v) != (c.facts != nil) {
					t.Errorf("seed %d: got %v", i+1, v)
				}
			}
		})
	}
}

func TestHeadlineOfSeeds(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]struct {
		seeds []float64
		want  string
	}{
		"all":      {[]float64{0.9, 0.8, 0.95}, "price: R2 0.9 (0.8 to 0.95 over 3 seeds) on "},
		"one lost": {[]float64{0.9, nan, 0.95}, "price: R2 0.9 (0.9 to 0.95 over 2 seeds) on "},
		"one left": {[]float64{0.9, nan, nan}, "price: R2 0.9 on "},
	} {
		t.Run(name, func(t *testing.T) {
			if got := headline("price", []report.Score{{Name: "r2", Value: 0.9, Seeds: c.seeds}}); !strings.HasPrefix(got, c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
