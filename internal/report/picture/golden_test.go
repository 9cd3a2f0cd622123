package picture

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
)

// TestGolden holds the first picture of each name, as a file that stands alone.
// NNVET_UPDATE=1 writes them; look at them before you commit.
func TestGolden(t *testing.T) {
	seen := make(map[string]bool)
	for _, c := range cases(t) {
		for _, p := range c.pictures {
			if seen[p.Name] {
				continue
			}
			seen[p.Name] = true
			file := filepath.Join("testdata", "golden", p.Name+".svg")
			if os.Getenv("NNVET_UPDATE") != "" {
				if err := os.WriteFile(file, []byte(p.SVG), 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			if want := read(t, file); p.SVG != want {
				t.Errorf("%s, of %s, is not as drawn before: NNVET_UPDATE=1 go test rewrites it", file, c.name)
			}
		}
	}
	for p, draw := range drawings {
		if len(draw) == 0 {
			t.Errorf("%s has no picture", p)
		}
	}
	files, _ := filepath.Glob("testdata/golden/*.svg")
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".svg"); !seen[name] {
			t.Errorf("%s is drawn by no case any more", f)
		}
	}
}

// TestNames holds that a pitfall's pictures have names of their own.
func TestNames(t *testing.T) {
	for _, c := range cases(t) {
		if strings.Contains(c.name, "-") { // a trace: its looks come first, then those of findings
			continue
		}
		seen := make(map[string]bool)
		for _, p := range c.pictures {
			if seen[p.Name] {
				t.Errorf("%s: two pictures are named %s", c.name, p.Name)
			}
			seen[p.Name] = true
		}
	}
}

// TestLeads holds that the checks and the pictures that lead them exist, and
// that the picture comes first.
func TestLeads(t *testing.T) {
	tr := strangeTrace(4, 30, "fc", func(i int) float64 { return 0.2 + float64(i%3) })
	for name, want := range leads {
		c := checks.Find(name)
		if c == nil {
			t.Errorf("there is no check %s", name)
			continue
		}
		all := Of(tr, &nnvet.Result{}, &nnvet.Finding{Check: c})
		if i := slices.IndexFunc(all, func(p Picture) bool { return p.Name == want }); i > 0 {
			t.Errorf("%s: %s is picture %d", name, want, i)
		}
		if _, err := os.Stat("testdata/golden/" + want + ".svg"); err != nil && want != "flat-units" {
			t.Errorf("%s: no case draws %s", name, want)
		}
	}
}

// TestOn holds that ids take the prefix that is asked for, and no other text does.
func TestOn(t *testing.T) {
	p, _ := Proof(proven())
	svg := p.On("f3")
	if strings.Contains(svg, "pic-proof") || strings.Count(svg, `"f3-title"`) != 1 || !strings.Contains(svg, `aria-labelledby="f3-title f3-desc"`) || strings.Count(svg, `id="f3-desc"`) != 1 {
		t.Errorf("got %s", strings.SplitAfterN(svg, "\n", 4)[:3])
	}
}

// TestStandalone holds that a file is whole: XML with a name space and its colours.
func TestStandalone(t *testing.T) {
	p, _ := Proof(proven())
	got := string(Standalone(p))
	if err := xml.Unmarshal([]byte(got), new(struct{})); err != nil {
		t.Error(err)
	}
	for _, want := range []string{`xmlns="http://www.w3.org/2000/svg"`, "<style>", "--pic-ink:"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in it", want)
		}
	}
}
