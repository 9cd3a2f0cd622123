package prepare

import (
	"errors"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/dataset"
)

// TestSettingOfErrors holds which setting an error is about: whoever wrote it
// is shown the place. What is wrong with a row is about no setting, unless the
// row cannot take a transform that was asked for.
func TestSettingOfErrors(t *testing.T) {
	x, y := ramp("x", 6), ramp("y", 6)
	names := textsOf("name", "b", "c", "b", "c", "b", "c")
	table := tableOf(x, names, numbersOf("low", -1, 2, 3, 4, 5, 6), y)
	transform := func(name string, how Transform) Plan {
		return Plan{Transforms: map[string]Transform{name: how}}
	}
	for want, p := range map[string]Plan{
		"target z":           {Target: "z"},
		"target ":            {Target: "y", Exclude: []string{"x", "name", "low"}},
		"task ":              {Target: "name", Task: Regression},
		"exclude y":          {Exclude: []string{"y"}},
		"exclude z":          {Exclude: []string{"z"}},
		"split.by.column ":   {Split: SplitPlan{Group: "z"}},
		"split ":             {Split: SplitPlan{Val: 2}},
		"transform z":        transform("z", Log),
		"transform.name ":    transform("name", Log),
		"transform.low ":     transform("low", Log),
		"transform.y ":       transform("y", OneHot),
		"row 2, of no key  ": {Target: "bad"},
	} {
		if p.Target == "" {
			p.Target = "y"
		}
		table := table
		if p.Target == "bad" {
			table = tableOf(x, numbersOf("bad", 1, inf, 3, 4, 5, 6))
		}
		_, err := p.Fit(table, &Split{Train: allRows(6)})
		var setting *dataset.SettingError
		if !errors.As(err, &setting) {
			if !strings.HasPrefix(want, "row 2") || err == nil {
				t.Errorf("%s: got %v, which is about no setting", want, err)
			}
		} else if got := setting.Key + " " + setting.Name; got != want {
			t.Errorf("got %q, want %q: %v", got, want, err)
		}
	}
}

// TestFreeTextIsLeftOut holds that a column of free text is an input only by name.
func TestFreeTextIsLeftOut(t *testing.T) {
	table := tableOf(textOf("note", "a", "b", "c", "d", "e", "f"), ramp("x", 6), ramp("y", 6))
	for _, c := range []struct {
		transforms map[string]Transform
		inputs     int
	}{
		{nil, 1},
		{map[string]Transform{Rest: Standardize}, 1},
		{map[string]Transform{Rest: OneHot}, 1},
		{map[string]Transform{"note": Index}, 2},
	} {
		p, err := Plan{Target: "y", Transforms: c.transforms}.Fit(table, &Split{Train: allRows(6)})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(p.inputs); got != c.inputs {
			t.Errorf("%v: got %d inputs, want %d", c.transforms, got, c.inputs)
		}
		const want = "column note: left out, since its texts differ in nearly every row (transform: onehot or index would keep them)"
		if said := strings.Contains(strings.Join(p.Said(), "\n"), want); said != (c.inputs == 1) {
			t.Errorf("%v: got %q", c.transforms, p.Said())
		}
	}
}
