package prove

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/engine/record"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// digits is a training on the embedded engine: three classes of points in the
// plane, by a small network. Its variants are lists of settings.
type digits struct {
	lr      float64
	softmax bool    // one too many
	scale   float64 // of the inputs
	fail    error   // of every training
}

type settings []nnvet.Setting

func (s settings) Key() string { return fmt.Sprint([]nnvet.Setting(s)) }

func (d digits) Jobs() int { return 2 }

func (d digits) With(_ context.Context, base Variant, _ *nnvet.Trace, tr nnvet.Treatment) (Variant, error) {
	var out settings
	if base != nil {
		out = append(out, base.(settings)...)
	}
	for _, s := range tr.Settings {
		switch s.Name {
		case "lr", "final activation", "inputs":
			out = append(out, nnvet.Setting{Name: s.Name, To: s.To})
		default:
			return nil, fmt.Errorf("no way to set %s", s.Name)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("nothing to set")
	}
	return out, nil
}

func (d digits) Train(ctx context.Context, o Order) (*Training, error) {
	if d.fail != nil {
		return nil, d.fail
	}
	if o.Variant != nil {
		for _, s := range o.Variant.(settings) {
			switch s.Name {
			case "lr":
				d.lr, _ = strconv.ParseFloat(s.To, 64)
			case "final activation":
				d.softmax = false
			case "inputs":
				d.scale = 1
			}
		}
	}
	train, val := d.points(400, 7), d.points(200, 8)
	layers := []engine.Node{{Layer: &engine.Dense{Units: 24}}, {Layer: &engine.ReLU{}}, {Layer: &engine.Dense{Units: 3}}}
	if d.softmax {
		layers = append(layers, engine.Node{Layer: &engine.Softmax{}})
	}
	spec := engine.Spec{
		Input: engine.Shape{2}, Layers: layers, Loss: engine.Loss{Kind: engine.CrossEntropy},
		Optimizer: engine.Optimizer{Kind: "sgd", LR: d.lr}, Batch: 20, Epochs: 20, Seed: o.Seed,
	}
	n, err := engine.New(spec, spec.Batch)
	if err != nil {
		return nil, err
	}
	w, err := tracefile.Create(o.Dir, 0)
	if err != nil {
		return nil, err
	}
	defer w.Close()
	if _, err := engine.Train(ctx, n, spec, train, val, record.New(w, record.Options{Version: "test"}).Observer()); err != nil {
		return nil, err
	}
	t, err := tracefile.Load(o.Dir)
	return &Training{Trace: t, Wall: time.Millisecond}, err
}

// points are three clouds that touch.
func (d digits) points(rows int, seed uint64) engine.Data {
	r := rand.New(rand.NewPCG(seed, 1))
	out := engine.Data{Rows: rows}
	for range rows {
		c := r.IntN(3)
		angle := 2 * math.Pi * float64(c) / 3
		for _, at := range []float64{math.Cos(angle), math.Sin(angle)} {
			out.X = append(out.X, float32(d.scale*(1.5*at+0.5*r.NormFloat64())))
		}
		out.Labels = append(out.Labels, int32(c))
	}
	return out
}

func proof(t *testing.T, s Subject, o Options) *Report {
	t.Helper()
	j, err := OpenJournal(t.TempDir(), "test")
	if err != nil {
		t.Fatal(err)
	}
	o.Checks = checks.All
	r, err := New(s, j, o).Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestProver(t *testing.T) {
	for _, c := range []struct {
		name   string
		s      digits
		proven string // checks, in order
	}{
		{"a healthy training has nothing to prove", digits{lr: 0.1, scale: 1}, ""},
		{"a softmax too many is taken out", digits{lr: 0.003, scale: 1, softmax: true}, "softmax-twice"},
		{"a rate that is far too low is raised", digits{lr: 1e-5, scale: 1}, "lr-too-low"},
		{"inputs that are far too large", digits{lr: 0.1, scale: 300}, "input-not-normalized"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := proof(t, c.s, Options{})
			var names []string
			for _, f := range r.Proven() {
				names = append(names, f.Name)
			}
			if got := strings.Join(names, " "); got != c.proven {
				t.Errorf("proven: %q, want %q", got, c.proven)
				for _, f := range r.Fixes {
					t.Logf("%s: %s: %s %+v", f.Name, f.Treatment.Action, f.Claim.Verdict, f.Claim)
				}
				t.Logf("not tried: %+v, left %v", r.NotTried, r.Left)
			}
			if !r.Healthy {
				t.Errorf("with all that was proven there are still %v", r.Left)
			}
			if r.Trainings > 80 {
				t.Errorf("%d trainings for one cause", r.Trainings)
			}
		})
	}
}

func TestSeedsOfRacesProveNothing(t *testing.T) {
	r := proof(t, digits{lr: 1e-5, scale: 1}, Options{})
	for _, f := range r.Fixes {
		seen := make(map[int64]bool)
		for _, p := range f.Pairs {
			if p.Seed < firstProven || seen[p.Seed] {
				t.Errorf("%s was proven on seed %d, which was used before", f.Name, p.Seed)
			}
			seen[p.Seed] = true
		}
	}
}
