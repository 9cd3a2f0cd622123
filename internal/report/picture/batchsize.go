package picture

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

func batchSweep(s *subject) *drawing {
	return sweep{name: "batch-sweep", title: "Score against batch size", x: "rows of a batch", knob: "batch", kind: twos, one: "batch",
		yours: func(s *subject) float64 { return s.Batch() }}.draw(s)
}

// noiseScale draws how large a batch would have to be for its gradient to be as
// much signal as noise (McCandlish et al. 2018), against the batch in use. Of
// each look the sums of the ten looks up to it are taken, since the mean
// gradient of a few rows is mostly noise.
func noiseScale(s *subject) *drawing {
	row, batch := s.Series(nnvet.Key{Quantity: nnvet.RowGrad}), s.Series(nnvet.Key{Quantity: nnvet.BatchGrad})
	b := s.Batch()
	if row.Len() < 2 || batch.Len() != row.Len() || !(b > 1) {
		return nil
	}
	scales := make([]float64, row.Len())
	for i := range scales {
		scales[i] = noiseAt(row.Values[:i+1], batch.Values[:i+1], b)
	}
	y, ok := inDecades(scales, []float64{b})
	if !ok || len(positive(scales)) == 0 {
		return nil
	}
	d := newDrawing("noise-scale", "Noise of the gradient", 240)
	d.x, d.y = onLine(steps(row)), y
	d.axisX("step", num)
	d.axisY("rows at which a gradient is as much signal as noise", num)
	d.table.Head = []string{"step", "noise scale in rows"}
	for i, v := range scales {
		d.row(num(float64(row.Steps[i])), num(v))
	}
	d.line("", steps(row), scales)
	d.labelEnd("tink", steps(row), scales, "noise scale")
	d.ruleY("yours", b, "your batch of "+num(b))
	mid := stat.Median(positive(scales))
	d.say("%s; your batch has %s.", fmt.Sprintf("A gradient is as much signal as noise at about %s rows, the median of %s", num(stat.Signif(mid, 2)), count(len(positive(scales)), "look")), count(int(b), "row"))
	return d
}

// noiseAt returns the noise scale over the last ten looks, NaN where the noise
// left no signal that could be measured.
func noiseAt(row, batch []float64, b float64) float64 {
	const window = 10
	from := max(0, len(row)-window)
	single, mean := stat.Mean(row[from:]), stat.Mean(batch[from:])
	spread := math.Max(single-mean, 0) * b / (b - 1)
	signal := mean - spread/b
	if !(signal > 0) || !(spread > 0) {
		return nan
	}
	return spread / signal
}
