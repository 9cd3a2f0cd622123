package examples_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestTables holds that a table and its target always give a baseline, and
// that nnvet finds no fault in what it chose itself: where there is nothing to
// learn it says that, and no more. A known miss: where a few rows are a
// thousand times the others, the target of most batches stays tiny however it
// is standardized, and the advice is what was done already.
func TestTables(t *testing.T) {
	nnvet := build(t)
	for name, target := range map[string]func(x []float64, r *rand.Rand) string{
		"linear":     func(x []float64, _ *rand.Rand) string { return number6(5e7 + 1e6*(x[0]+x[1])) },
		"lognormal":  func(x []float64, _ *rand.Rand) string { return number6(math.Exp(1.2 * (x[0] + x[1]) / math.Sqrt2)) },
		"weak":       func(x []float64, r *rand.Rand) string { return number6(x[0] + 3*r.NormFloat64()) },
		"noise":      func(_ []float64, r *rand.Rand) string { return number6(r.NormFloat64()) },
		"outliers":   func(x []float64, r *rand.Rand) string { return number6(x[0] + spike(r)) },
		"majority":   func(x []float64, r *rand.Rand) string { return yes(x[0]+0.3*r.NormFloat64() > 0.25) },
		"rare":       func(x []float64, _ *rand.Rand) string { return yes(x[0]+x[1] > 2.9) },
		"rare noise": func(_ []float64, r *rand.Rand) string { return yes(r.Float64() < 0.02) },
		"classes":    func(x []float64, _ *rand.Rand) string { return fmt.Sprintf("c%d", int(math.Floor(x[0]+x[1]))) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(2) {
				dir := t.TempDir()
				if err := os.WriteFile(filepath.Join(dir, "t.csv"), []byte(table(seed, 800, target)), 0o600); err != nil {
					t.Fatal(err)
				}
				cmd := exec.Command(nnvet, "run", "t.csv", "--target", "y")
				cmd.Dir = dir
				out, err := cmd.CombinedOutput()
				const findings = 1
				if err != nil && cmd.ProcessState.ExitCode() != findings {
					t.Errorf("seed %d: %v\n%s", seed, err, out)
					continue
				}
				for _, cause := range diagnosis(t, dir).causes() {
					// That inputs say nothing is the data's, and no choice of nnvet's.
					if known := name == "outliers" && cause == "NN0103"; cause != "NN0201" && cause != "NN0205" && !known {
						t.Errorf("seed %d: %s in a network of nnvet's own choice\n%s", seed, cause, out)
					}
				}
			}
		})
	}
}

// table returns a CSV of normal columns and a target that depends on them.
func table(seed uint64, rows int, target func([]float64, *rand.Rand) string) string {
	r := rand.New(rand.NewPCG(seed, 7))
	var b strings.Builder
	b.WriteString("a,b,c,d,y\n")
	x := make([]float64, 4)
	for range rows {
		for i := range x {
			x[i] = r.NormFloat64()
			b.WriteString(number6(x[i]) + ",")
		}
		b.WriteString(target(x, r) + "\n")
	}
	return b.String()
}

func number6(v float64) string { return fmt.Sprintf("%.6g", v) }

func spike(r *rand.Rand) float64 {
	if r.Float64() < 0.004 {
		return 1000
	}
	return 0
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
