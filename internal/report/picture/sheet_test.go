package picture

import (
	"bytes"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"testing"
)

// TestSheet writes all pictures of the cases, or of the traces in
// $NNVET_TRACES, on one page to look at, where $NNVET_SHEET names a file.
func TestSheet(t *testing.T) {
	path := os.Getenv("NNVET_SHEET")
	if path == "" {
		t.Skip("set NNVET_SHEET to a file to look at the pictures")
	}
	all := cases(t)
	if dir := os.Getenv("NNVET_TRACES"); dir != "" {
		all = recorded(t, dir, vetted)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "<!doctype html><meta charset=utf-8><html data-theme=%q><style>%s\nbody{font:14px system-ui;margin:16px;background:light-dark(#fff,#0f1216);color:light-dark(#000,#fff)}[data-theme=dark]{color-scheme:dark}figure{margin:0 0 28px}.s{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%%,420px),1fr));gap:18px}</style>", os.Getenv("NNVET_THEME"), CSS())
	for _, c := range all {
		fmt.Fprintf(&b, "<h2>%s</h2><div class=s>", html.EscapeString(c.name))
		for i, p := range c.pictures {
			fmt.Fprintf(&b, "<figure><b>%s</b> %s/%s%s<figcaption>%s</figcaption></figure>", html.EscapeString(p.Title), p.Pitfall, p.Name, p.On(fmt.Sprintf("%s-%d", filepath.Base(c.name), i)), html.EscapeString(p.Sentence))
		}
		b.WriteString("</div>")
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
