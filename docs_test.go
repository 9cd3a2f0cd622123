package nnvet_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
)

// TestReadme holds that the README's table is the table of checks.
// NNVET_UPDATE=1 rewrites it.
func TestReadme(t *testing.T) {
	var b strings.Builder
	b.WriteString("| pitfall | id | fault | |\n| --- | --- | --- | --- |\n")
	for _, p := range nnvet.Pitfalls {
		found := false
		for _, c := range checks.All {
			if c.Pitfall == p {
				found = true
				fmt.Fprintf(&b, "| %d %s | %s | [%s](%s) | %s |\n", int(p), p, c.ID, c.Name, page(c), c.Title())
			}
		}
		if !found {
			fmt.Fprintf(&b, "| %d %s | | no check yet | |\n", int(p), p)
		}
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- checks:begin -->\n", "<!-- checks:end -->"
	head, rest, ok1 := strings.Cut(string(readme), begin)
	got, tail, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("README.md has no %s ... %s", begin, end)
	}
	if os.Getenv("NNVET_UPDATE") != "" {
		if err := os.WriteFile("README.md", []byte(head+begin+b.String()+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if got != b.String() {
		t.Errorf("the table of checks in README.md is not up to date; NNVET_UPDATE=1 go test . rewrites it\ngot:\n%s\nwant:\n%s", got, b.String())
	}
}

// page returns the path of a check's page from the repository's root.
func page(c *nnvet.Check) string {
	return "checks/" + rooms[c.Pitfall] + "/" + strings.ReplaceAll(c.Name, "-", "_") + ".md"
}

var rooms = map[nnvet.Pitfall]string{
	nnvet.Normalization: "normalization", nnvet.Results: "results", nnvet.Preprocessing: "preprocessing", nnvet.Regularization: "regularization",
	nnvet.BatchSize: "batchsize", nnvet.LearningRate: "learningrate", nnvet.FinalActivation: "finalactivation", nnvet.Gradients: "gradients",
	nnvet.Initialization: "initialization", nnvet.Depth: "depth", nnvet.HiddenUnits: "hiddenunits",
}

// TestPages holds that every check has a page of the same parts, where its
// file says it is, that names all of its limits, and three kinds of cases.
func TestPages(t *testing.T) {
	parts := []string{"## What it means", "## How it is decided", "## What to try", "## When it is wrong", "## References"}
	for _, c := range checks.All {
		b, err := os.ReadFile(page(c))
		if err != nil {
			t.Error(err)
			continue
		}
		at := 0
		for _, part := range parts {
			i := strings.Index(string(b[at:]), "\n"+part+"\n")
			if i < 0 {
				t.Errorf("%s: no %q after byte %d", page(c), part, at)
				break
			}
			at += i
		}
		for _, l := range c.Limits {
			if !strings.Contains(string(b), "`"+l.Name+"`") {
				t.Errorf("%s: does not name the limit `%s`", page(c), l.Name)
			}
		}
	}
}
