package picture

import (
	"fmt"
	"math"
	"strconv"

	"github.com/nnvet/nnvet"
)

// classes draws how many rows each class has.
func classes(s *subject) *drawing {
	p := s.Profile(nnvet.Target, nnvet.Train)
	if p == nil || len(p.Classes) < 2 || p.ClassCount() == 0 {
		return nil
	}
	counts := p.Classes
	const most = 40
	n := min(len(counts), most)
	d := newDrawing("classes", "Rows of each class", 0)
	d.margins(70)
	row := d.rows(n, 12, 20)
	var all []float64
	for _, c := range counts {
		all = append(all, float64(c))
	}
	d.x = onLine([]float64{0}, all)
	d.axisX("training rows that were looked at", num)
	d.bandX(0, float64(p.ClassCount())/float64(len(counts)), "as if all were alike")
	d.table.Head = []string{"class", "rows", "share"}
	least, top := 0, 0
	for i, c := range counts {
		d.row(strconv.Itoa(i), strconv.FormatInt(c, 10), percent(ratio(c, p.ClassCount())))
		if c < counts[least] {
			least = i
		}
		if c > counts[top] {
			top = i
		}
		if i >= n {
			continue
		}
		y := d.in.y0 + row*(float64(i)+0.5)
		d.writes("row", d.in.x0-8, y+4, end, "class "+strconv.Itoa(i))
		x := d.px(float64(c))
		d.rect("fill dim", box{d.in.x0, y - row*0.3, x, y + row*0.3}, fmt.Sprintf("class %d: %s", i, count(int(c), "row")))
		d.dot("ink", x, y, 3, fmt.Sprintf("class %d: %s", i, count(int(c), "row")))
	}
	d.say("Of %d classes the commonest, %d, has %s and the rarest, %d, has %s.", len(counts), top, count(int(counts[top]), "row"), least, count(int(counts[least]), "row"))
	return d
}

// repeats draws how many rows are there more than once, or in both splits.
func repeats(s *subject) *drawing {
	if len(s.Surveys) == 0 {
		return nil
	}
	v := &s.Surveys[0]
	all := v.Rows + v.Repeated
	if all == 0 {
		return nil
	}
	bars := []struct {
		what string
		n    int
		of   int
	}{
		{"the same inputs and target", v.Repeated, all},
		{"the same inputs, another target", v.Contradicting, v.Rows},
		{"validation rows seen in training", v.Overlap.Shared, v.Overlap.Rows},
	}
	d := newDrawing("repeats", "Rows that are there twice", 0)
	d.margins(width("row", bars[2].what) + 14)
	row := d.rows(len(bars), 28, 28)
	d.x = scale{linear, 0, 1}
	d.axisX("share of the rows that were looked at", percent)
	d.table.Head = []string{"rows", "number", "of", "share"}
	for i, b := range bars {
		share := ratio(int64(b.n), int64(b.of))
		y := d.in.y0 + row*(float64(i)+0.5)
		d.text("row", d.in.x0-8, y+4, end, b.what)
		d.row(b.what, strconv.Itoa(b.n), strconv.Itoa(b.of), percent(share))
		if math.IsNaN(share) {
			d.text("tdim", d.in.x0+8, y+4, start, "not looked at")
			continue
		}
		class := "fill yours"
		if b.n == 0 {
			class = "fill dim"
		}
		d.rect(class, box{d.in.x0, y - 7, d.px(share), y + 7}, "")
		d.occupy(d.px(share), y, 6)
		d.label("tink", d.px(share), y, percent(share))
	}
	d.say("Of %s, %d repeat another one and %d contradict one; of %s, %d are in the training rows.", count(all, "training row"), v.Repeated, v.Contradicting, count(v.Overlap.Rows, "validation row"), v.Overlap.Shared)
	return d
}
