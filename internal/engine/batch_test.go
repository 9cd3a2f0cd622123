package engine

import (
	"slices"
	"testing"
)

// numbered are rows whose inputs, targets and labels tell which they are.
func numbered(rows int) Data {
	d := Data{Rows: rows}
	for i := range rows {
		d.X = append(d.X, float32(i), float32(-i))
		d.Y = append(d.Y, float32(10*i))
		d.Labels = append(d.Labels, int32(i))
	}
	return d
}

// epoch returns the rows of one epoch, in batches of n, in the order they came.
func epoch(t *testing.T, b *batcher, n int) []int32 {
	var order []int32
	for from := 0; from < b.data.Rows; from += n {
		rows := min(n, b.data.Rows-from)
		x, y, labels := b.rows(from, rows)
		if len(x) != 2*rows || len(y) != rows || len(labels) != rows {
			t.Fatalf("%d rows give %d inputs, %d targets, %d labels", rows, len(x), len(y), len(labels))
		}
		for i, l := range labels {
			if x[2*i] != float32(l) || x[2*i+1] != float32(-l) || y[i] != float32(10*l) {
				t.Fatalf("row %d has inputs %v, targets %v", l, x[2*i:2*i+2], y[i])
			}
		}
		order = append(order, labels...)
	}
	return order
}

func TestBatches(t *testing.T) {
	d := numbered(10)
	for _, c := range []struct {
		name            string
		shuffle, copies bool
	}{{"in order", false, false}, {"in order, copied", false, true}, {"shuffled", true, false}} {
		var b batcher
		b.reset(d, 2, 1, 4, c.shuffle, c.copies)
		b.begin(1, 0)
		first := epoch(t, &b, 4)
		if slices.IsSorted(first) == c.shuffle {
			t.Errorf("%s: %v", c.name, first)
		}
		b.begin(1, 1)
		second := epoch(t, &b, 4)
		if slices.Equal(first, second) == c.shuffle {
			t.Errorf("%s: %v, then %v", c.name, first, second)
		}
		b.begin(1, 0)
		if again := epoch(t, &b, 4); !slices.Equal(first, again) {
			t.Errorf("%s: epoch 0 is %v and then %v", c.name, first, again)
		}
		b.begin(2, 0)
		if other := epoch(t, &b, 4); slices.Equal(first, other) == c.shuffle {
			t.Errorf("%s: another seed gives %v", c.name, other)
		}
		if slices.Sort(first); !slices.Equal(first, d.Labels) {
			t.Errorf("%s: an epoch has rows %v", c.name, first)
		}
	}
}

// TestShuffleIsFair: each of 6 rows is first in about a sixth of the epochs.
func TestShuffleIsFair(t *testing.T) {
	var b batcher
	b.reset(numbered(6), 2, 1, 6, true, false)
	const epochs = 6000
	var first [6]int
	for e := range epochs {
		b.begin(0, e)
		first[b.order[0]]++
	}
	for row, n := range first {
		if n < 850 || n > 1150 { // 5 standard deviations
			t.Errorf("row %d is first in %d of %d epochs: %v", row, n, epochs, first)
		}
	}
}
