package nnvet

import (
	"math"
	"sort"
	"strconv"
)

// Batch returns the rows that the run's typical batch holds, NaN where that is
// not known. Of an experiment file it is what the file says. Else it is the
// median of the batches that were looked at, each for as many steps as it was
// the last look, and of two the larger one: the shorter batch that an epoch ends
// with must not be mixed into it, and a mean of two sizes is a batch that never was.
func (t *Trace) Batch() float64 {
	if rows, ok := t.batchOfFile(); ok {
		return rows
	}
	s := t.Series(Key{Quantity: BatchRows})
	var order []int
	span := func(i int) float64 {
		if i+1 < s.Len() {
			return float64(s.Steps[i+1] - s.Steps[i])
		}
		return 1
	}
	total := 0.0
	for i := range s.Len() {
		if s.Values[i] > 0 && finite(s.Values[i]) {
			order, total = append(order, i), total+span(i)
		}
	}
	sort.Slice(order, func(a, b int) bool { return s.Values[order[a]] > s.Values[order[b]] })
	above := 0.0
	for _, i := range order {
		if above += span(i); above >= total/2 {
			return s.Values[i]
		}
	}
	return math.NaN()
}

// batchOfFile returns the batch that an experiment file sets, which stands in the
// trace as that of a loader. More rows than there are make no larger batch.
func (t *Trace) batchOfFile() (float64, bool) {
	if !t.OfFile() {
		return 0, false
	}
	for i := range t.Calls {
		if t.Calls[i].Func != "DataLoader" {
			continue
		}
		a, _ := t.Calls[i].Arg("batch_size")
		rows, err := strconv.ParseFloat(a.Text, 64)
		if x := t.Profile(Input, Train); x != nil && x.Total > 0 {
			rows = math.Min(rows, float64(x.Total))
		}
		return rows, err == nil && rows >= 1
	}
	return 0, false
}
