package picture

import (
	"fmt"
	"strings"
)

// A colour is one of the variables of the style, in light and in dark.
type colour struct{ name, light, dark string }

// colours are near those of Okabe and Ito, moved until every one that writes
// has a contrast of 5 on its ground, and the roles can be told apart by people
// who see no red, no green or no blue.
var colours = []colour{
	{"ground", "#ffffff", "#0f1216"},
	{"ink", "#1c2024", "#e7eaee"},
	{"dim", "#5b6370", "#a2abb8"},
	{"grid", "#e6e9ee", "#262d36"},
	{"band", "#d9f0e4", "#12382a"},
	{"bandt", "#17603f", "#7fd6ad"},
	{"yours", "#b83b00", "#ff8f5c"},
	{"use", "#0b57a8", "#64a5ff"},
	{"after", "#0a7a55", "#4fd1a1"},
	{"base", "#4f3a00", "#f2cc0d"},
	{"gap", "#f6d9cc", "#4a2a1c"},
	// From vanishing to exploding.
	{"low2", "#2b6cb0", "#64a5ff"},
	{"low1", "#a9c9ea", "#23486f"},
	{"high1", "#ecb192", "#8a4a2c"},
	{"high2", "#b83b00", "#ff8f5c"},
	{"none", "#c3c8d0", "#414a56"},
	// Shares, from few to many.
	{"s1", "#e3ebf4", "#1b2836"},
	{"s2", "#bfd3e8", "#274463"},
	{"s3", "#5585b8", "#7fa8d6"},
	{"s4", "#2f639c", "#a3c4e8"},
	{"s5", "#163f6e", "#cfe1f5"},
}

// CSS returns the rules that colour the drawings, for light and dark.
func CSS() string {
	light, dark := variables(func(c colour) string { return c.light }), variables(func(c colour) string { return c.dark })
	return ".pic{color-scheme:light dark;" + light + "}\n" +
		"@media(prefers-color-scheme:dark){.pic{" + dark + "}}\n" +
		"[data-theme=light] .pic{" + light + "}\n" +
		"[data-theme=dark] .pic{" + dark + "}\n" +
		"@media print{.pic,[data-theme] .pic{" + light + "}}\n" + rules
}

func variables(of func(colour) string) string {
	var b strings.Builder
	for _, c := range colours {
		fmt.Fprintf(&b, "--pic-%s:%s;", c.name, of(c))
	}
	return b.String()
}

// rules style the classes. Text that may cross a mark has a halo of the ground.
const rules = `.pic{display:block;width:100%;max-width:600px;height:auto}
.pic.wide{max-width:820px}
.pic text{font:12px system-ui,"Segoe UI","DejaVu Sans",sans-serif;fill:var(--pic-ink);direction:ltr;unicode-bidi:isolate;white-space:pre}
.pic .tick,.pic .axis,.pic .cell,.pic .cellon{font-size:11px}
.pic .tick,.pic .axis,.pic .tdim{fill:var(--pic-dim)}
.pic .tband,.pic .tyours,.pic .tuse,.pic .tafter,.pic .tbase,.pic .tink,.pic .tdim{paint-order:stroke;stroke:var(--pic-ground);stroke-width:3px;stroke-linejoin:round}
.pic .tband{fill:var(--pic-bandt)}
.pic .tyours{fill:var(--pic-yours);font-weight:600}
.pic .tuse{fill:var(--pic-use);font-weight:600}
.pic .tafter{fill:var(--pic-after)}
.pic .tbase{fill:var(--pic-base)}
.pic .cellon{fill:var(--pic-ground)}
.pic .grid{stroke:var(--pic-grid);fill:none}
.pic .leader{stroke:var(--pic-dim);fill:none;stroke-width:.8}
.pic .line,.pic .rule,.pic .cross,.pic .bar,.pic .edge{fill:none;stroke:var(--pic-ink)}
.pic .line{stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.pic .line.thin{stroke-width:1.2}
.pic .line.faint{stroke-width:1;stroke:var(--pic-dim);opacity:.4}
.pic .rule{stroke-width:1.6}
.pic .cross{stroke-width:2}
.pic .bar{stroke-width:1.6}
.pic .bar.fat{stroke-width:7;opacity:.5}
.pic .yours{stroke:var(--pic-yours)}
.pic .use{stroke:var(--pic-use)}
.pic .after{stroke:var(--pic-after)}
.pic .base{stroke:var(--pic-base)}
.pic .dim{stroke:var(--pic-dim)}
.pic .line.after{stroke-dasharray:6 4}
.pic .rule.base,.pic .line.base{stroke-dasharray:2 4}
.pic .dash{stroke-dasharray:6 4}
.pic .dot{fill:var(--pic-ink);stroke:none}
.pic .dot.yours,.pic .fill.yours{fill:var(--pic-yours)}
.pic .dot.use,.pic .fill.use{fill:var(--pic-use)}
.pic .dot.after,.pic .fill.after{fill:var(--pic-after)}
.pic .dot.base,.pic .fill.base{fill:var(--pic-base)}
.pic .dot.dim,.pic .fill.dim{fill:var(--pic-dim)}
.pic .dot.hollow{fill:var(--pic-ground);stroke:var(--pic-ink);stroke-width:1.4}
.pic .fill{fill:var(--pic-ink);stroke:none}
.pic .band{fill:var(--pic-band);stroke:none}
.pic .gap{fill:var(--pic-gap);stroke:none}
.pic .low2{fill:var(--pic-low2)}
.pic .low1{fill:var(--pic-low1)}
.pic .high1{fill:var(--pic-high1)}
.pic .high2{fill:var(--pic-high2)}
.pic .nan{fill:var(--pic-ink)}
.pic .none{fill:var(--pic-grid)}
.pic .s0{fill:var(--pic-grid);fill-opacity:.5}
.pic .s1{fill:var(--pic-s1)}
.pic .s2{fill:var(--pic-s2)}
.pic .s3{fill:var(--pic-s3)}
.pic .s4{fill:var(--pic-s4)}
.pic .s5{fill:var(--pic-s5)}
.pic .thumb{image-rendering:pixelated}
`

// Standalone returns a drawing as a file that needs no page around it.
func Standalone(p Picture) []byte {
	const at = ` role="img"`
	head, rest, ok := strings.Cut(p.SVG, "\n")
	if !ok {
		return nil
	}
	head = strings.Replace(head, at, ` xmlns="http://www.w3.org/2000/svg"`+at, 1)
	return []byte(head + "\n<style>" + CSS() + ".pic{background:var(--pic-ground)}</style>\n" + rest)
}
