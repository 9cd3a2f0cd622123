package nnvet_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// TestLinks holds that every relative link of a page in Markdown leads to a
// file or folder of the repository, and to a heading of it where it names one.
func TestLinks(t *testing.T) {
	seen := 0
	for _, page := range pages(t) {
		for _, link := range links(read(t, page)) {
			seen++
			target, heading, _ := strings.Cut(link, "#")
			file := page
			if target != "" {
				file = path.Join(path.Dir(page), target)
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: the link %s leads nowhere: there is no %s", page, link, file)
				continue
			}
			if heading != "" && !slices.Contains(anchors(read(t, file)), heading) {
				t.Errorf("%s: the link %s leads nowhere: %s has no such heading", page, link, file)
			}
		}
	}
	if seen < 100 {
		t.Errorf("saw %d links: the pages have more", seen)
	}
}

// pages returns the paths of all pages in Markdown, without folders that start
// with a dot and what is built.
func pages(t *testing.T) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		switch name := d.Name(); {
		case err != nil:
			return err
		case d.IsDir() && p != "." && (strings.HasPrefix(name, ".") || name == "bin" || name == "testdata"):
			return fs.SkipDir
		case !d.IsDir() && strings.HasSuffix(name, ".md"):
			out = append(out, filepath.ToSlash(p))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var (
	fenced  = regexp.MustCompile("(?ms)^```.*?^```")
	inline  = regexp.MustCompile("`[^`\n]+`")
	linkTo  = regexp.MustCompile(`\]\(([^()\s]+)(?:\s+"[^"]*")?\)|(?m:^\[[^\]]+\]:\s+(\S+))`)
	outside = regexp.MustCompile(`^[a-z][a-z0-9+.-]*:`) // https:, mailto:
)

// links returns where the links of a page lead that stay in the repository.
func links(text string) []string {
	var out []string
	text = inline.ReplaceAllString(fenced.ReplaceAllString(text, ""), "")
	for _, m := range linkTo.FindAllStringSubmatch(text, -1) {
		if to := m[1] + m[2]; !outside.MatchString(to) {
			out = append(out, to)
		}
	}
	return out
}

// anchors returns the anchors of a page's headings as GitHub makes them: in
// lower case, without punctuation, with dashes for spaces, and numbered where
// several are alike.
func anchors(text string) []string {
	var out []string
	n := make(map[string]int)
	for line := range strings.Lines(fenced.ReplaceAllString(text, "")) {
		heading := strings.TrimLeft(line, "#")
		if heading == line || !strings.HasPrefix(heading, " ") {
			continue
		}
		a := slug(heading)
		if k := n[a]; k > 0 {
			out = append(out, fmt.Sprintf("%s-%d", a, k))
		} else {
			out = append(out, a)
		}
		n[a]++
	}
	return out
}

// linked text in a heading counts without its address.
var address = regexp.MustCompile(`\]\([^)]*\)`)

func slug(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r):
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSpace(address.ReplaceAllString(heading, "]")))
}

func TestLinksAreSeen(t *testing.T) {
	text := "# Big one: `a` and [b](c.md)\n## Same\n## Same\n[x](y.md#z) ![p](p.svg \"t\") `[no](no.md)`\n[out](https://a.b)\n```\n# no\n[no](no.md)\n```\n[r]: ref.md\n"
	if got, want := links(text), []string{"c.md", "y.md#z", "p.svg", "ref.md"}; !slices.Equal(got, want) {
		t.Errorf("got links %q, want %q", got, want)
	}
	if got, want := anchors(text), []string{"big-one-a-and-b", "same", "same-1"}; !slices.Equal(got, want) {
		t.Errorf("got anchors %q, want %q", got, want)
	}
}
