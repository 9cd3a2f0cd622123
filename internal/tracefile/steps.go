package tracefile

import (
	"fmt"

	"github.com/nnvet/nnvet"
)

// stepped notes that a step is complete.
func (r *Reader) stepped(step int64) {
	r.last = max(r.last, step)
	r.b.Run.Steps = max(r.b.Run.Steps, step+1)
}

func (r *Reader) step(rec *stepRecord) error {
	first, last, err := span(rec.S)
	if err != nil {
		return err
	}
	every := max(rec.Every, 1)
	if err := checkLosses(len(rec.Loss), every, last-first+1); err != nil {
		return err
	}
	if c := rec.Clip; c != nil {
		if err := sameLengths(len(c.S), c.Norm); err != nil {
			return err
		}
		if err := sameLength(len(c.S), c.S); err != nil {
			return err
		}
	}
	r.stepped(last)
	r.clock(rec.T)
	for i, loss := range rec.Loss {
		if loss.known {
			r.add(nnvet.Loss, "", nnvet.Train, first+int64(i)*every, loss.v)
		}
	}
	r.rates(rec.Lr, last)
	r.addCount(nnvet.BatchRows, last, rec.Bs)
	r.addCount(nnvet.Backwards, last, rec.Bw)
	r.clipping(rec, last)
	if rec.Ov != nil {
		r.b.Run.Overhead = float64(*rec.Ov)
	}
	return nil
}

// checkLosses holds that a record of n steps has a loss, or null, for every so
// many of them, or none at all.
func checkLosses(have int, every, n int64) error {
	if every > maxStep {
		return fmt.Errorf("a loss for every %d steps", every)
	}
	if want := (n + every - 1) / every; have > 0 && int64(have) != want {
		return fmt.Errorf("%d losses for %d steps", have, n)
	}
	return nil
}

func (r *Reader) rates(lr []floats, step int64) {
	for i, groups := range lr {
		site, ok := r.sites[int64(i)]
		if !ok {
			r.unknown += int64(len(groups))
			continue
		}
		for j, v := range groups {
			r.add(nnvet.Rate, numbered(site, j), "", step, v)
		}
	}
}

func (r *Reader) clipping(rec *stepRecord, last int64) {
	c := rec.Clip
	if c == nil {
		return
	}
	for i, v := range c.Norm {
		r.add(nnvet.ClipNorm, "", "", c.S[i], v)
	}
	if c.Max != nil {
		r.add(nnvet.ClipMax, "", "", last, float64(*c.Max))
	}
	if c.Lib {
		at := nnvet.Event{Kind: nnvet.LibraryClipping, Source: nnvet.ParseLocation(c.Src)}
		r.happened(at, rec.S[0], 1, 0)
	}
}

func (r *Reader) prediction(rec *predRecord) error {
	if err := checkStep(rec.S); err != nil {
		return err
	}
	if err := checkSplit(rec.Split); err != nil {
		return err
	}
	site := r.headSite(rec.H)
	if site == "" {
		return nil
	}
	r.addValue(nnvet.HeadLoss, site, rec.Split, rec.S, rec.Loss)
	r.addValue(nnvet.PredMean, site, rec.Split, rec.S, rec.Mean)
	r.addValue(nnvet.PredStd, site, rec.Split, rec.S, rec.Std)
	// In validation, the record of the whole evaluation has the accuracy.
	if rec.Acc != nil && rec.Split == nnvet.Train && r.speaks(nnvet.Accuracy, rec.Split, &rec.H) {
		r.addValue(nnvet.Accuracy, "", rec.Split, rec.S, rec.Acc)
	}
	return nil
}

// evaluation records the figures of an evaluation. A network of several heads
// has a record for each; the series of the run are those of the first.
func (r *Reader) evaluation(rec *evalRecord) error {
	if err := checkStep(rec.S); err != nil {
		return err
	}
	r.clock(rec.T)
	// The first record of an evaluation has its rows, also where no loss of it is known.
	if rec.Batches > 0 && rec.Rows >= 0 && rec.S > r.evaluated {
		r.evaluated = rec.S
		r.add(nnvet.BatchRows, "", nnvet.Validation, rec.S, float64(rec.Rows)/float64(rec.Batches))
	}
	if rec.H == nil { // another loss than those that are trained on: not to be compared with them
		return nil
	}
	if rec.Loss != nil && r.speaks(nnvet.Loss, nnvet.Validation, rec.H) {
		r.addValue(nnvet.Loss, "", nnvet.Validation, rec.S, rec.Loss)
	}
	if rec.Acc != nil && r.speaks(nnvet.Accuracy, nnvet.Validation, rec.H) {
		r.addValue(nnvet.Accuracy, "", nnvet.Validation, rec.S, rec.Acc)
	}
	if site := r.headSite(*rec.H); site != "" {
		r.addValue(nnvet.HeadLoss, site, nnvet.Validation, rec.S, rec.Loss)
	}
	return nil
}
