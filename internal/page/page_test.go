package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/report"
)

// strange names are what columns, layers, files and messages can hold.
var strange = map[string]string{
	"script":     `<script>alert(1)</script>`,
	"element":    `</pre></script></style><img src=x onerror=alert(1)>`,
	"attribute":  `" onmouseover="alert(1)" x='`,
	"template":   `{{.}}${alert(1)}`,
	"link":       `javascript:alert(1)`,
	"terminal":   "\x1b[31mred\x1b[0m\x1b]0;title\x07",
	"right":      "\u202egnp.exe\u2066\u200f",
	"hebrew":     "שלום",
	"separators": "a\u2028b\u2029c\x00d",
	"no text":    "\xff\xfe\x80",
	"long":       strings.Repeat("w", 10_000),
	"emoji":      "👩‍🔬",
}

// TestStrange puts strange names into everything that is foreign, and reads the
// page as a browser does.
func TestStrange(t *testing.T) {
	for what, name := range strange {
		t.Run(what, func(t *testing.T) {
			in := made{name: name, layers: 3, findings: 2, steps: 120}.input(t)
			for _, in := range []Input{in, {Report: in.Report, Proof: in.Proof, Live: &Live{Events: "/events/7f3ac1"}, Others: []Run{{ID: "a", Command: name, Verdict: "error", Worst: name, When: name}}}} {
				inertPage(t, written(t, in))
			}
			var b strings.Builder
			if err := Compare(&b, in, in); err != nil {
				t.Fatal(err)
			}
			inertPage(t, b.String())
			b.Reset()
			if err := List(&b, []Run{{ID: "a1", When: name, Command: name, Verdict: "error", Worst: name, Errors: 1}}, true); err != nil {
				t.Fatal(err)
			}
			inertPage(t, b.String())
			fragments, err := Fragments(in)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range fragments {
				if strings.ContainsFunc(string(f.HTML), hidden) {
					t.Errorf("fragment %s holds what steers a terminal or turns text", f.ID)
				}
			}
		})
	}
}

// inertPage fails where a page has anything that could act: elements, handlers
// and addresses that no template of ours has, and characters that cannot be seen.
func inertPage(t *testing.T, text string) {
	t.Helper()
	if strings.ContainsFunc(text, hidden) {
		t.Error("the page holds what steers a terminal or turns text")
	}
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	scripts := 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.DataAtom {
		case atom.Script:
			if attribute(n, "type") == "application/json" {
				if body := n.FirstChild.Data; !json.Valid([]byte(body)) {
					t.Errorf("#%s is no JSON: %.100s", attribute(n, "id"), body)
				}
			} else if scripts++; n.FirstChild.Data != script {
				t.Errorf("a script that is not ours: %.100s", n.FirstChild.Data)
			}
		case atom.Img, atom.Iframe, atom.Object, atom.Embed, atom.Base, atom.Link:
			t.Errorf("the page has <%s>", n.Data)
		}
		for _, a := range n.Attr {
			safe := strings.HasPrefix(a.Val, "#") || strings.HasPrefix(a.Val, "/run") || strings.HasPrefix(a.Val, "/compare/") || strings.HasPrefix(a.Val, "vscode://file/")
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "style":
				t.Errorf("<%s %s=%.60q>", n.Data, a.Key, a.Val)
			case (a.Key == "href" || a.Key == "src" || a.Key == "action") && !safe:
				t.Errorf("<%s %s=%.60q>", n.Data, a.Key, a.Val)
			}
		}
	}
	if scripts != 1 {
		t.Errorf("got %d scripts, want ours alone", scripts)
	}
	for n := range doc.Descendants() {
		const most = 500 // characters of one name
		if n.Type == html.TextNode && !exact(n.Parent) && strings.Contains(n.Data, strings.Repeat("w", most)) {
			t.Errorf("a name of 10 kB stands in <%s %v>", n.Parent.Data, n.Parent.Attr)
		}
	}
}

// exact reports whether an element holds what must be whole: data, changes of
// files, and what is copied from it.
func exact(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n.DataAtom == atom.Script || n.DataAtom == atom.Pre && (attribute(n, "class") == "diff" || strings.HasSuffix(attribute(n, "id"), "agent")) {
			return true
		}
	}
	return false
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// TestOneID fails where two elements of a page have one id, or a link leads nowhere.
func TestOneID(t *testing.T) {
	page := written(t, plainRun(t))
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	ids := make(map[string]int)
	for n := range doc.Descendants() {
		if id := attribute(n, "id"); id != "" {
			ids[id]++
		}
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("%d elements are #%s", n, id)
		}
	}
	for n := range doc.Descendants() {
		for _, key := range []string{"href", "aria-labelledby", "for"} {
			for _, to := range strings.Fields(attribute(n, key)) {
				to, isLink := strings.CutPrefix(to, "#")
				if (isLink || key != "href") && ids[to] == 0 {
					t.Errorf("<%s %s> leads to %q, which is not there", n.Data, key, to)
				}
			}
		}
	}
}

// TestFragments holds that a live page is made of the parts that replace it.
func TestFragments(t *testing.T) {
	in := plainRun(t)
	in.Live = &Live{Events: "/events/7f3ac1"}
	page := written(t, in)
	fragments, err := Fragments(in)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	at := 0
	for _, f := range fragments {
		ids = append(ids, f.ID)
		i := strings.Index(page[at:], string(f.HTML))
		if i < 0 {
			t.Fatalf("fragment %s does not stand in the page behind the one before it", f.ID)
		}
		at += i
	}
	if want := []string{"head", "lamps", "findings", "layers", "data", "results", "passed", "notrun", "provenance"}; !slices.Equal(ids, want) {
		t.Errorf("got fragments %q, want %q", ids, want)
	}
}

// TestPolicy holds the policy against what stands in the page.
func TestPolicy(t *testing.T) {
	for _, live := range []*Live{nil, {Events: "/events/7f3ac1"}} {
		in := plainRun(t)
		in.Live = live
		doc, err := html.Parse(strings.NewReader(written(t, in)))
		if err != nil {
			t.Fatal(err)
		}
		policy := Policy()
		for n := range doc.Descendants() {
			if attribute(n, "http-equiv") == "Content-Security-Policy" {
				policy = attribute(n, "content")
			}
		}
		for n := range doc.Descendants() {
			if n.DataAtom == atom.Style || n.DataAtom == atom.Script && attribute(n, "type") == "" {
				sum := sha256.Sum256([]byte(n.FirstChild.Data))
				if hash := base64.StdEncoding.EncodeToString(sum[:]); !strings.Contains(policy, "'sha256-"+hash+"'") {
					t.Errorf("live %v: the policy does not allow a <%s>: %s", live != nil, n.Data, policy)
				}
			}
		}
		if live == nil && !strings.Contains(policy, "connect-src 'none'") {
			t.Errorf("a report may connect: %s", policy)
		}
	}
}

// TestBudget bounds what a report weighs and how long it takes, for a network of
// 200 layers with 100 findings and a long run.
func TestBudget(t *testing.T) {
	const scriptMost, reportMost, within = 40 << 10, 120 << 10, 2 * time.Second
	if n := packed(t, script); n > scriptMost {
		t.Errorf("the script takes %d bytes packed, at most %d are meant", n, scriptMost)
	}
	in := made{name: "encoder.block", layers: 200, findings: 100, steps: 20_000}.input(t)
	var text string
	took := time.Hour
	for range 5 { // the best of them, since other work can take the core
		begin := time.Now()
		text = written(t, in)
		if took = min(took, time.Since(begin)); took < within {
			break
		}
	}
	n := packed(t, text)
	t.Logf("script %d bytes packed; report of 200 layers, 100 findings and 20,000 steps: %d bytes, %d packed, in %v", packed(t, script), len(text), n, took)
	if n > reportMost {
		t.Errorf("the report takes %d bytes packed, at most %d are meant", n, reportMost)
	}
	if took > within {
		t.Errorf("the report takes %v, at most %v are meant", took, within)
	}
}

func packed(t *testing.T, text string) int {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = io.WriteString(w, text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

// TestBundle fails where dist is not made of the sources beside it.
func TestBundle(t *testing.T) {
	want, err := os.ReadFile("dist/sources.sum")
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.New()
	err = filepath.WalkDir("ui", func(path string, d fs.DirEntry, err error) error {
		ext := filepath.Ext(path)
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".d.ts") || ext != ".ts" && ext != ".js" && ext != ".css" {
			return err
		}
		text, err := os.ReadFile(path)
		rel, _ := filepath.Rel("ui", path) // it lies below
		fmt.Fprintf(h, "%s %d\n%s", filepath.ToSlash(rel), len(text), text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != strings.TrimSpace(string(want)) {
		t.Error("ui has changed since dist was made of it: cd tools/bundle && go run .")
	}
}

// TestEmpty draws runs of which little or nothing is known.
func TestEmpty(t *testing.T) {
	for name, r := range map[string]*report.Report{
		"nothing": {}, "no trace": {ID: "7f3ac1", Command: []string{"python"}}, "empty trace": {Trace: &nnvet.Trace{}},
	} {
		page := written(t, Input{Report: r})
		inertPage(t, page)
		if !strings.Contains(page, "no verdict") {
			t.Errorf("%s: the page does not say that there is no verdict", name)
		}
	}
}

func TestSeries(t *testing.T) {
	var b nnvet.Builder
	const n = 10_000
	for step := range int64(n) {
		v := 1.0
		switch step {
		case 5000:
			v = 100 // a spike in one step
		case n - 1:
			v = math.Inf(1)
		}
		if err := b.Add(nnvet.Key{Quantity: nnvet.Loss, Split: nnvet.Train}, step, v); err != nil {
			t.Fatal(err)
		}
	}
	trace := b.Snapshot()
	c := columns(t, trace, -1).Curves[0]
	if len(c.Steps) != 2000 || len(c.Mean) != 2000 || len(c.Min) != 2000 || len(c.Max) != 2000 || len(c.Smooth) != 2000 {
		t.Errorf("got %d steps, %d means, %d, %d, %d; want 2000 each", len(c.Steps), len(c.Mean), len(c.Min), len(c.Max), len(c.Smooth))
	}
	if c.Max[1000] == nil || *c.Max[1000] != 100 || *c.Min[1000] != 1 {
		t.Errorf("the spike is lost: got %v to %v", c.Min[1000], c.Max[1000])
	}
	if c.Mean[1999] != nil || c.Broken == nil || c.Broken.Step != n-1 || c.Broken.What != "inf" {
		t.Errorf("the infinite value is lost: got %v, broken %v", c.Mean[1999], c.Broken)
	}
	more := columns(t, trace, n-11)
	if got := more.Curves[0].Steps; more.Last != n-1 || len(got) != 10 || got[0] != n-10 {
		t.Errorf("past step %d: got last %d, steps %v", n-11, more.Last, got)
	}
	if none := columns(t, trace, n); len(none.Curves[0].Steps) != 0 {
		t.Errorf("past the end: got steps %v", none.Curves[0].Steps)
	}
	if empty := columns(t, &nnvet.Trace{}, -1); len(empty.Curves) != 0 {
		t.Errorf("of an empty trace: got %v", empty)
	}
}

// told is the JSON of a timeline as the script reads it.
type toldTimeline struct {
	Last   int64
	Curves []struct {
		Steps                  []int64
		Mean, Min, Max, Smooth []*float64
		Broken                 *broken
	}
}

func columns(t *testing.T, trace *nnvet.Trace, since int64) (out toldTimeline) {
	t.Helper()
	doc, err := Series(trace, since)
	if err == nil {
		err = json.Unmarshal(doc, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestMarkdown(t *testing.T) {
	got := markdown("A `<b>` is **not** bold,\nbut a & b.\n\nThree:\n- one\n  goes on\n- two\n\n    x < 1\n")
	want := "<p>A <code>&lt;b&gt;</code> is <strong>not</strong> bold, but a &amp; b.</p>\n<p>Three:</p>\n<ul>\n<li>one goes on</li>\n<li>two</li>\n</ul>\n<pre tabindex=\"0\">x &lt; 1\n</pre>\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, m := range []made{{name: "fc", layers: 4, findings: 2, steps: 2000}, {name: "encoder.block", layers: 200, findings: 100, steps: 20_000}} {
		b.Run(fmt.Sprintf("layers=%d,findings=%d", m.layers, m.findings), func(b *testing.B) {
			in := m.input(b)
			for b.Loop() {
				if err := Write(io.Discard, in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
