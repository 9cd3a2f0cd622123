package experiment

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/engine"
)

var housing = []dataset.Field{
	{Name: "age", Kind: dataset.Number}, {Name: "city", Kind: dataset.Category}, {Name: "the address", Kind: dataset.Text},
	{Name: "price", Kind: dataset.Number}, {Name: "a: b\n#\x1b", Kind: dataset.Text},
}

// TestInit holds that the file that is written trains what no file trains.
func TestInit(t *testing.T) {
	for name, c := range map[string]struct {
		target string
		fields []dataset.Field
	}{
		"no columns":   {"price", nil},
		"columns":      {"price", housing},
		"odd target":   {"a: b\n#\x1b", housing},
		"named auto":   {"auto", nil},
		"named number": {"2020", nil},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := Init(&b, "data.csv", c.target, c.fields); err != nil {
				t.Fatal(err)
			}
			f, err := Parse("e.yaml", b.Bytes())
			if err != nil {
				t.Fatalf("%v\n%s", err, b.String())
			}
			d := Default("data.csv", c.target, c.fields)
			if !reflect.DeepEqual(f.Data, d.Data) || !reflect.DeepEqual(f.Seeds, d.Seeds) {
				t.Errorf("got  %+v, seeds %v\nwant %+v, seeds %v", f.Data, f.Seeds, d.Data, d.Seeds)
			}
			for _, facts := range []Facts{
				{Input: engine.Shape{7}, Rows: 900, Val: 100}, {Input: engine.Shape{16, 16, 1}, Rows: 9000, Val: 100, Classes: 4},
			} {
				samePlan(t, f, d, facts)
			}
			if !bytes.Equal(d.Text, b.Bytes()) {
				t.Error("the text of the defaults is not what Init writes")
			}
		})
	}
}

// samePlan compares what two files train, with the defaults of the engine filled in.
func samePlan(t *testing.T, f, d *File, facts Facts) {
	t.Helper()
	plans := make([]*Plan, 2)
	for i, f := range []*File{f, d} {
		p, err := f.Plan(facts, 0)
		if err != nil {
			t.Fatal(err)
		}
		if p.Spec.Optimizer, err = p.Spec.Optimizer.Filled(); err != nil {
			t.Fatal(err)
		}
		if p.Spec.Schedule.Kind == "constant" {
			p.Spec.Schedule.Kind = ""
		}
		unplace(reflect.ValueOf(&p.Spec).Elem())
		plans[i] = p
	}
	if !reflect.DeepEqual(plans[0], plans[1]) {
		t.Errorf("got  %+v\nwant %+v", plans[0], plans[1])
	}
}

func TestInitRefusesATargetThatIsNotThere(t *testing.T) {
	err := Init(&bytes.Buffer{}, "data.csv", "prise", housing)
	if want := `data.csv: no column "prise" to predict; did you mean "price"?`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestDefaults holds that a default is what leaving the key out means. The
// comments of Init, the schema and the page state the same text.
func TestDefaults(t *testing.T) {
	facts := Facts{Input: engine.Shape{7}, Rows: 900, Val: 100}
	for _, c := range []struct {
		key      string
		settings []setting
	}{
		{"", unset("").keys()},
		{"data", unset("").data().settings},
		{"split", unset("").split().settings},
	} {
		for _, s := range c.settings {
			if s.def == "" {
				continue
			}
			line := s.name + ": " + s.def
			text := head + line
			switch c.key {
			case "data":
				text = head[:len(head)-2] + ", " + line + "}"
			case "split":
				text = head[:len(head)-2] + ", split: {" + line + "}}"
			}
			f, d := parse(t, text), parse(t, head)
			if !reflect.DeepEqual(f.Data, d.Data) {
				t.Errorf("%s: got %+v, want %+v", text, f.Data, d.Data)
			}
			samePlan(t, f, d, facts)
		}
	}
}

// TestDefaultsOfChoices is TestDefaults for optimizers, losses and schedules.
func TestDefaultsOfChoices(t *testing.T) {
	facts := Facts{Input: engine.Shape{7}, Rows: 900, Val: 100}
	for key, o := range map[string]*oneOf{
		"optimizer": optimizers(new(engine.Optimizer)), "loss": losses(new(engine.Loss)), "schedule": schedules(new(engine.Schedule)),
	} {
		for _, c := range o.choices {
			var must, all []string
			for _, s := range c.settings {
				if s.must {
					must = append(must, s.name+": 1")
					all = append(all, s.name+": 1")
				} else {
					all = append(all, s.name+": "+s.def)
				}
			}
			text := func(settings []string) string {
				return head + key + ": {" + c.name + ": {" + strings.Join(settings, ", ") + "}}"
			}
			if key == "loss" && engine.LossKind(c.name).Labels() {
				facts.Classes = 3
			} else {
				facts.Classes = 0
			}
			f, d := parse(t, text(all)), parse(t, text(must))
			if f.Loss.Delta == 1 { // what 0 means to the engine
				f.Loss.Delta = 0
			}
			if f.Schedule.Factor == 0.1 {
				f.Schedule.Factor = 0
			}
			samePlan(t, f, d, facts)
		}
	}
}
