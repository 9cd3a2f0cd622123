package experiment

import (
	"strings"
	"testing"
)

// TestCut cuts the softmax out of lists as people write them, and holds what is left.
func TestCut(t *testing.T) {
	for _, tt := range []struct{ name, network, want string }{
		{"last of a list", "\n  - dense: 4\n  - softmax", "\n  - dense: 4"},
		{"first", "\n  - softmax\n  - dense: 4", "\n  - dense: 4"},
		{"with comments", "\n  - dense: 4 # a\n  # b\n  - softmax # c\n  # d", "\n  - dense: 4 # a\n  # b\n  # d"},
		{"without indentation", "\n- dense: 4\n- softmax", "\n- dense: 4"},
		{"with a name", "\n  - dense: 4\n  - softmax:\n      name: p\n  - relu", "\n  - dense: 4\n  - relu"},
		{"Windows", "\r\n  - dense: 4\r\n  - softmax", "\r\n  - dense: 4"},
		{"in brackets", "[dense: 4, softmax]", "[dense: 4]"},
		{"in brackets, first", "[softmax, dense: 4]", "[dense: 4]"},
		{"in brackets, between", "[{dense: 4} , softmax , relu]", "[{dense: 4}  , relu]"},
		{"in brackets over lines", "[\n  dense: 4,\n  softmax,\n  ]", "[\n  dense: 4,\n  ]"},
		{"with braces", "[{dense: 4}, {softmax: {name: p}}]", "[{dense: 4}]"},
		{"in a residual block", "\n  - dense: 4\n  - residual: [{dense: 4}, softmax]", "\n  - dense: 4\n  - residual: [{dense: 4}]"},
		{"alone", "[softmax]", ""},
		{"alone on its line", "\n  - softmax", ""},
		{"an anchor", "[&a softmax, dense: 4, *a]", ""},
		{"a comment before it", "[dense: 4, # a\n  softmax]", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := head + "output: as_written\nnetwork: " + tt.network + "\n"
			f := parse(t, text)
			got := ""
			for _, c := range f.Calls() {
				if c.Func != "softmax" || !c.Cut.Known() {
					continue
				}
				left := strings.Replace(text, covered(text, c.Cut), "", 1)
				_, got, _ = strings.Cut(strings.TrimRight(left, "\r\n"), "network: ")
				if n := len(parse(t, left).Layers); n != len(f.Layers)-1 && !strings.Contains(tt.network, "residual") {
					t.Errorf("%d layers are left of %d", n, len(f.Layers))
				}
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
