package checks

import (
	"cmp"
	"embed"
	"slices"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
)

// introductions holds what a person should know of each pitfall before its
// checks mean much: pitfall.md in the folder of its checks.
//
//go:embed */pitfall.md
var introductions embed.FS

// A Chapter is a pitfall as a person reads about it: an introduction, then the
// checks that look for it.
type Chapter struct {
	Pitfall nnvet.Pitfall
	Room    string         // the folder of its checks, below checks/
	Doc     string         // the introduction, Markdown; its first line is "# name: title"
	Checks  []*nnvet.Check // by ID
}

// ChapterOf returns the chapter of one of [nnvet.Pitfalls].
func ChapterOf(p nnvet.Pitfall) Chapter {
	room := strings.ReplaceAll(p.String(), " ", "")
	if p == nnvet.Initialization {
		room = "initialization" // which the board of pitfalls has no room for
	}
	doc, _ := introductions.ReadFile(room + "/pitfall.md") // a test holds that all are there
	c := Chapter{Pitfall: p, Room: room, Doc: string(doc)}
	for _, check := range All {
		if check.Pitfall == p {
			c.Checks = append(c.Checks, check)
		}
	}
	slices.SortFunc(c.Checks, func(a, b *nnvet.Check) int { return cmp.Compare(a.ID, b.ID) })
	return c
}

// FindChapter returns the chapter of the pitfall of that number or name, with
// spaces, dashes or neither, in either case: "6", "learning-rate". The name of
// the room does as well.
func FindChapter(numberOrName string) (Chapter, bool) {
	n, err := strconv.Atoi(numberOrName)
	for _, p := range nnvet.Pitfalls {
		c := ChapterOf(p)
		if err == nil && n == int(p) || plain(numberOrName) == plain(p.String()) || plain(numberOrName) == c.Room {
			return c, true
		}
	}
	return Chapter{}, false
}

// plain returns a name without what may be written differently in it.
func plain(name string) string {
	return strings.NewReplacer(" ", "", "-", "").Replace(strings.ToLower(name))
}

// Name returns the pitfall's name as one word: "learning-rate".
func (c Chapter) Name() string { return strings.ReplaceAll(c.Pitfall.String(), " ", "-") }

// Title returns the title from the first line of the introduction.
func (c Chapter) Title() string {
	line, _, _ := strings.Cut(c.Doc, "\n")
	_, title, _ := strings.Cut(line, ": ")
	return title
}

// Body returns the introduction without its first line.
func (c Chapter) Body() string {
	_, body, _ := strings.Cut(c.Doc, "\n")
	return strings.TrimSpace(body)
}
