package page

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// TestNotebook holds that what a notebook shows is one element, in which nothing
// foreign acts and nothing asks for the network.
func TestNotebook(t *testing.T) {
	in := made{name: "</div><script>alert(1)</script><img src=x onerror=alert(1)>\u202e\x1b[31m", layers: 3, findings: 3, steps: 200}.input(t)
	var b strings.Builder
	if err := Notebook(&b, in); err != nil {
		t.Fatal(err)
	}
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(strings.TrimSpace(b.String())), body)
	if err != nil || len(nodes) != 1 {
		t.Fatalf("got %d elements, %v, want one", len(nodes), err)
	}
	ids := make(map[string]bool)
	cards := 0
	for n := range nodes[0].Descendants() {
		switch n.Data {
		case "script", "iframe", "object", "embed", "link", "form", "button", "img", "a":
			if n.Type == html.ElementNode {
				t.Errorf("there is a <%s>", n.Data)
			}
		case "details":
			cards++
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || (a.Key == "src" || a.Key == "href") && !strings.HasPrefix(a.Val, "#") {
				t.Errorf("<%s %s=%q> acts", n.Data, a.Key, a.Val)
			}
			if a.Key == "id" && ids[a.Val] {
				t.Errorf("id %q is there twice", a.Val)
			}
			if a.Key == "id" {
				ids[a.Val] = true
			}
		}
	}
	if cards == 0 {
		t.Error("no finding is shown")
	}
	if strings.ContainsAny(b.String(), "\u202e\x1b") {
		t.Error("a character that steers is left in")
	}
}
