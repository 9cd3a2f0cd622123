package tracefile

import (
	"errors"
	"fmt"
	"slices"

	"github.com/nnvet/nnvet"
)

// A Results record is what a head was given beside the truth.
type Results struct {
	K      string          `json:"k"` // "results"
	S      int64           `json:"s"`
	H      int64           `json:"h"`
	Split  string          `json:"split"`
	Rows   int64           `json:"rows"`
	Dec    bool            `json:"dec,omitempty"` // in a person's units
	Outs   []ResultsOutput `json:"outs,omitempty"`
	Edges  floats          `json:"edges,omitempty"` // of the joint histogram
	Joint  []ints          `json:"joint,omitempty"`
	Matrix []ints          `json:"matrix,omitempty"`
	Bins   []ResultsBin    `json:"bins,omitempty"`
	Top    *number         `json:"top,omitempty"`
	Best   ints            `json:"best,omitempty"`
	Median ints            `json:"median,omitempty"`
	Worst  ints            `json:"worst,omitempty"`
}

// The parts of a results record.
type (
	ResultsOutput struct {
		I    int64  `json:"i"`
		N    int64  `json:"n"`
		Y    number `json:"y"` // mean and standard deviation of the truth
		YStd number `json:"ystd"`
		P    number `json:"p"` // and of the prediction
		PStd number `json:"pstd"`
		Cov  number `json:"cov"`
		MAE  number `json:"mae"`
	}
	ResultsBin struct {
		N     int64  `json:"n"`
		Conf  number `json:"conf"`
		Right number `json:"right"`
	}
)

const (
	mostOutputs     = 64
	mostBins        = 256
	mostClasses     = 64
	mostNamed       = 8
	mostPredictions = 1 << 14 // records kept of a file: the first half, and the last
)

func (r *Reader) results(rec *Results) error {
	if err := rec.check(); err != nil {
		return err
	}
	p := nnvet.Predictions{Head: r.headSite(rec.H), Split: rec.Split, Step: rec.S, Rows: rec.Rows, Decoded: rec.Dec,
		Matrix: counts(rec.Matrix), TopShare: orNaN(rec.Top), Best: rec.Best, Median: rec.Median, Worst: rec.Worst}
	if p.Head == "" {
		return nil
	}
	for _, o := range rec.Outs {
		p.Outputs = append(p.Outputs, nnvet.Pair{Output: int(o.I), N: o.N, Truth: float64(o.Y), TruthStd: float64(o.YStd),
			Guess: float64(o.P), GuessStd: float64(o.PStd), Covariance: float64(o.Cov), MAE: float64(o.MAE)})
	}
	if rec.Joint != nil {
		p.Joint = &nnvet.Joint{Edges: rec.Edges, Counts: counts(rec.Joint)}
	}
	for _, b := range rec.Bins {
		p.Bins = append(p.Bins, nnvet.Bin{N: b.N, Confidence: float64(b.Conf), Right: float64(b.Right)})
	}
	if len(r.b.Predictions) >= mostPredictions {
		r.b.Predictions = slices.Delete(r.b.Predictions, mostPredictions/2, mostPredictions/2+1)
	}
	r.b.Predictions = append(r.b.Predictions, p)
	return nil
}

func counts(rows []ints) [][]int64 {
	if rows == nil {
		return nil
	}
	out := make([][]int64, len(rows))
	for i, row := range rows {
		out[i] = row
	}
	return out
}

func (rec *Results) check() error {
	if err := checkStep(rec.S); err != nil {
		return err
	}
	if err := checkSplit(rec.Split); err != nil {
		return err
	}
	if rec.Rows < 0 || rec.Rows > maxCount {
		return fmt.Errorf("%d rows", rec.Rows)
	}
	if len(rec.Outs) > mostOutputs || len(rec.Bins) > mostBins || len(rec.Best) > mostNamed || len(rec.Median) > mostNamed || len(rec.Worst) > mostNamed {
		return errors.New("a list without end")
	}
	for _, o := range rec.Outs {
		if err := sameLength(2, ints{o.I, o.N}); err != nil {
			return err
		}
	}
	for _, b := range rec.Bins {
		if err := sameLength(1, ints{b.N}); err != nil {
			return err
		}
	}
	for _, named := range []ints{rec.Best, rec.Median, rec.Worst} {
		if err := sameLength(len(named), named); err != nil {
			return err
		}
	}
	if err := checkSquare(rec.Matrix, mostClasses); err != nil {
		return err
	}
	return rec.checkJoint()
}

func (rec *Results) checkJoint() error {
	if rec.Joint == nil {
		return nil
	}
	if len(rec.Edges) != len(rec.Joint)+1 {
		return fmt.Errorf("%d edges of %d bins", len(rec.Edges), len(rec.Joint))
	}
	for i := range rec.Edges {
		if i > 0 && !(rec.Edges[i] > rec.Edges[i-1]) {
			return errors.New("edges that do not rise")
		}
	}
	return checkSquare(rec.Joint, mostBins)
}

// checkSquare holds that counts form a square of at most so many rows.
func checkSquare(rows []ints, most int) error {
	if len(rows) > most {
		return fmt.Errorf("%d rows of counts", len(rows))
	}
	for _, row := range rows {
		if len(row) != len(rows) {
			return fmt.Errorf("a row of %d counts in a square of %d", len(row), len(rows))
		}
		if err := sameLength(len(row), row); err != nil {
			return err
		}
	}
	return nil
}
