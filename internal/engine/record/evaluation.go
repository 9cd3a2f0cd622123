package record

import (
	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
)

type evalRecord struct {
	K       string   `json:"k"`
	S       int64    `json:"s"`
	T       float64  `json:"t"`
	Batches int      `json:"batches"`
	Rows    int      `json:"rows"`
	H       int      `json:"h"`
	Loss    float64  `json:"loss"`
	Acc     *float64 `json:"acc,omitempty"`
	Accn    int      `json:"accn,omitempty"`
	Train   bool     `json:"train_mode"`
}

// evaluated records an evaluation, and with the first the data that it is on.
func (r *Recorder) evaluated(e *engine.Evaluation) {
	if e.Batches == 0 {
		return
	}
	defer r.paid(r.now())
	if !r.seenVal {
		r.seenVal = true
		r.describeValidation(e.Step)
	}
	rec := evalRecord{K: "eval", S: e.Step, T: r.seconds(), Batches: e.Batches, Rows: e.Rows, Loss: e.Loss}
	if e.Judged > 0 {
		rec.Acc, rec.Accn = &e.Accuracy, e.Judged
	}
	r.put(rec)
	if p := r.results.evaluated(e.Step); p != nil {
		r.put(p)
	}
}

// evaluating is told of each batch of an evaluation.
func (r *Recorder) evaluating(b *engine.Batch) {
	defer r.paid(r.now())
	r.results.evaluating(b)
}

// describeValidation describes validation rows from all over, as many as are
// looked at of a batch.
func (r *Recorder) describeValidation(step int64) {
	d := r.trainer.Val
	if d.Rows < few {
		return
	}
	inputs, targets := newWatchers(r.trainer, r.options, d.Rows)
	in, out := r.trainer.Spec.Input.Size(), r.trainer.Network.Outputs().Size()
	var x, y []float32
	var labels []int32
	rows := 0
	for i := 0; i < d.Rows; i += apart(d.Rows, mostLooked) {
		x = append(x, d.X[i*in:(i+1)*in]...)
		if d.Labels != nil {
			labels = append(labels, d.Labels[i])
		} else {
			y = append(y, d.Y[i*out:(i+1)*out]...)
		}
		rows++
	}
	r.putData(inputs.inputs(step, nnvet.Validation, x, rows))
	r.putData(targets.targets(step, nnvet.Validation, y, labels, rows))
}
