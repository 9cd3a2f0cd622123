package picture

import (
	"fmt"
	"math"
	"strconv"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// predicted returns the last predictions on validation rows, or else on
// training rows, that a picture can use.
func (s *subject) predicted(use func(*nnvet.Predictions) bool) *nnvet.Predictions {
	for _, split := range []string{nnvet.Validation, nnvet.Train} {
		if p := s.Predicted(split, ""); p != nil && use(p) {
			return p
		}
	}
	return nil
}

// rowsOf says which rows predictions are of.
func rowsOf(p *nnvet.Predictions) string {
	kind := map[string]string{nnvet.Train: "training", nnvet.Validation: "validation"}[p.Split]
	return count(int(p.Rows), kind+" row")
}

// truthAndPrediction draws what was predicted against what was true, as counts
// of rows: all on the line where they are equal in a perfect network, all on
// the level of the mean in one that ignores its inputs.
func truthAndPrediction(s *subject) *drawing {
	p := s.predicted(func(p *nnvet.Predictions) bool { return p.Joint != nil && usable(p.Joint) })
	if p == nil {
		return nil
	}
	j := p.Joint
	d := newDrawing("prediction", "Prediction against truth", 400)
	d.in = box{roomLeft + 4, roomTop, d.w - roomRight - 2, d.h - roomBottom}
	lo, hi, _ := extent(j.Edges)
	d.x, d.y = scale{linear, lo, hi}, scale{linear, lo, hi}
	d.axisX("truth", num)
	d.axisY("prediction", num)
	d.joint(j)
	d.line("use dash", []float64{lo, hi}, []float64{lo, hi})
	d.label("tuse", d.px(lo+(hi-lo)*0.9), d.py(lo+(hi-lo)*0.9), "perfect")
	mean, spread := meanOf(j), nan
	if len(p.Outputs) == 1 {
		mean, spread = p.Outputs[0].Truth, p.Outputs[0].GuessStd/p.Outputs[0].TruthStd
	}
	if stat.Finite(mean) && mean >= lo && mean <= hi {
		d.ruleY("base", mean, "a constant: the mean")
	}
	d.sentence = pairSentence(p, mean, spread)
	return d
}

// usable reports whether a histogram is as it says.
func usable(j *nnvet.Joint) bool {
	lo, hi, ok := extent(j.Edges)
	if !ok || !(lo < hi) || len(j.Counts) == 0 || len(j.Edges) != len(j.Counts)+1 || stat.FirstBad(j.Edges) >= 0 {
		return false
	}
	for _, row := range j.Counts {
		if len(row) != len(j.Counts) {
			return false
		}
	}
	return true
}

// joint fills the cells of the histogram, in steps by the root of their share of the fullest.
func (d *drawing) joint(j *nnvet.Joint) {
	var most int64
	for _, row := range j.Counts {
		for _, n := range row {
			most = max(most, n)
		}
	}
	d.table.Head = []string{"truth from", "to", "prediction from", "to", "rows"}
	for i, row := range j.Counts {
		for k, n := range row {
			if n <= 0 {
				continue
			}
			e := j.Edges
			b := box{d.px(e[i]), d.py(e[k+1]), d.px(e[i+1]), d.py(e[k])}
			d.rect(shade(math.Sqrt(float64(n)/float64(most))), b, fmt.Sprintf("truth %s to %s, prediction %s to %s: %s", num(e[i]), num(e[i+1]), num(e[k]), num(e[k+1]), count(int(n), "row")))
			d.occupy((b.x0+b.x1)/2, (b.y0+b.y1)/2, math.Min(b.width(), b.height())/2)
			d.row(num(e[i]), num(e[i+1]), num(e[k]), num(e[k+1]), strconv.FormatInt(n, 10))
		}
	}
}

// shade returns the class of a share: s0 for hardly any, s5 for nearly all.
func shade(share float64) string {
	if !(share > 0) {
		return "s0"
	}
	return "s" + strconv.Itoa(1+min(4, int(share*5)))
}

// meanOf returns the mean truth of a histogram, by the middles of its bins.
func meanOf(j *nnvet.Joint) float64 {
	sum, n := 0.0, 0.0
	for i, row := range j.Counts {
		for _, c := range row {
			sum, n = sum+float64(c)*(j.Edges[i]/2+j.Edges[i+1]/2), n+float64(c)
		}
	}
	return sum / n
}
