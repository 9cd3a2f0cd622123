//go:build unix

package main

import (
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/engine"
)

func rows(features int) engine.Data {
	d := engine.Data{Rows: 200, X: make([]float32, 200*features), Labels: make([]int32, 200)}
	for i := range d.X {
		d.X[i] = float32(i%7) - 3
	}
	return d
}

// TestTimings: every way to train counts the steps that it was told to take.
func TestTimings(t *testing.T) {
	for _, c := range []struct {
		net     string
		workers int
		watch   string
		err     string
	}{
		{"tiny", 1, "none", ""}, {"mlp", 1, "none", ""}, {"cnn", 1, "none", ""}, {"tiny", 2, "none", ""},
		{"tiny", 1, "default", ""}, {"tiny", 1, "every", ""}, {"tiny", 1, "memory", ""},
		{"tiny", 1, "some", `watch "some"`},
	} {
		n, err := named(c.net)
		if err != nil {
			t.Fatal(err)
		}
		got, err := timing{batch: 64, steps: 3, seconds: 0.05, workers: c.workers, watch: c.watch}.train(n, rows(n.input.Size()))
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%+v: error %v", c, err)
			}
			continue
		}
		if err != nil || got.Steps == 0 || c.workers == 1 && got.Steps != 3*int64(got.Trainings) || got.CPU <= 0 || got.Wall < 0.05 {
			t.Errorf("%+v: %+v, error %v", c, got, err)
		}
	}
}

// TestFirstLosses: weights are those that it was given, all of them.
func TestFirstLosses(t *testing.T) {
	n, err := named("tiny")
	if err != nil {
		t.Fatal(err)
	}
	weights := make([]float32, 20*32+32+32*32+32+32*10+10)
	got, err := firstLosses(n, rows(20), weights, 64, 2)
	if err != nil || len(got) != 2 || got[0] < 2.30258 || got[0] > 2.30259 { // ln 10: every class alike
		t.Errorf("losses from zeros: %v, error %v", got, err)
	}
	if _, err := firstLosses(n, rows(20), weights[1:], 64, 2); err == nil || !strings.Contains(err.Error(), "dense3.bias") {
		t.Errorf("a weight short: error %v", err)
	}
}
