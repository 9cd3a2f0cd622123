package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

// The bands that the table of layers draws. They are where most networks are
// most of the time, by convention; no check judges by them.
var (
	actBand  = band{axis{1e-4, 1e4, 9}, 0.1, 10}
	gradBand = band{axis{1e-8, 1e2, 11}, 1e-6, 1e-1}
)

type band struct {
	axis
	from, to float64
}

// maxLayers is how many layers the table shows, the worst of them.
const maxLayers = 24

// A row is one layer at one step. What was not recorded is absent.
type row struct {
	name, kind              string
	act, grad, update, dead *float64
	severity                nnvet.Severity // of the worst finding about the layer
}

// layers shows the figures of each layer at the last step at which they were finite.
func (p *page) layers(v *view) {
	step, is := v.lastSampled()
	rows := v.rows(step)
	if len(rows) == 0 {
		return
	}
	all := len(rows)
	rows = worst(rows, maxLayers)
	p.wrap(2, span{bold, "layers"}, span{plain, fmt.Sprintf(" at step %d, %s", step, is)}, span{dim, p.legend()})
	if p.style.Linear {
		for _, r := range rows {
			p.wrap(2, span{plain, r.sentence()})
		}
	} else {
		p.table(rows)
	}
	if all > len(rows) {
		p.line(span{dim, fmt.Sprintf("   … %s nearer to the bands", count(all-len(rows), "more layer"))})
	}
}

func (p *page) legend() string {
	if p.style.Linear || p.width < axesWidth {
		return ""
	}
	return "  (┊ ┊ usual band, ● measured)"
}

// lastSampled returns the last sampled step at which all outputs of layers and
// all gradients were finite, or the last one where there is none.
func (v *view) lastSampled() (step int64, is string) {
	broken := make(map[int64]bool)
	for _, q := range []nnvet.Quantity{nnvet.ActStd, nnvet.GradRMS} {
		for s := range v.trace.All(q) {
			for i, at := range s.Steps {
				broken[at] = broken[at] || !finite(s.Values[i])
			}
		}
	}
	last, lastFinite := int64(-1), int64(-1)
	for at, b := range broken {
		last = max(last, at)
		if !b {
			lastFinite = max(lastFinite, at)
		}
	}
	switch {
	case lastFinite < 0:
		return last, "the last sample; none was finite"
	case lastFinite < last:
		return lastFinite, "the last finite sample"
	}
	return last, "the last sample"
}

// rows returns a row for every layer of which anything was recorded by a step.
func (v *view) rows(step int64) []row {
	t := v.trace
	var rows []row
	for _, l := range t.Layers {
		r := row{name: l.Name, kind: l.Kind}
		r.act = upTo(seriesOf(t, nnvet.ActStd, l.Name), step)
		w := weight(t, l.Name)
		r.grad = upTo(seriesOf(t, nnvet.GradRMS, w), step)
		r.update = upTo(seriesOf(t, nnvet.Update, w), step)
		r.dead = upTo(seriesOf(t, nnvet.Dead, l.Name), step)
		for _, f := range v.Result.Findings {
			if f.Site != "" && (f.Site == l.Name || f.Site == w) {
				r.severity = max(r.severity, f.Severity)
			}
		}
		if r.act != nil || r.grad != nil || r.update != nil || r.dead != nil {
			rows = append(rows, r)
		}
	}
	return rows
}

// seriesOf returns the series of a place in training, or nil.
func seriesOf(t *nnvet.Trace, q nnvet.Quantity, site string) *nnvet.Series {
	if site == "" {
		return nil
	}
	if s := t.Series(nnvet.Key{Quantity: q, Site: site, Split: nnvet.Train}); s.Len() > 0 {
		return s
	}
	return t.Series(nnvet.Key{Quantity: q, Site: site})
}

// weight returns the name of a layer's largest parameter, or "".
func weight(t *nnvet.Trace, layer string) string {
	name, most := "", 0
	for _, p := range t.Params {
		size := 1
		for _, n := range p.Shape {
			size *= n
		}
		if p.Layer == layer && size > most {
			name, most = p.Name, size
		}
	}
	return name
}

// upTo returns the last value of a series at or before a step, or nil.
func upTo(s *nnvet.Series, step int64) *float64 {
	if s.Len() == 0 {
		return nil
	}
	i, _ := slices.BinarySearch(s.Steps, step+1)
	if i == 0 {
		return nil
	}
	return &s.Values[i-1]
}

// worst returns the n worst rows, in the order of the network.
func worst(rows []row, n int) []row {
	if len(rows) <= n {
		return rows
	}
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rows[b].badness(), rows[a].badness()) })
	keep := slices.Sorted(slices.Values(order[:n]))
	var out []row
	for _, i := range keep {
		out = append(out, rows[i])
	}
	return out
}

// badness orders rows: findings first, then how many decades outside the bands.
func (r row) badness() float64 {
	b := 100 * float64(r.severity)
	b += actBand.outside(r.act) + gradBand.outside(r.grad)
	if r.dead != nil && finite(*r.dead) {
		b += *r.dead
	}
	return b
}

// outside returns how many decades a value lies outside the band: at most 50, for one
// that is zero or not finite, and 0 for one that was not recorded.
func (b band) outside(v *float64) float64 {
	switch {
	case v == nil:
		return 0
	case !finite(*v) || *v <= 0:
		return 50
	}
	return math.Min(50, math.Max(0, math.Max(math.Log10(b.from / *v), math.Log10(*v/b.to))))
}

// axesWidth is the narrowest page whose table of layers has axes.
const axesWidth = 78

// table lays the rows out in columns. The name takes what room is left.
func (p *page) table(rows []row) {
	axes := p.width >= axesWidth
	name, kind := width("layer"), width("kind")
	for _, r := range rows {
		name, kind = max(name, width(p.show(r.name))), max(kind, width(p.show(r.kind)))
	}
	fixed := 3 + 1 + 9 + 10 + 9 + 6
	if axes {
		fixed += 2 + actBand.n + gradBand.n
	}
	left := p.width - fixed
	kind = min(kind, max(left*2/5, left-name))
	name = min(name, left-kind)
	head := fmt.Sprintf("   %s %s%9s", pad("layer", name), pad("kind", kind), "act std")
	if axes {
		head += " " + ends(actBand) + fmt.Sprintf("%10s", "grad rms") + " " + ends(gradBand)
	} else {
		head += fmt.Sprintf("%10s", "grad rms")
	}
	p.line(span{dim, head + fmt.Sprintf("%9s%6s", "upd/w", "dead")})
	for _, r := range rows {
		glyph, role := " ", plain
		switch r.severity {
		case nnvet.Error:
			glyph, role = "✗", bad
		case nnvet.Warning:
			glyph, role = "!", warn
		}
		spans := []span{{role, " " + glyph}, {plain, " " + pad(p.cutFront(r.name, name), name) + " " + pad(p.cut(r.kind, kind), kind) + lpad(cell(r.act, sci), 9)}}
		if axes {
			spans = append(spans, span{plain, " "}, actBand.span(r.act))
		}
		spans = append(spans, span{plain, lpad(cell(r.grad, sci), 10)})
		if axes {
			spans = append(spans, span{plain, " "}, gradBand.span(r.grad))
		}
		p.line(append(spans, span{plain, lpad(cell(r.update, sci), 9) + lpad(cell(r.dead, wholePercent), 6)})...)
	}
}

// ends writes both ends of an axis over it.
func ends(b band) string {
	lo, hi := sci(b.lo), sci(b.hi)
	return lo + spaces(b.n-width(lo)-width(hi)) + hi
}

// span draws a value on the band's axis, marked where it lies outside.
func (b band) span(v *float64) span {
	if v == nil {
		return span{plain, spaces(b.n)}
	}
	r := plain
	if b.outside(v) > 0 {
		r = warn
	}
	return span{r, b.draw(*v, b.from, b.to)}
}

func cell(v *float64, show func(float64) string) string {
	if v == nil {
		return "-"
	}
	return show(*v)
}

func wholePercent(v float64) string { return fmt.Sprintf("%.0f%%", 100*v) }

// sentence tells a row in words.
func (r row) sentence() string {
	var parts []string
	add := func(what string, v *float64, show func(float64) string) {
		if v != nil {
			parts = append(parts, what+" "+show(*v))
		}
	}
	add("act std", r.act, sci)
	add("grad rms", r.grad, sci)
	add("update over weight", r.update, sci)
	add("dead units", r.dead, wholePercent)
	if r.severity > 0 {
		parts = append(parts, r.severity.String())
	}
	return fmt.Sprintf("%s (%s): %s", r.name, r.kind, strings.Join(parts, ", "))
}
