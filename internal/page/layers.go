package page

import (
	"html/template"
	"math"
	"slices"
	"sort"
	"strconv"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/report"
)

// A layerCell is a figure of a layer: in words, and on the axis of its band.
type layerCell struct {
	Text string // "" where it was not recorded
	Dot  template.HTML
	Out  bool // outside of what is usual
}

// A layerLine is a row of the table of layers.
type layerLine struct {
	report.LayerRow
	Word       string // of the worst finding about it
	ActCell    layerCell
	GradCell   layerCell
	UpdateText string
	DeadText   string
}

func layerLines(l report.Layers) []layerLine {
	var out []layerLine
	for _, r := range l.Rows {
		line := layerLine{LayerRow: r, ActCell: cellOf(l.Act, r.Act), GradCell: cellOf(l.Grad, r.Grad)}
		if r.Severity > nnvet.Note {
			line.Word = r.Severity.String()
		}
		if r.Update != nil {
			line.UpdateText = report.Num(*r.Update)
		}
		if r.Dead != nil {
			line.DeadText = report.Percent(*r.Dead)
		}
		out = append(out, line)
	}
	return out
}

// cellOf places a value on the axis of a band, whose decades are equal. What is
// not finite, or not positive, has no place there: the figure says what it is.
func cellOf(b report.Band, v *float64) layerCell {
	if v == nil {
		return layerCell{}
	}
	c := layerCell{Text: report.Num(*v), Out: !(*v >= b.From && *v <= b.To)}
	if *v > 0 && !math.IsInf(*v, 0) {
		class := "in"
		if c.Out {
			class = "out"
		}
		at := func(x float64) float64 { return math.Log(x/b.Lo) / math.Log(b.Hi/b.Lo) }
		c.Dot = dot(mark{at(*v), at(b.From), at(b.To)}, class)
	}
	return c
}

// A layerHistory is what the cursor shows of the layers at other steps, in the
// order of the table.
type layerHistory struct {
	Steps []int64       `json:"steps"`
	Rows  [][4][]coarse `json:"rows"` // outputs, gradients, updates, dead units
	Bands [2][4]float64 `json:"bands"`
}

// A coarse figure is written in two digits.
type coarse float64

// MarshalJSON writes the number, what is not finite as a word, and what was not
// recorded, which is -1, as null.
func (c coarse) MarshalJSON() ([]byte, error) {
	v := float64(c)
	switch {
	case v == notRecorded:
		return []byte("null"), nil
	case math.IsNaN(v) || math.IsInf(v, 0):
		return []byte(`"` + report.Num(v) + `"`), nil
	}
	const digits = 2
	return strconv.AppendFloat(nil, v, 'g', digits, 64), nil
}

// notRecorded marks a figure that there is none of: all of these are sizes.
const notRecorded = -1

// mostCells bounds the figures that a page holds of layers at other steps, so
// that deep networks show fewer steps.
const mostCells = 6000

func historyOf(t *nnvet.Trace, l report.Layers) layerHistory {
	h := layerHistory{Steps: []int64{}, Rows: [][4][]coarse{}}
	h.Bands = [2][4]float64{bandOf(l.Act), bandOf(l.Grad)}
	if len(l.Rows) == 0 {
		return h
	}
	h.Steps = sampled(t, l, max(2, mostCells/(4*len(l.Rows))))
	for _, r := range l.Rows {
		var row [4][]coarse
		for i, s := range seriesOfLayer(t, r) {
			row[i] = valuesAt(s, h.Steps)
		}
		h.Rows = append(h.Rows, row)
	}
	return h
}

func bandOf(b report.Band) [4]float64 { return [4]float64{b.Lo, b.Hi, b.From, b.To} }

func seriesOfLayer(t *nnvet.Trace, r report.LayerRow) [4]*nnvet.Series {
	return [4]*nnvet.Series{
		report.SeriesOf(t, nnvet.ActStd, r.Name), report.SeriesOf(t, nnvet.GradRMS, r.Weight),
		report.SeriesOf(t, nnvet.Update, r.Weight), report.SeriesOf(t, nnvet.Dead, r.Name),
	}
}

// sampled returns at most n of the steps at which layers were looked at, the
// first and the last among them.
func sampled(t *nnvet.Trace, l report.Layers, n int) []int64 {
	var steps []int64
	for _, r := range l.Rows {
		figures := seriesOfLayer(t, r)
		for _, s := range figures[:2] { // the others are taken at the same steps
			if s.Len() > 0 {
				steps = append(steps, s.Steps...)
			}
		}
	}
	slices.Sort(steps)
	steps = slices.Compact(steps)
	if len(steps) <= n {
		return steps
	}
	out := make([]int64, n)
	for i := range out {
		out[i] = steps[i*(len(steps)-1)/(n-1)]
	}
	return out
}

// valuesAt returns the last value at or before each step; nil of no series.
func valuesAt(s *nnvet.Series, steps []int64) []coarse {
	if s.Len() == 0 {
		return nil
	}
	out := make([]coarse, len(steps))
	for i, step := range steps {
		at := sort.Search(len(s.Steps), func(j int) bool { return s.Steps[j] > step })
		out[i] = notRecorded
		if at > 0 {
			out[i] = coarse(s.Values[at-1])
		}
	}
	return out
}
