package batchsize

import (
	"math"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/vettest"
)

func TestChecks(t *testing.T) {
	for _, c := range []*nnvet.Check{&TooLarge, &TooSmall, &TooFewUpdates, &ResolutionCounts} {
		t.Run(c.Name, func(t *testing.T) { vettest.Run(t, c) })
	}
}

// Rows' gradients of variance 12 in all round a mean of squared norm 1: of 4
// rows, the mean's squared norm is 1 + 12/4 on average, and a row's is 13.
func TestNoiseScale(t *testing.T) {
	tr, _, err := vettest.Parse(`{"k":"model","s":0,"c":"Linear","mods":[{"i":0,"n":"","c":"Linear","leaf":true}],"params":[{"i":0,"n":"weight","m":0,"shape":[1,9],"dt":"float32","rg":true}]}
batch.rows: 4x200
grad.row: 13x200
grad.batch: 4x200
loss/train: 1x200
`)
	if err != nil {
		t.Fatal(err)
	}
	got, ok := noiseOf(tr)
	if !ok || math.Abs(got.rows-12) > 1e-9 || got.bound {
		t.Errorf("got %+v %v, want a scale of 12 rows", got, ok)
	}
}

func TestSmallerBatch(t *testing.T) {
	tests := []struct {
		batch, total, noise, want float64
	}{
		{512, 512, math.Inf(1), 16},      // few rows
		{5000, 60000, math.Inf(1), 1024}, // 50 updates an epoch
		{5000, 60000, 100, 64},           // the noise scale
		{5000, 60000, 2, 8},              // never below
		{24, 60000, 2, 8},
		{12, 100, math.Inf(1), 4}, // at least halved
	}
	for _, tt := range tests {
		p := plan{batch: tt.batch, total: tt.total}
		if got := p.smaller(tt.noise); got != tt.want {
			t.Errorf("batch %v of %v rows, noise scale %v: got %v, want %v", tt.batch, tt.total, tt.noise, got, tt.want)
		}
	}
}
