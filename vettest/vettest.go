// Package vettest tests checks on traces written by hand.
//
// The tests of a check are one txtar file, testdata/<name>.txtar with "-" in
// the check's name as "_", of pairs of files "<case>/trace" and "<case>/want".
//
// A trace is lines. Blank lines and lines that begin with # are ignored. A
// line that begins with { is one record of the trace format, docs/trace.md,
// without its checksum. Any other line is one of
//
//	quantity[/split] [site]: points
//	steps: 500             optimizer steps of the run
//	ended: exception       or exit, which is the default, or running
//	limit NN0601.ratio: 3  a threshold in place of the check's own
//	experiment NN1001:     one that was done; behind the colon, what it lacks
//	arm 0.5 half: 0.8 0.7  of that, with its size beside the first, if it has one
//
// A point is a number, nan, inf or -inf. 0.5x8 stands for eight of them,
// 2.3-0.1x4 for 2.3 2.2 2.1 2.0, and 8*0.5x4 for 8 4 2 1. Steps count from 0;
// @100 puts the next point at step 100, @+10 the ones after it ten apart.
//
// A want is what the check made of the trace, see [Render]: findings with
// their evidence and treatments, or "clear", or "not checked" and why.
// NNVET_UPDATE=1 go test rewrites every want; read the difference.
package vettest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
	"golang.org/x/tools/txtar"
)

// Run tests a check on its cases. It fails where a case differs, and, of a
// check that judges traces, where no case fires or none stays silent. Cases whose name begins with "known"
// document a miss or a false alarm that is known; they count as neither.
func Run(t *testing.T, c *nnvet.Check) {
	t.Helper()
	name := filepath.Join("testdata", strings.ReplaceAll(c.Name, "-", "_")+".txtar")
	ar, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	update := os.Getenv("NNVET_UPDATE") != ""
	var fired, silent bool
	for i := 0; i < len(ar.Files); i += 2 {
		label, err := pair(ar.Files[i:])
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		res, err := vet(c, string(ar.Files[i].Data))
		if err != nil {
			t.Fatalf("%s: %s: %v", name, label, err)
		}
		for _, f := range res.Findings {
			for _, tr := range f.Treatments {
				for _, set := range tr.Settings {
					if _, ok := nnvet.KnobOf(set.Name); !ok {
						t.Errorf("%s: %s: the setting %q is none of nnvet.Knobs", name, label, set.Name)
					}
				}
			}
		}
		if !strings.HasPrefix(label, "known") {
			fired, silent = fired || len(res.Findings) > 0, silent || len(res.Clear) > 0
		}
		got, want := Render(res), &ar.Files[i+1].Data
		if update {
			*want = []byte(got)
			continue
		}
		t.Run(label, func(t *testing.T) {
			if got != string(*want) {
				t.Errorf("got:\n%swant:\n%s", got, *want)
			}
		})
	}
	if c.Run != nil && (!fired || !silent) {
		t.Errorf("%s: needs a case that fires and one that is clear", name)
	}
	if !update {
		return
	}
	if err := os.WriteFile(name, txtar.Format(ar), 0o666); err != nil {
		t.Fatal(err)
	}
}

// pair returns the label of the case that files begin with.
func pair(files []txtar.File) (string, error) {
	label, ok := strings.CutSuffix(files[0].Name, "/trace")
	switch {
	case !ok:
		return "", fmt.Errorf("%q is no <case>/trace", files[0].Name)
	case len(files) < 2 || files[1].Name != label+"/want":
		return "", fmt.Errorf("%q is not followed by its want", files[0].Name)
	}
	return label, nil
}

func vet(c *nnvet.Check, trace string) (nnvet.Result, error) {
	t, opts, err := Parse(trace)
	if err != nil {
		return nnvet.Result{}, err
	}
	return nnvet.Vet(t, []*nnvet.Check{c}, opts), nil
}
