package page

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/report"
)

// mostColumns is how many columns a table of data shows (convention).
const mostColumns = 30

// A dataTable is a profile of what the network was fed, or was to answer.
type dataTable struct {
	Title   string // "input, train: 455 rows of 30 features"
	Columns []dataColumn
	More    int // columns that are not shown
	Classes []class
}

// A dataColumn is one feature in words, and its range as a drawing.
type dataColumn struct {
	Name, Mean, Std, Min, Max string
	Zeros, NonFinite          string
	Range                     template.HTML
	Odd                       bool // it does not vary, or holds what is not finite
}

// A class is one of the answers, with its share of the rows.
type class struct {
	Name  string
	Rows  int64
	Share string
	Bar   template.HTML
}

func dataTables(t *nnvet.Trace) []dataTable {
	var out []dataTable
	for i := range t.Profiles {
		p := &t.Profiles[i]
		d := dataTable{Title: titleOf(p)}
		all := p.All()
		for j, c := range p.Columns {
			if j == mostColumns {
				d.More = len(p.Columns) - j
				break
			}
			d.Columns = append(d.Columns, columnOf(c, all))
		}
		d.Classes = classesOf(p)
		if len(p.Classes) > 0 { // whose mean and spread mean nothing
			d.Columns, d.More = nil, 0
		}
		out = append(out, d)
	}
	return out
}

func titleOf(p *nnvet.Profile) string {
	s := fmt.Sprintf("%s, %s: %d rows", p.Role, p.Split, p.Rows)
	if p.Total > p.Rows {
		s += fmt.Sprintf(" of %d", p.Total)
	}
	if n := max(p.Of, len(p.Columns)); n > 0 && len(p.Classes) == 0 {
		s += fmt.Sprintf(", %d %s", n, p.Layout)
	}
	if p.DType != "" {
		s += ", " + report.Clean(p.DType)
	}
	return s
}

func columnOf(c nnvet.Column, all nnvet.Moments) dataColumn {
	name := report.Clean(c.Name)
	if name == "" {
		name = strconv.Itoa(c.Index)
	}
	seen := c.N + c.NonFinite
	d := dataColumn{
		Name: name, Mean: report.Num(c.Mean), Std: report.Num(c.Std), Min: known(c.Min), Max: known(c.Max),
		Zeros: share(c.Zeros, seen), NonFinite: share(c.NonFinite, seen), Range: rangeOf(c.Moments, all),
		Odd: c.NonFinite > 0 || c.Constant(),
	}
	if c.N == 0 {
		d.Mean, d.Std = "none", "none"
	}
	return d
}

// known writes an end of a range, which is NaN where it was withheld.
func known(v float64) string {
	if math.IsNaN(v) {
		return "withheld"
	}
	return report.Num(v)
}

// share writes n of all, and nothing of none: most columns have none.
func share(n, of int64) string {
	if n == 0 || of == 0 {
		return ""
	}
	return report.Percent(float64(n) / float64(of))
}

// rangeOf draws where a column's numbers lie on one axis for all columns: a line
// from the least to the largest, a bar a standard deviation to either side of
// the mean. The axis is of the inverse hyperbolic sine, which is nearly linear
// about 0 and in decades far off.
func rangeOf(c, all nnvet.Moments) template.HTML {
	lo, hi := math.Asinh(min(all.Min, all.Mean-all.Std)), math.Asinh(max(all.Max, all.Mean+all.Std))
	if c.N == 0 || !(lo < hi) || math.IsInf(lo, 0) || math.IsInf(hi, 0) {
		return ""
	}
	at := func(v float64) float64 { return place((math.Asinh(v) - lo) / (hi - lo)) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="range" viewBox="0 0 %g %g" aria-hidden="true">`, axisWidth, axisHeight)
	if lo < 0 && hi > 0 {
		fmt.Fprintf(&b, `<line class="zero" x1="%.1f" x2="%.1f" y1="1" y2="15"/>`, at(0), at(0))
	}
	if !math.IsNaN(c.Min) && !math.IsNaN(c.Max) {
		fmt.Fprintf(&b, `<line x1="%.1f" x2="%.1f" y1="8" y2="8"/>`, at(c.Min), at(c.Max))
	}
	from, to := at(c.Mean-c.Std), at(c.Mean+c.Std)
	const least = 1.5 // wide, so that a constant is seen
	fmt.Fprintf(&b, `<rect x="%.1f" width="%.1f" y="4" height="8"/></svg>`, from, max(to-from, least))
	return template.HTML(b.String()) // nothing of it is foreign
}

func classesOf(p *nnvet.Profile) []class {
	all := p.ClassCount()
	var most int64
	for _, n := range p.Classes {
		most = max(most, n)
	}
	var out []class
	for i, n := range p.Classes {
		if i == mostColumns || all == 0 {
			break
		}
		bar := fmt.Sprintf(`<svg class="range" viewBox="0 0 %g %g" aria-hidden="true"><rect x="0" y="4" height="8" width="%.1f"/></svg>`, axisWidth, axisHeight, axisWidth*float64(n)/float64(max(most, 1)))
		out = append(out, class{strconv.Itoa(i), n, report.Percent(float64(n) / float64(all)), template.HTML(bar)})
	}
	return out
}
