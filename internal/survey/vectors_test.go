package survey_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/survey"
)

// A vector is a sample with the figures that a slow program found in it:
// probe/testdata/survey/figures.py says more. The probe is held to them too.
type vector struct {
	X, Y       [][]real
	Classes    []int32
	Shape      []int
	Tokens     bool
	Names      []string
	Validation [][]real
	Total      int
	Want       map[string]any
	Between    [][3]any
}

// real may be written "nan", "inf" or "-inf".
type real float64

func (r *real) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseFloat(strings.Trim(string(b), `"`), 64)
	*r = real(v)
	return err
}

func flat(rows [][]real) []float32 {
	var out []float32
	for _, row := range rows {
		for _, v := range row {
			out = append(out, float32(v))
		}
	}
	return out
}

// data is the sample as the engine has it, with the channels of a pixel next to
// each other.
func (v *vector) data() survey.Data {
	d := survey.Data{Columns: len(v.X[0]), Names: v.Names, Indices: v.Tokens}
	if v.Shape != nil {
		d.Channels = v.Shape[0]
	}
	part := func(rows [][]real) survey.Split {
		s := survey.Split{X: flat(rows), Rows: len(rows)}
		if d.Channels > 0 {
			pixels := d.Columns / d.Channels
			was := append([]float32(nil), s.X...)
			for i := range was {
				row, at := i/d.Columns*d.Columns, i%d.Columns
				s.X[row+at%pixels*d.Channels+at/pixels] = was[i]
			}
		}
		return s
	}
	d.Train, d.Val = part(v.X), part(v.Validation)
	d.Train.Labels = v.Classes
	if v.Y != nil {
		d.Train.Y = flat(v.Y)
	}
	return d
}

func TestVectors(t *testing.T) {
	files, err := filepath.Glob("../../probe/testdata/survey/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var v vector
			if err := json.Unmarshal(text, &v); err != nil {
				t.Fatal(err)
			}
			if o, ok := v.Want["overlap"].(map[string]any); ok && o["coverage"] != nil {
				o["coverage"] = 1.0 // all there are here
			}
			got := record(survey.Of(v.data()), v.Shape)
			for name, want := range v.Want {
				same(t, name, got[name], want)
			}
			for _, b := range v.Between {
				x, low, high := number(find(got, b[0].(string))), number(b[1]), number(b[2])
				if !(x >= low && x <= high) {
					t.Errorf("%v: got %v, want %v to %v", b[0], x, low, high)
				}
			}
		})
	}
}

// find follows a path with dots.
func find(v any, path string) any {
	for part := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[part]
		case []any:
			i, _ := strconv.Atoi(part)
			v = at[i]
		}
	}
	return v
}

// same compares what there is of want.
func same(t *testing.T, at string, got, want any) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		of, _ := got.(map[string]any)
		for k, w := range want {
			same(t, at+"."+k, of[k], w)
		}
	case []any:
		of, _ := got.([]any)
		if len(of) != len(want) {
			t.Errorf("%s: got %v, want %v", at, got, want)
			return
		}
		for i, w := range want {
			same(t, fmt.Sprintf("%s[%d]", at, i), of[i], w)
		}
	default:
		g, w := number(got), number(want)
		if !(math.Abs(g-w) <= 1e-5*math.Max(1, math.Abs(w))) && !(math.IsNaN(g) && math.IsNaN(w)) {
			t.Errorf("%s: got %v, want %v", at, got, want)
		}
	}
}

func number(v any) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case int:
		return float64(v)
	}
	return math.NaN() // "nan"
}

// record is a survey under the names of docs/trace.md. Columns of an image are
// put in the order of its channels.
func record(s nnvet.Survey, shape []int) map[string]any {
	columns := map[string]func(nnvet.Feature) any{
		"cols":     func(f nnvet.Feature) any { return f.Index },
		"distinct": func(f nnvet.Feature) any { return f.Distinct },
		"mode":     func(f nnvet.Feature) any { return f.Mode }, "modeshare": func(f nnvet.Feature) any { return f.ModeShare },
		"median": func(f nnvet.Feature) any { return f.Median }, "mad": func(f nnvet.Feature) any { return f.MAD },
		"tail": func(f nnvet.Feature) any { return f.Tail }, "maxz": func(f nnvet.Feature) any { return f.MaxZ },
		"skew": func(f nnvet.Feature) any { return f.Skew }, "rising": func(f nnvet.Feature) any { return f.Rising },
		"spike": func(f nnvet.Feature) any { return f.Spike }, "spikeshare": func(f nnvet.Feature) any { return f.SpikeShare },
		"spikegap": func(f nnvet.Feature) any { return f.SpikeGap }, "alone": func(f nnvet.Feature) any { return f.Alone },
		"rough": func(f nnvet.Feature) any { return f.Rough }, "within": func(f nnvet.Feature) any { return f.Within },
		"seam": func(f nnvet.Feature) any { return f.Seam },
	}
	out := map[string]any{
		"rows": s.Rows, "of": s.Of, "repeated": s.Repeated, "contra": s.Contradicting, "order": s.Order,
		"cov": s.Covariance, "corr": s.Correlation, "inrank": s.InputRank, "outrank": s.TargetRank, "outz": s.TargetZ, "bright": s.Brightness,
		"smooth": map[string]any{"ratio": s.Smooth.Ratio, "p": s.Smooth.P, "of": s.Smooth.Permutations},
		"overlap": map[string]any{"rows": s.Overlap.Rows, "shared": s.Overlap.Shared, "coverage": s.Overlap.Coverage,
			"outside": s.Overlap.Outside, "newpairs": s.Overlap.NewPairs, "auc": s.Overlap.AUC},
	}
	for name, of := range columns {
		list := make([]any, len(s.Columns))
		for i, f := range s.Columns {
			at := i
			if shape != nil && name != "cols" {
				at = i%shape[0]*(len(list)/shape[0]) + i/shape[0]
			}
			list[at] = of(f)
		}
		out[name] = list
	}
	wraps, quats := []any{}, []any{}
	for _, w := range s.Wraps {
		wraps = append(wraps, map[string]any{"out": w.Output, "period": w.Period, "ratio": w.Ratio, "low": w.Low})
	}
	for _, q := range s.Quaternions {
		quats = append(quats, map[string]any{"col": q.Column, "flips": q.Flips})
	}
	out["wraps"], out["quats"] = wraps, quats
	return out
}
