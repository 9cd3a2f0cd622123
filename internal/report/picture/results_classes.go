package picture

import (
	"fmt"
	"math"
	"strconv"

	"github.com/nnvet/nnvet"
)

// confusion draws which class rows of each class were taken for, as shares of
// the class, and marks the column of the class that is predicted most.
func confusion(s *subject) *drawing {
	p := s.predicted(func(p *nnvet.Predictions) bool { return square(p.Matrix) })
	if p == nil {
		return nil
	}
	m := p.Matrix
	n := len(m)
	d := newDrawing("confusion", "Which class was taken for which", 0)
	side := math.Min(36, 340/float64(n))
	d.in = box{roomLeft, roomTop + 12, roomLeft + side*float64(n), roomTop + 12 + side*float64(n)}
	d.h = d.in.y1 + roomBottom
	rows, cols := make([]int64, n), make([]int64, n)
	for i, row := range m {
		for j, c := range row {
			rows[i] += c
			cols[j] += c
		}
	}
	top := most(cols)
	d.table.Head = []string{"true class", "predicted", "rows", "share of the class"}
	for i, row := range m {
		for j, c := range row {
			d.cell(i, j, c, rows[i], side)
		}
		d.writes("tick", d.in.x0-6, d.in.y0+side*(float64(i)+0.5)+4, end, strconv.Itoa(i))
		d.writes("tick", d.in.x0+side*(float64(i)+0.5), d.in.y1+14, middle, strconv.Itoa(i))
	}
	all, common := sum(rows), most(rows)
	x := d.in.x0 + side*float64(top)
	d.add(`<rect class="edge base" x="%s" y="%s" width="%s" height="%s"/>`, px(x), px(d.in.y0), px(side), px(d.in.height()))
	what := fmt.Sprintf("predicted most: class %d, %s of rows", top, percent(ratio(cols[top], all)))
	half := width("tbase", what) / 2
	d.text("tbase", math.Min(math.Max(x+side/2, half+90), d.w-half-4), d.in.y0-5, middle, what)
	d.above("true class")
	d.text("axis", math.Min(d.in.x0+d.in.width()/2, d.w-80), d.h-6, middle, "predicted class")
	d.beside(p, ratio(rows[common], all))
	d.say("%s of %s are right, where always saying class %d would be right on %s; class %d is predicted most, on %s of them.",
		percent(p.Accuracy()), rowsOf(p), common, percent(ratio(rows[common], all)), top, percent(ratio(cols[top], all)))
	return d
}

// beside says at the right what the diagonal comes to, where there is room.
func (d *drawing) beside(p *nnvet.Predictions, constant float64) {
	x := d.in.x1 + 14
	for i, l := range []struct{ class, s string }{{"row", "right " + percent(p.Accuracy())}, {"tbase", "constant " + percent(constant)}} {
		d.writes(l.class, x, d.in.y0+14+18*float64(i), start, l.s)
	}
}

// cell draws one pair of classes.
func (d *drawing) cell(i, j int, c, all int64, side float64) {
	share := ratio(c, all)
	x, y := d.in.x0+side*float64(j), d.in.y0+side*float64(i)
	tip := fmt.Sprintf("class %d taken for %d: %s, %s of the class", i, j, count(int(c), "row"), percent(share))
	class := shade(share)
	d.rect(class, box{x + 0.4, y + 0.4, x + side - 0.4, y + side - 0.4}, tip)
	if c > 0 {
		d.row(strconv.Itoa(i), strconv.Itoa(j), strconv.FormatInt(c, 10), percent(share))
	}
	const readable = 22
	if side < readable || c == 0 {
		return
	}
	text := "cell"
	if class >= "s3" {
		text = "cellon"
	}
	d.writes(text, x+side/2, y+side/2+4, middle, strconv.Itoa(int(math.Round(100*share))))
}

// square reports whether a matrix has as many columns as rows, two at least,
// and counts something.
func square(m [][]int64) bool {
	var n int64
	for _, row := range m {
		if len(row) != len(m) {
			return false
		}
		for _, c := range row {
			if c < 0 {
				return false
			}
			n += c
		}
	}
	return len(m) > 1 && n > 0
}

func most(counts []int64) int {
	at := 0
	for i, c := range counts {
		if c > counts[at] {
			at = i
		}
	}
	return at
}

func sum(counts []int64) (n int64) {
	for _, c := range counts {
		n += c
	}
	return n
}

// ratio returns a share, NaN of none.
func ratio(a, b int64) float64 {
	if b == 0 {
		return math.NaN()
	}
	return float64(a) / float64(b)
}

// calibration draws how often rows of a confidence are right.
func calibration(s *subject) *drawing {
	p := s.predicted(func(p *nnvet.Predictions) bool { return len(p.Bins) > 0 })
	if p == nil {
		return nil
	}
	d := newDrawing("calibration", "How sure, and how often right", 300)
	d.x, d.y = scale{linear, 0, 1}, scale{linear, 0, 1}
	d.axisX("confidence", percent)
	d.axisY("right", percent)
	d.line("use dash", []float64{0, 1}, []float64{0, 1})
	d.label("tuse", d.px(0.15), d.py(0.15), "as sure as right")
	d.table.Head = []string{"rows", "confidence", "right"}
	var xs, ys []float64
	var worst nnvet.Bin
	for _, b := range p.Bins {
		if b.N <= 0 {
			continue
		}
		xs, ys = append(xs, b.Confidence), append(ys, b.Right)
		d.row(strconv.FormatInt(b.N, 10), percent(b.Confidence), percent(b.Right))
		d.dot("ink", d.px(b.Confidence), d.py(b.Right), 2+5*math.Sqrt(ratio(b.N, p.Rows)), fmt.Sprintf("%s at %s: %s right", count(int(b.N), "row"), percent(b.Confidence), percent(b.Right)))
		if gap := math.Abs(b.Confidence-b.Right) * float64(b.N); worst.N == 0 || gap > math.Abs(worst.Confidence-worst.Right)*float64(worst.N) {
			worst = b
		}
	}
	if len(xs) == 0 {
		return nil
	}
	d.line("thin", xs, ys)
	d.say("Of %s, the %d that are most out of line are %s sure and right on %s.", rowsOf(p), worst.N, percent(worst.Confidence), percent(worst.Right))
	return d
}
