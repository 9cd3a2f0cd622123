package picture

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// Timeline returns the losses and the learning rate over the run, with flags
// where findings began; false where no loss was recorded.
func Timeline(t *nnvet.Trace, r *nnvet.Result) (Picture, bool) {
	if t == nil {
		return Picture{}, false
	}
	s := &subject{t, r, nil}
	train, val := s.losses()
	if train.Len() == 0 && val.Len() == 0 {
		return Picture{}, false
	}
	d := newDrawing("timeline", "The run", 330)
	d.widen()
	d.x = onLine(steps(train), steps(val))
	rate := s.rate()
	whole := d.in
	if rate != nil {
		d.in.y1 -= 70
	}
	flags := s.flags()
	d.in.y0 += 16 * float64(btoi(len(flags) > 0))
	d.y = suited(shown(valuesOf(train)), valuesOf(val))
	ticks := d.y.ticks(5)
	show := apart(ticks, num)
	for _, v := range ticks {
		d.writes("tick", d.in.x0-6, d.py(v)+4, end, show(v))
	}
	d.grid(whole)
	d.above("loss")
	d.curves(train, val)
	d.flags(flags)
	d.place() // beside the losses, before the axis below is another
	if rate != nil {
		d.rate(rate, box{whole.x0, d.in.y1 + 20, whole.x1, whole.y1})
	}
	d.sentence = s.timeSentence(train, val, flags)
	return d.picture(0), true
}

// grid draws the steps' grid and numbers over all panels.
func (d *drawing) grid(whole box) {
	for _, v := range d.x.ticks(7) {
		x := d.px(v)
		fmt.Fprintf(&d.below, "<path class=\"grid\" d=\"M%s %sV%s\"/>\n", px(x), px(d.in.y0), px(whole.y1))
		d.writes("tick", x, whole.y1+14, middle, num(v))
	}
	d.text("axis", (whole.x0+whole.x1)/2, d.h-6, middle, "step")
}

// rate returns the first learning rate that was recorded, or nil.
func (s *subject) rate() *nnvet.Series {
	for x := range s.All(nnvet.Rate) {
		if x.Len() > 0 {
			return x
		}
	}
	return nil
}

// rate draws the learning rate in a panel of its own: two axes in one plot
// would show crossings that mean nothing.
func (d *drawing) rate(s *nnvet.Series, in box) {
	d.in, d.y = in, suited(s.Values)
	d.text("axis", 4, in.y0-4, start, "learning rate")
	for _, v := range d.y.ticks(2) {
		d.writes("tick", in.x0-6, d.py(v)+4, end, num(v))
	}
	xs, ys := steps(s), s.Values
	if n := len(xs); xs[n-1] < d.x.hi { // it holds to the end
		xs, ys = append(xs, d.x.hi), append(slices.Clone(ys), ys[n-1])
	}
	d.line("yours", xs, ys)
	d.labelEnd("tyours", xs, ys, "yours "+num(last(s)))
}

// A flag is where findings begin.
type flag struct {
	step   int64
	checks []string
	error  bool
}

// flags returns those of the errors and warnings, by step.
func (s *subject) flags() (out []flag) {
	if s.result == nil {
		return nil
	}
	for _, f := range s.result.Findings {
		if f.Severity < nnvet.Warning || f.Check == nil {
			continue
		}
		i := slices.IndexFunc(out, func(o flag) bool { return o.step == f.Span.From })
		if i < 0 {
			i, out = len(out), append(out, flag{step: f.Span.From})
		}
		if !slices.Contains(out[i].checks, f.Check.ID) {
			out[i].checks = append(out[i].checks, f.Check.ID)
		}
		out[i].error = out[i].error || f.Severity == nnvet.Error
	}
	slices.SortFunc(out, func(a, b flag) int { return cmp.Compare(a.step, b.step) })
	return out
}

// flags draws them above the losses.
func (d *drawing) flags(flags []flag) {
	for _, f := range flags { // texts keep off the cloth of all
		x := d.px(float64(f.step))
		d.texts = append(d.texts, box{x - 1, d.in.y0 - 16, x + 9, d.in.y0 - 8})
	}
	for _, f := range flags {
		x := d.px(float64(f.step))
		class := "base"
		if f.error {
			class = "yours"
		}
		d.add(`<path class="rule %s" d="M%s %sV%s"/>`, class, px(x), px(d.in.y0-8), px(d.in.y1))
		d.add(`<path class="fill %s" d="M%s %sh9l-3 4l3 4h-9z"><title>%s from step %d</title></path>`, class, px(x), px(d.in.y0-16), escape(joined(f.checks)), f.step)
		for y := d.in.y0; y < d.in.y1; y += 8 {
			d.occupy(x, y, 2)
		}
		what := f.checks[0]
		if len(f.checks) > 1 {
			what += " +" + strconv.Itoa(len(f.checks)-1)
		}
		if right := x + 13; d.fits("t"+class, right, d.in.y0-7, start, what) {
			d.text("t"+class, right, d.in.y0-7, start, what)
		} else {
			d.writes("t"+class, x-5, d.in.y0-7, end, what)
		}
	}
}

func joined(checks []string) string {
	out := ""
	for i, c := range checks {
		if i > 0 {
			out += ", "
		}
		out += c
	}
	return out
}

func (s *subject) timeSentence(train, val *nnvet.Series, flags []flag) string {
	out := ""
	if train.Len() > 0 {
		mean := smoothed(train.Values)
		out = fmt.Sprintf("Training loss goes from %s to %s", num(mean[0]), num(mean[len(mean)-1]))
		if i := stat.FirstBad(train.Values); i >= 0 {
			out += fmt.Sprintf(" (%s from step %d)", num(train.Values[i]), train.Steps[i])
		}
	}
	if val.Len() > 0 {
		if out != "" {
			out += ", "
		}
		out += fmt.Sprintf("validation loss from %s to %s", num(first(val)), num(last(val)))
	}
	for _, f := range flags {
		out += fmt.Sprintf("; %s from step %d", joined(f.checks), f.step)
	}
	if out[0] == 'v' {
		out = "V" + out[1:]
	}
	return out + "."
}
