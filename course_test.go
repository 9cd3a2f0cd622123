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

// course is the folder in which the eleven pitfalls stand as chapters.
const course = "docs/pitfalls"

// TestCourse holds that the chapters are what the introductions and the pages
// of the checks make of them. NNVET_UPDATE=1 rewrites them.
func TestCourse(t *testing.T) {
	known := map[string]bool{"README.md": true}
	for _, p := range nnvet.Pitfalls {
		c := checks.ChapterOf(p)
		known[file(c)] = true
		generated(t, course+"/"+file(c), chapter(c))
	}
	between(t, course+"/README.md", "chapters", contents())
	files, err := os.ReadDir(course)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !known[f.Name()] {
			t.Errorf("%s/%s is no chapter", course, f.Name())
		}
	}
}

// TestCourseNamesChecks holds that a name in the introductions that is written
// like that of a check is one.
func TestCourseNamesChecks(t *testing.T) {
	for _, p := range nnvet.Pitfalls {
		c := checks.ChapterOf(p)
		for _, m := range regexp.MustCompile("`([a-z]+(?:-[a-z]+)+)`").FindAllStringSubmatch(c.Doc, -1) {
			if checks.Find(m[1]) == nil {
				t.Errorf("checks/%s/pitfall.md names `%s`, which is no check", c.Room, m[1])
			}
		}
	}
}

// contents is the table of contents.
func contents() string {
	var b strings.Builder
	for _, p := range nnvet.Pitfalls {
		c := checks.ChapterOf(p)
		var links []string
		for _, check := range c.Checks {
			links = append(links, fmt.Sprintf("[%s](%s)", check.Name, anchor(c, check)))
		}
		fmt.Fprintf(&b, "%d. [%s](%s): %s\n\n    %s\n", p, p, file(c), c.Title(), strings.Join(links, ", "))
	}
	return b.String()
}

// chapter is a pitfall's introduction, then what each of its checks means and
// what to try, then what takes an experiment.
func chapter(c checks.Chapter) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!-- Generated from checks/%s/pitfall.md and the checks' pages by course_test.go. -->\n", c.Room)
	fmt.Fprintf(&b, "# Pitfall %d, %s: %s\n\n%s\n\n%s\n", c.Pitfall, c.Pitfall, c.Title(), neighbours(c), linked(c, c.Body()))
	if len(c.Checks) > 0 {
		b.WriteString("\n## What nnvet looks for\n\nA value that is \"given\" or \"named\" below is computed from the run, and stands in its report.\n\n")
	}
	for _, check := range c.Checks {
		fmt.Fprintf(&b, "- [%s](#%s): %s%s\n", check.Name, check.Name, check.Title(), mark(check, " (takes an experiment)"))
	}
	for _, check := range c.Checks {
		b.WriteString("\n" + lesson(c, check))
	}
	b.WriteString(experiments(c))
	fmt.Fprintf(&b, "\n---\n\n%s\n", neighbours(c))
	return b.String()
}

// lesson is a chapter's section on one check. Its heading is the bare name, so
// that the name is its anchor.
func lesson(c checks.Chapter, check *nnvet.Check) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n**%s.** %s, %s%s; [how it is decided, and when it is wrong](../../%s)\n\n",
		check.Name, capital(check.Title()), check.ID, check.Severity, mark(check, ", takes an experiment"), page(check))
	fmt.Fprintf(&b, "%s\n\n**What to try**\n\n%s\n", linked(c, part(check, "What it means")), linked(c, part(check, "What to try")))
	return b.String()
}

// mark returns a note where a check takes an experiment.
func mark(c *nnvet.Check, note string) string {
	if c.Experiment != "" {
		return note
	}
	return ""
}

// experiments says what no single run can show.
func experiments(c checks.Chapter) string {
	var b strings.Builder
	for _, check := range c.Checks {
		if check.Experiment != "" {
			fmt.Fprintf(&b, "- [%s](#%s): %s\n", check.Name, check.Name, check.Experiment)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "\n## What takes an experiment\n\nNo single run can show these. Until something was trained to compare with, a report\n" +
		"says \"not checked\" of them, and what it would take:\n\n" + b.String()
}

// neighbours links to the chapters before and after, to the contents, and to
// what words mean.
func neighbours(c checks.Chapter) string {
	var links []string
	for _, p := range []nnvet.Pitfall{c.Pitfall - 1, c.Pitfall + 1} {
		if p >= nnvet.Normalization && p <= nnvet.HiddenUnits {
			other := checks.ChapterOf(p)
			links = append(links, fmt.Sprintf("[%d %s](%s)", p, p, file(other)))
		}
	}
	return strings.Join(append(links, "[contents](README.md)", "[words](../../checks/words.md)"), " · ")
}

// linked links the names of checks to their sections, and leaves code alone.
func linked(here checks.Chapter, text string) string {
	return linkable.ReplaceAllStringFunc(text, func(name string) string {
		check := checks.Find(strings.Trim(name, "`"))
		switch {
		case check == nil:
			return name
		case check.Pitfall == here.Pitfall:
			return fmt.Sprintf("[%s](#%s)", check.Name, check.Name)
		}
		return fmt.Sprintf("[%s](%s)", check.Name, anchor(checks.ChapterOf(check.Pitfall), check))
	})
}

// linkable matches a line of code, a span of code, and what is written like
// the name of a check.
var linkable = regexp.MustCompile("(?m)^    .*$|`[^`]+`|\\b[a-z]+(?:-[a-z]+)+\\b")

// anchor returns the address of a check's section in its chapter.
func anchor(c checks.Chapter, check *nnvet.Check) string { return file(c) + "#" + check.Name }

// file returns the name of a chapter's file.
func file(c checks.Chapter) string { return fmt.Sprintf("%02d-%s.md", c.Pitfall, c.Name()) }

// part returns a part of a check's page.
func part(c *nnvet.Check, heading string) string {
	_, rest, _ := strings.Cut(c.Doc, "\n## "+heading+"\n")
	text, _, _ := strings.Cut(rest, "\n## ")
	return strings.TrimSpace(text)
}

// capital begins a title as a sentence.
func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
