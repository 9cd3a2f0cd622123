package subject

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/experiment"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// TestDeclared holds what a trace says of an experiment's data: the names of
// inputs, groups and goal, a survey that tells codes by what they were, and
// results in the units of the table.
func TestDeclared(t *testing.T) {
	dir := t.TempDir()
	var data strings.Builder
	data.WriteString("code,city,hip_x,hip_y,y\n")
	for i := range 300 {
		fmt.Fprintf(&data, "%d,%s,%g,%g,%g\n", i%12, []string{"Rome", "Oslo", "Bern"}[i*7%3], math.Sin(float64(i)), math.Cos(float64(2*i)), 500+100*math.Sin(float64(i)))
	}
	path := filepath.Join(dir, "data.csv")
	if err := os.WriteFile(path, []byte(data.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	prepare := func(groups string) (*Experiment, error) {
		text := fmt.Sprintf("data: {path: %s, target: y, groups: %s}\nepochs: 3\noptimizer: {adam: {lr: 0.01}}\ngoal: mae < 20\n", path, groups)
		f, err := experiment.Parse(filepath.Join(dir, "e.yaml"), []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return Prepare(context.Background(), f)
	}
	if _, err := prepare("[{name: hip, columns: [hip_x, hip_z]}]"); err == nil || !strings.Contains(err.Error(), "there is no column hip_z; did you mean") ||
		!strings.Contains(err.Error(), "e.yaml:1:") {
		t.Errorf("a column that is not there: got %v", err)
	}
	e, err := prepare("[{name: hip, unit: m, columns: [hip_x, hip_y]}, {name: place, columns: [city]}]")
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	if _, err := (&Training{Experiment: e, Dir: out, Version: "0"}).Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	trace, err := tracefile.Load(out)
	if err != nil {
		t.Fatal(err)
	}
	want := []nnvet.ColumnGroup{{Name: "hip", Unit: "m", Columns: []string{"hip_x", "hip_y"}}, {Name: "place", Columns: []string{"city=Bern", "city=Oslo", "city=Rome"}}}
	got := trace.Declared
	for _, g := range got.Groups {
		slices.Sort(g.Columns)
	}
	if fmt.Sprint(got.Groups) != fmt.Sprint(want) || got.Goal == nil || got.Goal.Value != 20 || got.Goal.Source.Line != 4 {
		t.Errorf("got %+v, want %+v and a goal", got, want)
	}
	s := trace.SurveyOf("Sequential")
	if s == nil || s.Columns[0].Name != "code" || s.Columns[0].Distinct != 12 || math.IsNaN(s.Columns[0].Rough) {
		t.Errorf("got the survey %+v", s)
	}
	if p := trace.Profile(nnvet.Input, nnvet.Train); p.Columns[0].Name != "code" || p.Total != 210 {
		t.Errorf("got the profile %+v", p)
	}
	p := trace.Predicted(nnvet.Validation, "")
	if o := p.Outputs[0]; !p.Decoded || !(o.Truth > 450 && o.Truth < 550 && o.TruthStd > 50 && o.TruthStd < 90) {
		t.Errorf("got %+v, want the units of the table", o)
	}
}
