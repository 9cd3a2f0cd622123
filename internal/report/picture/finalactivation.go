package picture

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// A reach is what a head's last operation can put out.
type reach struct {
	lo, hi float64 // infinite where open
	by     string
}

// reachOf returns the range of the operation that a loss is given; any number
// where nothing bounds it.
func reachOf(h *nnvet.Head) reach {
	r := reach{math.Inf(-1), math.Inf(1), "no activation"}
	if len(h.Chain) == 0 {
		return r
	}
	op := h.Chain[0]
	switch op.Kind {
	case "sigmoid", "softmax":
		r.lo, r.hi = 0, 1
	case "tanh":
		r.lo, r.hi = -1, 1
	case "relu", "softplus", "exp", "abs":
		r.lo = 0
	case "log_softmax", "log_sigmoid":
		r.hi = 0
	case "clamp", "hardtanh":
		if op.Lo < op.Hi {
			r.lo, r.hi = op.Lo, op.Hi
		}
	default:
		return r
	}
	r.by = op.Kind
	return r
}

// reachable draws where the targets lie, over what the network can put out.
func reachable(s *subject) *drawing {
	h, err := s.MainHead()
	if err != nil {
		return nil
	}
	p := s.ProfileOf(nnvet.Target, nnvet.Train, h.Name)
	if p == nil || len(p.Classes) > 0 || len(p.Columns) == 0 || p.Rows == 0 {
		return nil
	}
	r := reachOf(h)
	all := p.All()
	d := newDrawing("reachable", "Targets, and what can be reached", 240)
	j := s.marginals(h.Name)
	ends := []float64{all.Min, all.Max, all.Mean - all.Std, all.Mean + all.Std}
	for _, v := range []float64{r.lo, r.hi} {
		if stat.Finite(v) {
			ends = append(ends, v)
		}
	}
	if j != nil {
		lo, hi, _ := extent(j.edges)
		ends = append(ends, lo, hi)
	}
	d.x = onLine(ends)
	d.axisX("value", num)
	if j != nil {
		d.above("share of rows")
	} else if p.Ranges.N > 0 {
		d.above("share of targets")
	}
	lo, hi := math.Max(r.lo, d.x.lo), math.Min(r.hi, d.x.hi)
	if r.by != "no activation" {
		d.bandX(lo, hi, r.by+" reaches")
	}
	if j != nil {
		d.densities(j, r)
	} else {
		d.segments(p, all, r)
	}
	d.sentence = reachSentence(p, all, r)
	return d
}

func reachSentence(p *nnvet.Profile, all nnvet.Moments, r reach) string {
	out := fmt.Sprintf("Targets lie from %s to %s, about %s ± %s", num(all.Min), num(all.Max), num(all.Mean), num(all.Std))
	n := p.Ranges
	beyond, known := int64(0), n.N > 0
	switch {
	case r.lo == 0 && r.hi == 1:
		beyond = n.Below0 + n.Above1
	case r.lo == -1 && r.hi == 1:
		beyond = n.BelowMinus1 + n.Above1
	case r.lo == 0 && math.IsInf(r.hi, 1):
		beyond = n.Below0
	case r.hi == 0 && math.IsInf(r.lo, -1):
		beyond = n.Above0
	default:
		known = false
	}
	switch {
	case r.by == "no activation":
		return out + "; the network ends in no activation, and reaches all of them."
	case !known:
		return out + fmt.Sprintf("; %s reaches %s.", r.by, r)
	}
	return out + fmt.Sprintf("; %s reaches %s, and %s of them lie outside.", r.by, r, percent(ratio(beyond, n.N)))
}

// String says where a reach lies, in words.
func (r reach) String() string {
	switch {
	case math.IsInf(r.hi, 1):
		return num(r.lo) + " and above"
	case math.IsInf(r.lo, -1):
		return num(r.hi) + " and below"
	}
	return num(r.lo) + " to " + num(r.hi)
}

// A marginal is how truth and prediction are spread over the same bins.
type marginal struct {
	edges, truth, guess []float64 // shares of rows
}

// marginals returns those of a head's predictions, nil where there are none in
// the units of the loss.
func (s *subject) marginals(head string) *marginal {
	for _, split := range []string{nnvet.Train, nnvet.Validation} {
		p := s.Predicted(split, head)
		if p == nil || p.Decoded || p.Joint == nil || !usable(p.Joint) {
			continue
		}
		n := len(p.Joint.Counts)
		m := &marginal{p.Joint.Edges, make([]float64, n), make([]float64, n)}
		total := 0.0
		for i, row := range p.Joint.Counts {
			for k, c := range row {
				m.truth[i] += float64(c)
				m.guess[k] += float64(c)
				total += float64(c)
			}
		}
		if !(total > 0) {
			continue
		}
		for i := range m.truth {
			m.truth[i] /= total
			m.guess[i] /= total
		}
		return m
	}
	return nil
}

// densities draws both as steps; truth that cannot be reached is filled.
func (d *drawing) densities(m *marginal, r reach) {
	d.y = onLine([]float64{0}, m.truth, m.guess)
	d.y.lo = 0
	for _, v := range d.y.ticks(4) {
		d.writes("tick", d.in.x0-6, d.py(v)+4, end, percent(v))
	}
	d.table.Head = []string{"from", "to", "targets", "outputs"}
	var xs, truth, guess []float64
	at, peak := 0, 0
	for i := range m.truth {
		a, b := m.edges[i], m.edges[i+1]
		if mid := a/2 + b/2; mid < r.lo || mid > r.hi {
			d.rect("gap", box{d.px(a), d.py(m.truth[i]), d.px(b), d.in.y1}, "out of reach: "+percent(m.truth[i])+" of targets")
		}
		xs, truth, guess = append(xs, a, b), append(truth, m.truth[i], m.truth[i]), append(guess, m.guess[i], m.guess[i])
		d.row(num(a), num(b), percent(m.truth[i]), percent(m.guess[i]))
		if m.truth[i] > m.truth[at] {
			at = i
		}
		if m.guess[i] > m.guess[peak] {
			peak = i
		}
	}
	d.line("", xs, truth)
	d.line("yours", xs, guess)
	mid := func(i int) float64 { return d.px(m.edges[i]/2 + m.edges[i+1]/2) }
	d.label("tink", mid(at), d.py(m.truth[at]), "targets")
	d.label("tyours", mid(peak), d.py(m.guess[peak]), "outputs")
}

// segments draws the share of targets in each of the ranges that were counted,
// with their whole range above them.
func (d *drawing) segments(p *nnvet.Profile, all nnvet.Moments, r reach) {
	d.y = scale{linear, 0, 1}
	y := d.in.y0 + 30
	d.rangeMark(all, y)
	d.table.Head = []string{"targets", "share"}
	n := p.Ranges
	if n.N == 0 {
		d.table.Head = []string{"targets", "least", "mean", "std", "greatest"}
		d.row("all", num(all.Min), num(all.Mean), num(all.Std), num(all.Max))
		return
	}
	parts := []struct {
		lo, hi float64
		n      int64
		what   string
	}{
		{d.x.lo, -1, n.BelowMinus1, "below -1"}, {-1, 0, n.Below0 - n.BelowMinus1, "-1 to 0"},
		{0, 1, n.N - n.Below0 - n.Above1, "0 to 1"}, {1, d.x.hi, n.Above1, "above 1"},
	}
	top, base := y+28, d.in.y1
	for _, part := range parts {
		share := ratio(part.n, n.N)
		d.row(part.what, percent(share))
		a, b := math.Max(part.lo, d.x.lo), math.Min(part.hi, d.x.hi)
		if part.n <= 0 || !(a < b) {
			continue
		}
		class := "fill dim"
		if mid := a/2 + b/2; mid < r.lo || mid > r.hi {
			class = "fill yours"
		}
		bar := box{d.px(a) + 1, base - share*(base-top), d.px(b) - 1, base}
		d.rect(class, bar, part.what+": "+percent(share))
		for x := bar.x0; x < bar.x1; x += 8 {
			d.occupy(x, (bar.y0+bar.y1)/2, bar.height()/2)
		}
		d.label("tink", (bar.x0+bar.x1)/2, bar.y0, percent(share)+" "+part.what)
	}
}

// rangeMark draws the range of all targets on a level.
func (d *drawing) rangeMark(m nnvet.Moments, y float64) {
	if stat.Finite(m.Min) && stat.Finite(m.Max) {
		d.add(`<path class="bar" d="M%s %sH%s"/>`, px(d.px(m.Min)), px(y), px(d.px(m.Max)))
		d.along([2]float64{d.px(m.Min), y}, [2]float64{d.px(m.Max), y})
	}
	if stat.Finite(m.Mean) && stat.Finite(m.Std) {
		d.add(`<path class="bar fat" d="M%s %sH%s"/>`, px(d.px(m.Mean-m.Std)), px(y), px(d.px(m.Mean+m.Std)))
	}
	d.dot("ink", d.px(m.Mean), y, 3.2, "mean "+num(m.Mean))
	d.label("tink", d.px(m.Mean), y, "targets: range, mean ± std")
}

// wayToLoss draws the operations from the last layer to the loss.
func wayToLoss(s *subject) *drawing {
	if len(s.Heads) == 0 {
		return nil
	}
	h := &s.Heads[0]
	if main, err := s.MainHead(); err == nil {
		h = main
	}
	d := newDrawing("way-to-loss", "From the last layer to the loss", 76)
	const most = 6
	var names []string
	for i := min(len(h.Chain), most) - 1; i >= 0; i-- {
		names = append(names, clean(h.Chain[i].Kind))
	}
	names = append(names, clean(string(h.Loss)))
	d.table.Head = []string{"operation", "layer"}
	for i := len(h.Chain) - 1; i >= 0; i-- {
		d.row(clean(h.Chain[i].Kind), clean(h.Chain[i].Layer))
	}
	d.row(clean(string(h.Loss)), "loss")
	room := (d.w - 16) / float64(len(names))
	blame := map[string]bool{}
	if s.f != nil && s.f.Check.Pitfall == nnvet.FinalActivation && len(h.Chain) > 0 {
		blame[clean(h.Chain[0].Kind)] = true
	}
	for i, n := range names {
		d.station(box{8 + room*float64(i), 20, 8 + room*float64(i+1) - 18, 52}, n, blame[n] && i > 0 && i < len(names)-1, i < len(names)-1)
	}
	way := ""
	for i, n := range names {
		if i > 0 {
			way += ", then "
		}
		way += n
	}
	d.say("What the loss is given: %s.", way)
	return d
}

// station draws one operation, with an arrow to the next.
func (d *drawing) station(b box, name string, yours, more bool) {
	class, text := "edge dim", "row"
	if yours {
		class, text = "edge yours", "tyours"
	}
	d.add(`<rect class="%s" x="%s" y="%s" width="%s" height="%s" rx="4"/>`, class, px(b.x0), px(b.y0), px(b.width()), px(b.height()))
	d.text(text, (b.x0+b.x1)/2, (b.y0+b.y1)/2+4, middle, cut(text, name, b.width()-6))
	if more {
		y := (b.y0 + b.y1) / 2
		d.add(`<path class="bar dim" d="M%s %sh12m-4 -4l4 4l-4 4"/>`, px(b.x1+3), px(y))
	}
}
