package record

import (
	"cmp"
	"math"
	"slices"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/stat"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// What a record of results has, at most or at least.
const (
	mostOutputs  = 64
	mostClasses  = 64
	jointBins    = 16
	confidences  = 15
	mostNamed    = 8       // rows
	mostKept     = 1 << 22 // numbers of an evaluation
	window       = 256     // rows of training batches that make a record
	mostGathered = 1 << 18 // numbers of them
)

// A said is what the network said of some rows beside what was true.
type said struct {
	out, y []float32
	labels []int32
	rows   int
	step   int64
	number []int64 // of each row in the order of the evaluation; nil where that is its place
}

func (s *said) clear() { s.out, s.y, s.labels, s.rows = s.out[:0], s.y[:0], s.labels[:0], 0 }

func (s *said) add(out, y []float32, labels []int32, rows int) {
	s.out, s.y, s.labels, s.rows = append(s.out, out...), append(s.y, y...), append(s.labels, labels...), s.rows+rows
}

// finite returns the rows of which all numbers are finite.
func (s *said) finite(width int) *said {
	good := func(i int) bool {
		return allFinite(row(s.out, i, width)) && (len(s.y) == 0 || allFinite(row(s.y, i, width)))
	}
	if allFinite(s.out) && allFinite(s.y) {
		return s
	}
	kept := &said{step: s.step}
	for i := range s.rows {
		if !good(i) {
			continue
		}
		if len(s.labels) > 0 {
			kept.add(row(s.out, i, width), nil, s.labels[i:i+1], 1)
		} else {
			kept.add(row(s.out, i, width), row(s.y, i, width), nil, 1)
		}
		kept.number = append(kept.number, int64(i))
	}
	return kept
}

func allFinite(x []float32) bool {
	return !slices.ContainsFunc(x, func(v float32) bool { return v-v != 0 })
}

// results keeps what was said in the last evaluation, and in the sampled steps
// since the last record, and makes records of it now and then.
type results struct {
	loss  engine.Loss
	width int                       // outputs of a row
	units func([]float32) []float64 // as [Options.Decode]; may be nil
	edges []float64
	logs  []float64 // of the sums of exponentials of rows of logits

	val       said
	every     int // row of an evaluation that one is kept of
	nextVal   int64
	train     said
	nextTrain int64
}

func newResults(t *engine.Trainer, units func([]float32) []float64) results {
	width := t.Network.Outputs().Size()
	return results{loss: t.Spec.Loss, width: width, units: units, every: apart(t.Val.Rows*width, mostKept)}
}

// evaluating keeps a batch of an evaluation. It copies, which costs next to
// nothing: few evaluations become records.
func (p *results) evaluating(b *engine.Batch) {
	if b.From == 0 {
		p.val.clear()
	}
	if p.every == 1 {
		p.val.add(b.Out, b.Y, b.Labels, b.Rows)
		return
	}
	for i := (p.every - b.From%p.every) % p.every; i < b.Rows; i += p.every {
		p.val.add(row(b.Out, i, p.width), row(b.Y, i, p.width), row(b.Labels, i, 1), 1)
	}
}

// row returns a row, or nothing where there are none.
func row[T any](x []T, i, width int) []T {
	if x == nil {
		return nil
	}
	return x[i*width : (i+1)*width]
}

// evaluated returns the record of an evaluation, or nil where it is not due.
func (p *results) evaluated(step int64) *tracefile.Results {
	p.val.step = step
	if step < p.nextVal {
		return nil
	}
	return p.validation()
}

func (p *results) validation() *tracefile.Results {
	r := p.record(&p.val, nnvet.Validation)
	p.nextVal = later(p.val.step)
	p.val.clear()
	return r
}

// later is when to look again after a step: ever less.
func later(step int64) int64 { return max(step+1, 2*step) }

// sampled gathers a training batch, and returns the record of those gathered
// where they are enough and it is time.
func (p *results) sampled(s *engine.Step) *tracefile.Results {
	rows := min(s.Rows, max(1, mostGathered/p.width))
	var y []float32
	var labels []int32
	if s.Labels != nil {
		labels = s.Labels[:rows]
	} else {
		y = s.Y[:rows*p.width]
	}
	p.train.add(s.Out[:rows*p.width], y, labels, rows)
	p.train.step = s.Number
	if p.train.rows < window && len(p.train.out) < mostGathered {
		return nil
	}
	if s.Number < p.nextTrain {
		p.train.clear()
		return nil
	}
	return p.training()
}

func (p *results) training() *tracefile.Results {
	r := p.record(&p.train, nnvet.Train)
	p.nextTrain = later(p.train.step)
	p.train.clear()
	return r
}

// end returns the records of what is left.
func (p *results) end() []*tracefile.Results {
	const enough = window / 4
	var out []*tracefile.Results
	if p.train.rows >= enough {
		out = append(out, p.training())
	}
	if p.val.rows > 0 {
		out = append(out, p.validation())
	}
	return slices.DeleteFunc(out, func(r *tracefile.Results) bool { return r == nil })
}

// record sums up rows; nil of a few, as it would be what somebody's rows are.
func (p *results) record(s *said, split string) *tracefile.Results {
	if s.rows < few {
		return nil
	}
	r := &tracefile.Results{K: "results", S: s.step, Split: split, Rows: int64(s.rows)}
	s = s.finite(p.width)
	if s.rows < few {
		return r // all that is known is that they are not finite
	}
	p.logs = p.logs[:0]
	for i := 0; p.loss.Kind == engine.CrossEntropy && i < s.rows; i++ {
		p.logs = append(p.logs, logSum(row(s.out, i, p.width)))
	}
	switch kind := p.loss.Kind; {
	case kind.Labels():
		p.classes(r, s)
	case (kind == engine.BCE || kind == engine.BCELogits) && zerosAndOnes(s.y):
		p.probabilities(r, s)
	default:
		p.numbers(r, s)
	}
	p.costs(r, s, split)
	return r
}

func zerosAndOnes(y []float32) bool {
	return !slices.ContainsFunc(y, func(v float32) bool { return v != 0 && v != 1 })
}

// numbers compares each output with its truth.
func (p *results) numbers(r *tracefile.Results, s *said) {
	asTargets := make([]float32, len(s.out))
	for i, v := range s.out {
		asTargets[i] = float32(p.loss.Kind.Number(v))
	}
	guess, truth := p.decoded(asTargets), p.decoded(s.y)
	r.Dec = p.units != nil
	for c := 0; c < min(p.width, mostOutputs); c++ {
		r.Outs = append(r.Outs, pair(c, p.width, guess, truth))
	}
	if p.edges == nil {
		p.edges = edges(truth)
	}
	if len(p.edges) > 0 {
		r.Edges, r.Joint = p.edges, joint(p.edges, guess, truth)
	}
}

func (p *results) decoded(y []float32) []float64 {
	if p.units != nil {
		return p.units(y)
	}
	out := make([]float64, len(y))
	for i, v := range y {
		out[i] = float64(v)
	}
	return out
}

func pair(c, width int, guess, truth []float64) tracefile.ResultsOutput {
	n := float64(len(truth) / width)
	var meanY, meanP, mae float64
	for i := c; i < len(truth); i += width {
		meanY += truth[i]
		meanP += guess[i]
		mae += math.Abs(guess[i] - truth[i])
	}
	meanY, meanP, mae = meanY/n, meanP/n, mae/n
	var varY, varP, cov float64
	for i := c; i < len(truth); i += width {
		dy, dp := truth[i]-meanY, guess[i]-meanP
		varY += dy * dy / n
		varP += dp * dp / n
		cov += dy * dp / n
	}
	return tracefile.ResultsOutput{I: int64(c), N: int64(len(truth) / width), Y: tracefile.Number(meanY), YStd: tracefile.Number(math.Sqrt(varY)),
		P: tracefile.Number(meanP), PStd: tracefile.Number(math.Sqrt(varP)), Cov: tracefile.Number(cov), MAE: tracefile.Number(mae)}
}

// edges returns those of bins of equal width, over three standard deviations of
// the truths to either side of their mean; none where they are the same.
func edges(truth []float64) []float64 {
	mean, variance := stat.Mean(truth), 0.0
	for _, v := range truth {
		variance += (v - mean) * (v - mean) / float64(len(truth))
	}
	lo, hi := mean-3*math.Sqrt(variance), mean+3*math.Sqrt(variance)
	out := make([]float64, jointBins+1)
	for i := range out {
		out[i] = lo + (hi-lo)*float64(i)/jointBins
		if i > 0 && !(out[i] > out[i-1]) {
			return []float64{}
		}
	}
	return out
}

// joint counts truths and predictions by bins. Those that are NaN are left out.
func joint(edges, guess, truth []float64) (counts []tracefile.Counts) {
	n := len(edges) - 1
	for range n {
		counts = append(counts, make(tracefile.Counts, n))
	}
	bin := func(v float64) int {
		at := (v - edges[0]) / (edges[n] - edges[0]) * float64(n)
		return int(min(max(at, 0), float64(n-1)))
	}
	for i, v := range guess {
		if !math.IsNaN(v) && !math.IsNaN(truth[i]) {
			counts[bin(truth[i])][bin(v)]++
		}
	}
	return counts
}

// classes counts what class was said of which.
func (p *results) classes(r *tracefile.Results, s *said) {
	if p.width <= mostClasses {
		r.Matrix = square(p.width)
	}
	confident := make([]judged, 0, s.rows)
	for i, label := range s.labels {
		out := row(s.out, i, p.width)
		class := p.loss.Kind.Class(out)
		if class < 0 {
			continue // not finite
		}
		if r.Matrix != nil {
			r.Matrix[label][class]++
		}
		right := 0.0
		if class == int(label) {
			right = 1
		}
		confident = append(confident, judged{p.confidence(i, out, class), right})
	}
	r.Bins = bins(confident)
}

// confidence is the probability of a class.
func (p *results) confidence(i int, out []float32, class int) float64 {
	if p.loss.Kind == engine.CrossEntropy {
		return math.Exp(float64(out[class]) - p.logs[i])
	}
	sum := 0.0
	for _, v := range out {
		sum += float64(v)
	}
	return float64(out[class]) / sum
}

// probabilities compares those of one with how often it is.
func (p *results) probabilities(r *tracefile.Results, s *said) {
	if p.width == 1 {
		r.Matrix = square(2)
	}
	confident := make([]judged, 0, len(s.out))
	for i, v := range s.out {
		one := p.loss.Kind.Number(v)
		if !finite(one) {
			continue
		}
		confident = append(confident, judged{one, float64(s.y[i])})
		if class := p.loss.Kind.Class(s.out[i : i+1]); r.Matrix != nil && class >= 0 {
			r.Matrix[int(s.y[i])][class]++
		}
	}
	r.Bins = bins(confident)
}

func square(n int) []tracefile.Counts {
	out := make([]tracefile.Counts, n)
	for i := range out {
		out[i] = make(tracefile.Counts, n)
	}
	return out
}

// judged is how sure the network was, and whether it was right.
type judged struct{ confidence, right float64 }

// bins puts as many rows into each, by rising confidence, and no fewer than may
// be told of.
func bins(all []judged) []tracefile.ResultsBin {
	slices.SortFunc(all, func(a, b judged) int { return cmp.Compare(a.confidence, b.confidence) })
	count := min(confidences, len(all)/few)
	var out []tracefile.ResultsBin
	for b := range count {
		part := all[b*len(all)/count : (b+1)*len(all)/count]
		var bin tracefile.ResultsBin
		for _, j := range part {
			bin.N++
			bin.Conf += tracefile.Number(j.confidence)
			bin.Right += tracefile.Number(j.right)
		}
		bin.Conf /= tracefile.Number(bin.N)
		bin.Right /= tracefile.Number(bin.N)
		out = append(out, bin)
	}
	return out
}

// costs says which rows cost most. A training batch's rows have no place in an
// order, so they have no numbers.
func (p *results) costs(r *tracefile.Results, s *said, split string) {
	losses := make([]float64, s.rows)
	for i := range losses {
		losses[i] = p.rowLoss(s, i)
	}
	if split == nnvet.Validation {
		p.name(r, s, losses)
	}
	if top := s.rows / 100; top > 0 {
		r.Top = topShare(losses, top)
	}
}

func (p *results) rowLoss(s *said, i int) float64 {
	out := row(s.out, i, p.width)
	switch {
	case p.loss.Kind == engine.CrossEntropy:
		return p.logs[i] - float64(out[s.labels[i]])
	case len(s.labels) > 0:
		return classLoss(out, s.labels[i])
	}
	return meanLoss(p.loss, out, row(s.y, i, p.width))
}

// topShare returns what share of the sum the largest have; nil where the sum
// is no whole to have a share of. It sorts the losses.
func topShare(losses []float64, top int) *tracefile.Number {
	slices.Sort(losses) // NaN comes first
	sum, costliest := 0.0, 0.0
	for i, v := range losses {
		sum += v
		if i >= len(losses)-top {
			costliest += v
		}
	}
	if !(losses[0] >= 0 && sum > 0 && finite(sum)) {
		return nil
	}
	return known(costliest / sum)
}

// name gives the numbers of rows that cost least, middling and most. What is
// not a number is the worst.
func (p *results) name(r *tracefile.Results, s *said, losses []float64) {
	order := make(tracefile.Counts, len(losses))
	for i := range order {
		order[i] = int64(i)
	}
	slices.SortStableFunc(order, func(a, b int64) int {
		x, y := losses[a], losses[b]
		if nanX, nanY := math.IsNaN(x), math.IsNaN(y); nanX || nanY {
			return cmp.Compare(number(nanX), number(nanY))
		}
		return cmp.Compare(x, y)
	})
	for i, at := range order {
		if s.number != nil {
			at = s.number[at]
		}
		order[i] = at * int64(p.every)
	}
	n := min(mostNamed, len(order)/3)
	from := (len(order) - n) / 2
	r.Best, r.Median, r.Worst = slices.Clone(order[:n]), slices.Clone(order[from:from+n]), slices.Clone(order[len(order)-n:])
	slices.Reverse(r.Worst)
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}
