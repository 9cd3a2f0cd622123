package picture

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// The healthy spread of a column that a network is fed, in decades half of one
// to either side of 1: by convention, where default weights and rates suit it.
const spreadLo, spreadHi = 0.3, 3

// mostColumns is how many columns have a row.
const mostColumns = 20

// nameOf returns a column's name, or its number.
func nameOf(c nnvet.Column) string {
	if n := clean(c.Name); n != "" {
		return n
	}
	return "column " + strconv.Itoa(c.Index)
}

// strange returns how far a column is from a standardized one, in decades; of
// a constant it is 0, since it has no scale.
func strange(c nnvet.Column) float64 {
	if c.Constant() || c.N == 0 {
		return 0
	}
	return math.Max(math.Abs(math.Log10(c.Std)), math.Log10(1+math.Abs(c.Mean)))
}

// off reports whether a column's spread is not healthy, or its mean lies further
// from 0 than a standardized number hardly ever does.
func off(c nnvet.Column) bool {
	return !stat.Finite(c.Std) || math.Abs(c.Mean) > spreadHi || !c.Constant() && !(c.Std >= spreadLo && c.Std <= spreadHi)
}

// featureScale draws the range of every input column on one axis.
func featureScale(s *subject) *drawing { return s.scales(nnvet.Input, "feature-scale", "input column") }

// targetScale draws that of targets that are numbers.
func targetScale(s *subject) *drawing { return s.scales(nnvet.Target, "target-scale", "target") }

func (s *subject) scales(role nnvet.Role, name, what string) *drawing {
	p := s.Profile(role, nnvet.Train)
	if p == nil || len(p.Columns) == 0 || len(p.Classes) > 0 {
		return nil
	}
	cols := s.Named(p)
	for i := range cols {
		if c := &cols[i]; role == nnvet.Target && c.Name == "" {
			c.Name = "output " + strconv.Itoa(c.Index)
		}
	}
	inOrder := slices.Clone(cols)
	slices.SortStableFunc(cols, func(a, b nnvet.Column) int { return cmp.Compare(strange(b), strange(a)) })
	shown := cols[:min(len(cols), mostColumns)]
	d := newDrawing(name, "Scale of every "+what, 0)
	d.margins(leftFor(shown))
	row := d.rows(len(shown)+btoi(len(cols) > len(shown)), 20, 22)
	var ends []float64
	for _, c := range cols {
		ends = append(ends, c.Min, c.Max, c.Mean-c.Std, c.Mean+c.Std)
	}
	d.x = bothSigns(append(ends, -1.5, 1.5))
	d.axisX("value: least to greatest, mean ± std", num)
	d.bandX(-1, 1, "standardized: mean 0, std 1")
	d.table.Head = []string{what, "mean", "std", "least", "greatest", "rows"}
	bad, all := off, p.All()
	pixels := role == nnvet.Input && nnvet.Pixels(p.Columns)
	if pixels { // whose scale is one
		bad = func(nnvet.Column) bool { return off(nnvet.Column{Moments: all}) }
	}
	for i, c := range shown {
		d.rangeRow(nameOf(c), c.Moments, bad(c), d.in.y0+row*(float64(i)+0.5))
	}
	if rest := cols[len(shown):]; len(rest) > 0 {
		var all nnvet.Moments
		for _, c := range rest {
			all = all.Merge(c.Moments)
		}
		d.rangeRow(fmt.Sprintf("%d more", len(rest)), all, false, d.in.y1-row/2)
	}
	d.sentence = scaleSentence(inOrder, what, p.Of)
	if pixels {
		d.say("%s are pixels of an image, whose scale is one: together they have a mean of %s and a standard deviation of %s.", upper(count(len(cols), what)), num(all.Mean), num(all.Std))
	}
	return d
}

// leftFor returns the room that the names of columns need.
func leftFor(cols []nnvet.Column) float64 {
	most := 60.0
	for _, c := range cols {
		most = math.Max(most, width("tyours", nameOf(c))+14)
	}
	return math.Min(most, 140)
}

// rangeRow draws one row: least to greatest, the mean and a standard deviation about it.
func (d *drawing) rangeRow(name string, m nnvet.Moments, bad bool, y float64) {
	class, as := "", "ink"
	if bad {
		class, as = " yours", "tyours"
	}
	if !bad {
		as = "row"
	}
	d.text(as, d.in.x0-8, y+4, end, cut(as, name, d.in.x0-12))
	d.row(name, num(m.Mean), num(m.Std), num(m.Min), num(m.Max), strconv.FormatInt(m.N, 10))
	if m.N == 0 || !stat.Finite(m.Mean) {
		d.cross("yours", d.in.x0+6, y, "no finite number")
		d.text("tdim", d.in.x0+16, y+4, start, "no finite number")
		return
	}
	tip := fmt.Sprintf("%s: mean %s, std %s, %s to %s", name, num(m.Mean), num(m.Std), num(m.Min), num(m.Max))
	if stat.Finite(m.Min) && stat.Finite(m.Max) {
		d.add(`<path class="bar%s" d="M%s %sH%s"><title>%s</title></path>`, class, px(d.px(m.Min)), px(y), px(d.px(m.Max)), escape(tip))
	}
	if a, b := d.px(m.Mean-m.Std), d.px(m.Mean+m.Std); stat.Finite(a) && stat.Finite(b) {
		d.add(`<path class="bar fat%s" d="M%s %sH%s"/>`, class, px(a), px(y), px(math.Max(b, a+1)))
	}
	d.dot("ink"+class, d.px(m.Mean), y, 3.2, tip)
}

func scaleSentence(cols []nnvet.Column, what string, of int) string {
	fit, constant := 0, 0
	least, most := -1, -1
	for i, c := range cols {
		switch {
		case c.Constant():
			constant++
			continue
		case !off(c):
			fit++
		}
		if c.Std > 0 && stat.Finite(c.Std) {
			if least < 0 || c.Std < cols[least].Std {
				least = i
			}
			if most < 0 || c.Std > cols[most].Std {
				most = i
			}
		}
	}
	out := fmt.Sprintf("Of %s, %d with a standard deviation from %g to %g and a mean within %[4]g of 0", count(len(cols), what), fit, spreadLo, float64(spreadHi))
	if of > len(cols) {
		out += fmt.Sprintf(" (looked at %d of %d)", len(cols), of)
	}
	if least >= 0 && least != most {
		out += fmt.Sprintf("; the least is %s (%s), the greatest %s (%s)", num(cols[least].Std), nameOf(cols[least]), num(cols[most].Std), nameOf(cols[most]))
	} else if least >= 0 {
		out += fmt.Sprintf("; it is %s, about a mean of %s", num(cols[least].Std), num(cols[least].Mean))
	}
	if constant > 0 {
		out += fmt.Sprintf("; %d do not vary", constant)
	}
	return out + "."
}

// featureStd draws how many columns have which standard deviation, where they
// are more than have a row.
func featureStd(s *subject) *drawing {
	p := s.Profile(nnvet.Input, nnvet.Train)
	if p == nil || len(p.Columns) <= mostColumns || len(p.Classes) > 0 {
		return nil
	}
	var stds []float64
	for _, c := range p.Columns {
		if !c.Constant() {
			stds = append(stds, c.Std)
		}
	}
	x, ok := inDecades(append(positive(stds), spreadLo, spreadHi))
	if !ok || len(positive(stds)) == 0 {
		return nil
	}
	d := newDrawing("feature-std", "How much the columns vary", 200)
	d.x = x
	const bins = 32
	counts := make([]float64, bins)
	for _, v := range positive(stds) {
		counts[min(int(x.at(v)*bins), bins-1)]++
	}
	d.y = onLine([]float64{0}, counts)
	d.axisX("standard deviation of a column", num)
	d.axisY("columns", num)
	d.bandX(spreadLo, spreadHi, "healthy")
	d.table.Head = []string{"std from", "to", "columns"}
	for i, n := range counts {
		from, to := d.ends(i, bins)
		a, b := d.px(from), d.px(to)
		d.rect("fill", box{a + 0.5, d.py(n), b - 0.5, d.in.y1}, fmt.Sprintf("%s to %s: %s", num(from), num(to), count(int(n), "column")))
		if n > 0 {
			d.row(num(from), num(to), num(n))
		}
	}
	inside := 0
	for _, v := range stds {
		inside += btoi(v >= spreadLo && v <= spreadHi)
	}
	d.say("Of %d columns %d vary by 0.3 to 3; half of those that vary have a standard deviation below %s; %d do not vary.", len(p.Columns), inside, num(stat.Median(stds)), len(p.Columns)-len(stds))
	return d
}

// ends returns where a bin of a logarithmic axis begins and ends.
func (d *drawing) ends(i, bins int) (from, to float64) {
	lo, hi := math.Log10(d.x.lo), math.Log10(d.x.hi)
	at := func(i int) float64 { return math.Pow(10, lo+(hi-lo)*float64(i)/float64(bins)) }
	return at(i), at(i + 1)
}

// splitScales draws validation columns in the units of training: one that is
// scaled alike lies on the band.
func splitScales(s *subject) *drawing {
	train, val := s.Profile(nnvet.Input, nnvet.Train), s.Profile(nnvet.Input, nnvet.Validation)
	if train == nil || val == nil {
		return nil
	}
	type pair struct {
		name string
		m    nnvet.Moments
		far  float64
	}
	var pairs []pair
	for _, c := range s.Named(train) {
		i := slices.IndexFunc(val.Columns, func(o nnvet.Column) bool { return o.Index == c.Index })
		if i < 0 || c.Constant() || !(c.Std > 0) || val.Columns[i].N == 0 {
			continue
		}
		m := val.Columns[i].Moments
		m.Mean, m.Std, m.Min, m.Max = (m.Mean-c.Mean)/c.Std, m.Std/c.Std, (m.Min-c.Mean)/c.Std, (m.Max-c.Mean)/c.Std
		far := math.Abs(m.Mean)
		if m.Std > 0 {
			far = math.Max(far, math.Abs(math.Log2(m.Std)))
		}
		pairs = append(pairs, pair{nameOf(c), m, far})
	}
	if len(pairs) == 0 {
		return nil
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(b.far, a.far) })
	const most = 12
	shown := pairs[:min(len(pairs), most)]
	d := newDrawing("split-scale", "Validation in the units of training", 0)
	names, ends := []string{}, []float64{-1.5, 1.5}
	for _, p := range shown {
		names = append(names, p.name)
		ends = append(ends, p.m.Min, p.m.Max, p.m.Mean-p.m.Std, p.m.Mean+p.m.Std)
	}
	d.named("tyours", names, 140)
	row := d.rows(len(shown), 20, 22)
	d.x = bothSigns(ends)
	d.axisX("validation value, in standard deviations of training", num)
	d.bandX(-1, 1, "as in training")
	d.table.Head = []string{"column", "mean", "std", "least", "greatest", "rows"}
	const apart = 1 // a whole standard deviation, or twice the spread
	for i, p := range shown {
		d.rangeRow(p.name, p.m, p.far > apart, d.in.y0+row*(float64(i)+0.5))
	}
	d.say("Of %s, %s differs most between the splits: in training's units its validation mean is %s and its standard deviation %s.", count(len(pairs), "column"), shown[0].name, num(shown[0].m.Mean), num(shown[0].m.Std))
	return d
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
