package experiment

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/engine"
)

const (
	page       = "../../docs/experiment.md"
	schemaFile = "../../docs/experiment.schema.json"
)

// TestSchema holds that the schema is the one of the tables. NNVET_UPDATE=1
// rewrites it.
func TestSchema(t *testing.T) {
	want, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, schemaFile, string(want))
}

// TestPage holds that the tables of the page are those of the code.
// NNVET_UPDATE=1 rewrites them.
func TestPage(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- keys:begin -->\n", "<!-- keys:end -->"
	before, rest, ok1 := strings.Cut(string(text), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s has no %s ... %s", page, begin, end)
	}
	golden(t, page, before+begin+tables()+end+after)
}

func golden(t *testing.T, path, want string) {
	t.Helper()
	if os.Getenv("NNVET_UPDATE") != "" {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not up to date; NNVET_UPDATE=1 go test ./internal/experiment rewrites it", path)
	}
}

// tables returns the tables of keys and of what they may name.
func tables() string {
	var b strings.Builder
	b.WriteString("| key | default | what it sets |\n| --- | --- | --- |\n")
	keyRows(&b, "", unset("").keys())
	for _, o := range []struct {
		title   string
		choices []choice
	}{
		{"Layers", layerChoices(new(string), new([]engine.Layer))},
		{"Initializers", initOf(new(engine.Init)).choices},
		{"Losses", losses(new(engine.Loss)).choices},
		{"Optimizers", optimizers(new(engine.Optimizer)).choices},
		{"Schedules", schedules(new(engine.Schedule)).choices},
		{"Augmentations", augmentChoices(new(engine.Augment)).choices},
	} {
		fmt.Fprintf(&b, "\n### %s\n\n| name | what it is | settings |\n| --- | --- | --- |\n", o.title)
		for _, c := range o.choices {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c.name, cell(c.what), cell(settingsOf(c)))
		}
	}
	return b.String()
}

func keyRows(b *strings.Builder, path string, settings []setting) {
	for _, s := range settings {
		def := "none"
		switch {
		case s.must && path != "":
			def = "must be said"
		case s.def != "":
			def = "`" + s.def + "`"
		case s.like != "":
			def = "none; as in `" + s.like + "`"
		}
		section, nested := s.to.(*section)
		if !nested || s.like != "" {
			fmt.Fprintf(b, "| `%s%s` | %s | %s |\n", path, s.name, def, cell(s.what))
		}
		if nested {
			keyRows(b, path+s.name+".", section.settings)
		}
	}
}

func settingsOf(c choice) string {
	var out []string
	for _, s := range c.settings {
		if s.name == "name" {
			continue // of every layer, as the page says
		}
		text := "`" + s.name + "` " + s.what
		if s.def != "" {
			text += " (" + s.def + ")"
		}
		if s.must {
			text += " (must be said)"
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}

func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "*", `\*`).Replace(s)
}

// TestExamples holds that every experiment on the page is one.
func TestExamples(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	if len(blocks) < 2 {
		t.Fatalf("%s has %d examples, want 2 or more", page, len(blocks))
	}
	for _, b := range blocks {
		f, err := Parse("example.yaml", []byte(b[1]))
		if err != nil {
			t.Errorf("%v\n%s", err, b[1])
			continue
		}
		facts := Facts{Input: engine.Shape{28, 28, 1}, Rows: 5000, Val: 500, Classes: 10}
		if !strings.Contains(f.Data.Path, "image") {
			facts = Facts{Input: engine.Shape{12}, Rows: 5000, Val: 500}
		}
		p, err := f.Plan(facts, 0)
		if err != nil {
			t.Errorf("%v\n%s", err, b[1])
			continue
		}
		if _, err := engine.New(p.Spec, p.Spec.Batch); err != nil {
			t.Errorf("%v\n%s", err, b[1])
		}
	}
}
