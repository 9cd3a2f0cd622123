package checks

import (
	"slices"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
)

// TestIntroductions holds that every pitfall has an introduction of the same
// parts, and that what its chapters name exists.
func TestIntroductions(t *testing.T) {
	want := []string{
		"## What it is", "## How it looks", "## Why it happens", "## The classic remedy",
		"## Where practice has moved on", "## What to look at yourself",
	}
	for _, p := range nnvet.Pitfalls {
		c := ChapterOf(p)
		if !strings.HasPrefix(c.Doc, "# "+p.String()+": ") || c.Title() == "" {
			t.Errorf("%s/pitfall.md begins %.40q, want %q and a title", c.Room, c.Doc, "# "+p.String()+": ")
		}
		var got []string
		for line := range strings.Lines(c.Doc) {
			if strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "# ") {
				got = append(got, strings.TrimSpace(line))
			}
			if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 80 {
				t.Errorf("%s/pitfall.md has a line of %d characters: it is printed as it is, and 80 fit everywhere: %s", c.Room, n, line)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s/pitfall.md has the parts %q, want %q", c.Room, got, want)
		}
	}
}

func TestFindChapter(t *testing.T) {
	for _, p := range nnvet.Pitfalls {
		c := ChapterOf(p)
		for _, name := range []string{c.Name(), p.String(), strings.ToUpper(c.Name()), c.Room} {
			if got, ok := FindChapter(name); !ok || got.Pitfall != p {
				t.Errorf("FindChapter(%q) = %v, %v, want %v", name, got.Pitfall, ok, p)
			}
		}
		if Find(c.Name()) != nil {
			t.Errorf("%s is a check as well as a pitfall: `nnvet explain %s` is not clear", c.Name(), c.Name())
		}
	}
	for number, want := range map[string]nnvet.Pitfall{"1": nnvet.Normalization, "6": nnvet.LearningRate, "06": nnvet.LearningRate, "11": nnvet.HiddenUnits} {
		if got, ok := FindChapter(number); !ok || got.Pitfall != want {
			t.Errorf("FindChapter(%q) = %v, %v, want %v", number, got.Pitfall, ok, want)
		}
	}
	for _, name := range []string{"", "0", "12", "-6", "learning", "6.0", "NN0601"} {
		if got, ok := FindChapter(name); ok {
			t.Errorf("FindChapter(%q) = %v, want none", name, got.Pitfall)
		}
	}
}
