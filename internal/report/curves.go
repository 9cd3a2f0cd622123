package report

import (
	"fmt"

	"github.com/nnvet/nnvet"
)

// A curve is a series that tells at a glance how the run went.
type curve struct {
	name     string
	series   *nnvet.Series
	share    bool    // its values are shares, shown as percentages
	baseline float64 // what a constant guess reaches; NaN where unknown
	how      string  // the guess
}

// curves returns those of the run that were recorded.
func (v *view) curves() []curve {
	t := v.trace
	loss, val := t.Series(nnvet.Key{Quantity: nnvet.Loss, Split: nnvet.Train}), t.Series(nnvet.Key{Quantity: nnvet.Loss, Split: nnvet.Validation})
	base, valBase := unknown, unknown
	if h, err := t.MainHead(); err == nil {
		if s := t.TrainLoss(h); s.Len() > 0 {
			loss, base = s, baseline(t, h, nnvet.Train)
		}
		if s := t.Series(nnvet.Key{Quantity: nnvet.HeadLoss, Site: h.Name, Split: nnvet.Validation}); s.Len() > 0 {
			val, valBase = s, baseline(t, h, nnvet.Validation)
		}
	}
	var cs []curve
	for _, c := range []curve{{"loss", loss, false, base.Loss, base.How}, {"val loss", val, false, valBase.Loss, valBase.How}, accuracy(t)} {
		if c.series.Len() > 0 {
			cs = append(cs, c)
		}
	}
	return cs
}

var unknown = nnvet.Baseline{Loss: nan}

func baseline(t *nnvet.Trace, h *nnvet.Head, split string) nnvet.Baseline {
	b, err := t.Baseline(h, split)
	if err != nil {
		return unknown
	}
	return b
}

// accuracy returns the first curve of validation accuracy, or of training
// accuracy, with the share of the commonest class.
func accuracy(t *nnvet.Trace) curve {
	for _, split := range []string{nnvet.Validation, nnvet.Train} {
		for s := range t.All(nnvet.Accuracy) {
			if s.Key.Split == split && s.Len() > 0 {
				return curve{map[string]string{nnvet.Validation: "val acc", nnvet.Train: "accuracy"}[split], s, true, majority(t, split), "the commonest class"}
			}
		}
	}
	return curve{}
}

// majority returns the accuracy of always answering the commonest class of a
// split, or of the training split where the split's own targets were not seen.
func majority(t *nnvet.Trace, split string) float64 {
	for _, split := range []string{split, nnvet.Train} {
		if p := t.Profile(nnvet.Target, split); p != nil && p.ClassCount() > 0 {
			var most int64
			for _, n := range p.Classes {
				most = max(most, n)
			}
			return float64(most) / float64(p.ClassCount())
		}
	}
	return nan
}

func (c curve) show(v float64) string {
	if c.share {
		return percent(v)
	}
	return num(v)
}

// last is the step that the curve ends at.
func (c curve) last() int64 {
	step, _ := c.series.Last()
	return step
}

// ending says where the curve ends, and where it first was not finite.
func (c curve) ending() string {
	_, last := c.series.Last()
	if step, v, ok := c.broken(); ok {
		if !finite(last) {
			return fmt.Sprintf("%s at step %d", num(v), step)
		}
		return fmt.Sprintf("%s (%s at step %d)", c.show(last), num(v), step)
	}
	return c.show(last)
}

// broken returns the first value that is not finite.
func (c curve) broken() (step int64, v float64, ok bool) {
	for i, v := range c.series.Values {
		if !finite(v) {
			return c.series.Steps[i], v, true
		}
	}
	return 0, 0, false
}

// chance says what a constant guess reaches.
func (c curve) chance() string {
	switch {
	case !finite(c.baseline):
		return ""
	case c.share:
		return "chance " + c.show(c.baseline)
	}
	return "baseline " + c.show(c.baseline)
}

// The shortest and the longest drawing of a curve, in columns.
const minSpark, maxSpark = 24, 60

// curves draws each series over the same steps, and says what a constant
// guess reaches where there is room.
func (p *page) curves(v *view) {
	cs := v.curves()
	if p.style.Linear {
		for _, c := range cs {
			p.sentence(c)
		}
		return
	}
	name, first, tail, chance := 0, 0, 0, 0
	var last int64
	for _, c := range cs {
		name, first = max(name, width(c.name)), max(first, width(c.show(c.series.Values[0])))
		tail, chance = max(tail, width(c.ending())), max(chance, width(joined(c.ending(), c.chance())))
		last = max(last, c.last())
	}
	free := p.width - name - first - 5
	guesses := free-chance >= minSpark
	if guesses {
		tail = chance
	}
	n := min(max(free-tail, minSpark), maxSpark)
	for _, c := range cs {
		_, _, broken := c.broken()
		r := plain
		if broken {
			r = bad
		}
		spans := []span{{plain, " " + pad(c.name, name) + "  " + lpad(c.show(c.series.Values[0]), first) + " "}, {r, c.draw(last, n) + " " + c.ending()}}
		if guesses {
			spans = append(spans, span{dim, after(", ", c.chance())})
		}
		p.line(spans...)
	}
}

// draw returns the curve in n columns over steps 0 to last. Shares are drawn
// against 0 and 1, so that a small change looks small.
func (c curve) draw(last int64, n int) string {
	if c.share {
		return spark(c.series, last, n, ofShare)
	}
	return spark(c.series, last, n, scale(c.series.Values))
}

// sentence tells a curve in words.
func (p *page) sentence(c curve) {
	p.wrap(2, span{plain, fmt.Sprintf("%s: %s at step %d, then %s%s", c.name, c.show(c.series.Values[0]), c.series.Steps[0], c.ending(), after(", ", c.chance()))})
}

// summary is one line of the loss and how well the network does in the end.
func (p *page) summary(v *view) {
	cs := v.curves()
	if len(cs) == 0 {
		return
	}
	if p.style.Linear {
		p.curves(v)
		return
	}
	loss, end := cs[0], ""
	if c := cs[len(cs)-1]; len(cs) > 1 {
		end = "  " + c.name + " " + joined(c.ending(), c.chance())
	} else if chance := loss.chance(); chance != "" {
		end = ", " + chance
	}
	head := fmt.Sprintf(" %s  %s ", loss.name, loss.show(loss.series.Values[0]))
	n := min(max(p.width-width(head)-1-width(loss.ending())-width(end), 10), maxSpark)
	p.line(span{plain, head + loss.draw(loss.last(), n) + " " + loss.ending() + end})
}

func joined(a, b string) string { return a + after(", ", b) }

// after returns s behind a separator, or nothing where s is nothing.
func after(sep, s string) string {
	if s == "" {
		return ""
	}
	return sep + s
}
