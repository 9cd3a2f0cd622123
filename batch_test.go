package nnvet_test

import (
	"testing"

	"github.com/nnvet/nnvet"
)

// TestBatch holds that the shorter batch at an epoch's end is not mixed into the
// typical one, however often it was looked at, and that a file's word counts.
func TestBatch(t *testing.T) {
	steps := []int64{0, 1, 2, 12}
	for _, c := range []struct {
		name string
		rows []float64
		file string
		want float64
	}{
		{"half of the looks at the last batch", []float64{512, 240, 512, 240}, "", 512},
		{"two sizes as often, the larger", []float64{240, 512}, "", 512},
		{"the setting of a file", []float64{240, 240}, "512", 512},
		{"an automatic setting", []float64{64, 64}, "auto", 64},
	} {
		var b nnvet.Builder
		for i, v := range c.rows {
			if err := b.Add(nnvet.Key{Quantity: nnvet.BatchRows}, steps[i], v); err != nil {
				t.Fatal(err)
			}
		}
		if c.file != "" {
			b.Run.Framework = nnvet.Engine
			b.Calls = []nnvet.Call{{Func: "DataLoader", Args: []nnvet.Arg{{Name: "batch_size", Text: c.file}}}}
		}
		if got := b.Snapshot().Batch(); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
