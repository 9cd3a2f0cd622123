package engine

import "math"

// Scores say how well a network does on some rows. What has no meaning for the
// loss, or cannot be had of no rows, is NaN.
type Scores struct {
	Rows     int
	Loss     float64 // mean over rows
	Accuracy float64 // share of what is right of Judged
	Judged   int     // rows that have a class; outputs, where each is a class of its own; 0 where the targets are no classes
	RMSE     float64 // over all outputs together, in the units of the targets as they are fed
	MAE      float64
	R2       float64 // share of the targets' variance, over all outputs together, that is explained
}

// noScores are the scores of no rows.
func noScores() Scores {
	nan := math.NaN()
	return Scores{Loss: nan, Accuracy: nan, RMSE: nan, MAE: nan, R2: nan}
}

func (k LossKind) binary() bool { return k == BCE || k == BCELogits }

// An evaluator scores networks on one split of the data, in its order and
// without changing anything of them.
type evaluator struct {
	data    Data
	in, out int
	spread  float64 // sum of squared distances of the targets from their means
	tally   tally
	told    func(*Batch) // of each; may be nil
	batch   Batch
}

func (e *evaluator) reset(n *Network, d Data, j judgement) {
	e.data, e.in, e.out = d, n.spec.Input.Size(), n.Outputs().Size()
	e.tally.kind, e.tally.width, e.tally.judgement = n.spec.Loss.Kind, e.out, j
	e.spread = math.NaN()
	if j == ofNothing {
		e.spread = spread(d.Y, e.out)
	}
}

// scores runs the network over the data, batch rows at a time.
func (e *evaluator) scores(n *Network, batch int) Scores {
	t := &e.tally
	t.clear()
	for from := 0; from < e.data.Rows; from += batch {
		rows := min(batch, e.data.Rows-from)
		x, y, labels := e.data.slice(from, rows, e.in, e.out)
		out := n.Forward(x, rows, false)
		t.add(out, y, labels, rows, float64(n.Loss(out, y, labels, rows)))
		if e.told != nil {
			e.batch = Batch{From: from, Rows: rows, Out: out, Y: y, Labels: labels}
			e.told(&e.batch)
		}
	}
	return t.scores(e.spread)
}

// Evaluate scores a network on data, in evaluation mode, batch rows at a time:
// at most as many as the network was made for.
func Evaluate(n *Network, d Data, batch int) (Scores, error) {
	if err := d.check("data", n); err != nil {
		return noScores(), err
	}
	var e evaluator
	e.reset(n, d, judge(n.spec.Loss.Kind, n.Outputs().Size(), d))
	s := e.scores(n, min(max(batch, 1), n.rows))
	return s, n.Err()
}

// A tally adds up what scores are made of.
type tally struct {
	kind          LossKind
	judgement     judgement
	width         int // outputs of a row
	rows, right   int
	loss          float64
	squares, away float64 // of the errors
}

func (t *tally) clear() { *t = tally{kind: t.kind, judgement: t.judgement, width: t.width} }

func (t *tally) add(out, y []float32, labels []int32, rows int, loss float64) {
	t.rows += rows
	t.loss += loss * float64(rows)
	if t.judgement != ofNothing {
		t.right += t.judgement.right(t.kind, out, y, labels, rows)
		return
	}
	for i, v := range out {
		t.miss(t.kind.Number(v) - float64(y[i]))
	}
}

func (t *tally) miss(by float64) {
	t.squares += by * by
	t.away += math.Abs(by)
}

func (t *tally) scores(spread float64) Scores {
	s := noScores()
	s.Rows = t.rows
	if t.rows == 0 {
		return s
	}
	n := float64(t.rows)
	s.Loss = t.loss / n
	if t.judgement != ofNothing {
		s.Judged = t.judgement.of(t.rows, t.width)
		s.Accuracy = float64(t.right) / float64(s.Judged)
		return s
	}
	outputs := n * float64(t.width)
	s.RMSE, s.MAE = math.Sqrt(t.squares/outputs), t.away/outputs
	if spread > 0 {
		s.R2 = 1 - t.squares/spread
	}
	return s
}

// spread returns the sum of squared distances of y from the means of its columns.
func spread(y []float32, width int) float64 {
	total := 0.0
	for c := range width {
		n, mean, squares := 0.0, 0.0, 0.0
		for i := c; i < len(y); i += width {
			n++
			v := float64(y[i])
			d := v - mean
			mean += d / n
			squares += d * (v - mean)
		}
		total += squares
	}
	return total
}
