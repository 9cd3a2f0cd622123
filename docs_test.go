package nnvet_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
)

// TestReadme holds that the README's table of pitfalls agrees with the checks.
// NNVET_UPDATE=1 rewrites it.
func TestReadme(t *testing.T) {
	var b strings.Builder
	b.WriteString("| pitfall | what goes wrong | checks | by experiment |\n| --- | --- | --: | --: |\n")
	runs, experiments := 0, 0
	for _, p := range nnvet.Pitfalls {
		c := checks.ChapterOf(p)
		r, x := count(c)
		runs, experiments = runs+r, experiments+x
		fmt.Fprintf(&b, "| [%d %s](%s/%s) | %s | %s | %s |\n", p, p, course, file(c), c.Title(), orNone(r), orNone(x))
	}
	fmt.Fprintf(&b, "| | | %d | %d |\n", runs, experiments)
	between(t, "README.md", "checks", b.String())
}

// count returns how many of a chapter's checks judge a run, and how many take
// an experiment.
func count(c checks.Chapter) (runs, experiments int) {
	for _, check := range c.Checks {
		if check.Experiment != "" {
			experiments++
		} else {
			runs++
		}
	}
	return runs, experiments
}

func orNone(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// between holds that a file has a text between <!-- name:begin --> and
// <!-- name:end -->.
func between(t *testing.T, path, name, want string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := fmt.Sprintf("<!-- %s:begin -->\n", name), fmt.Sprintf("<!-- %s:end -->\n", name)
	head, rest, ok1 := strings.Cut(string(b), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s has no %s ... %s", path, begin, end)
	}
	generated(t, path, head+begin+want+end+tail)
}

// generated holds that a file is what is generated for it. NNVET_UPDATE=1
// writes it.
func generated(t *testing.T, path, want string) {
	t.Helper()
	if os.Getenv("NNVET_UPDATE") != "" {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Error(err)
		return
	}
	if string(got) != want {
		t.Errorf("%s is not up to date; NNVET_UPDATE=1 go test . rewrites it\n%s", path, firstDifference(string(got), want))
	}
}

// firstDifference shows the first line in which two texts differ.
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d:\n got  %s\n want %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("got %d lines, want %d", len(g), len(w))
}

// page returns the path of a check's page from the repository's root.
func page(c *nnvet.Check) string {
	return "checks/" + checks.ChapterOf(c.Pitfall).Room + "/" + strings.ReplaceAll(c.Name, "-", "_") + ".md"
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

// TestReliability holds that the page on confidence shows the table of the part
// that scores as the scoreboard has it. NNVET_UPDATE=1 rewrites it.
func TestReliability(t *testing.T) {
	const header = "| confidence | causes named | said on average | right |\n"
	_, scored, _ := strings.Cut(read(t, "casebook/scoreboard.md"), "\n## The part that scores\n")
	_, rest, ok := strings.Cut(scored, header)
	table, _, _ := strings.Cut(rest, "\n\n")
	if !ok || !strings.Contains(table, "\n| 0.9 to 1.0 |") {
		t.Fatal("casebook/scoreboard.md has no table of confidences for the part that scores")
	}
	between(t, "docs/confidence.md", "reliability", header+table+"\n")
}

// TestScored holds that the README quotes the board's figures of the part that
// scores, with the day on which they were measured.
func TestScored(t *testing.T) {
	text := read(t, "casebook/scoreboard.md")
	_, scores, _ := strings.Cut(text, "\n## The part that scores\n")
	day := regexp.MustCompile(`\d{4}-\d\d-\d\d`).FindString(scores)
	_, aims, _ := strings.Cut(text, "\n## Against the aims\n\n| | aim | scored | |\n")
	table, _, ok := strings.Cut(aims, "\n\n")
	if day == "" || !ok {
		t.Fatalf("casebook/scoreboard.md names no day, or has no table of aims: %q", day)
	}
	between(t, "README.md", "scored", fmt.Sprintf("| | aim | scored on %s | |\n%s\n", day, table))
}
