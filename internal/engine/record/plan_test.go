package record

import (
	"fmt"
	"testing"
)

// follow returns the steps that a plan samples, and how often it looks in all.
func follow(p plan, first, total int64) (samples []int64, looks int) {
	for s := first; s < total; s++ {
		if s >= p.sample {
			samples = append(samples, s)
			p.sampled(s)
		} else if s < p.look {
			continue
		}
		looks++
		p.looked(s)
	}
	return samples, looks
}

func TestPlan(t *testing.T) {
	samples, _ := follow(newPlan(false, 0, 1000, 64), 0, 1000)
	const want = "[0 1 2 3 4 14 24 34 44 54 64 74 84 94 104 114 125 137 150 165 181 199 218 239 262 288 316 347 381 419 460 506 556 611 672 739 812 893 982]"
	if got := fmt.Sprint(samples); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, tt := range []struct {
		name                string
		every               bool
		first, total, batch int64
		samples, looks      int
	}{
		{"a few steps", false, 0, 40, 32, 29, 40},
		{"a thousand", false, 0, 1000, 64, 39, 71},
		{"a thousand, small batches", false, 0, 1000, 8, 39, 509},
		{"a million", false, 0, 1e6, 64, 111, 142},
		{"a million from the middle on", false, 5e5, 1e6, 64, 8, 28},
		{"every step", true, 0, 1000, 64, 1000, 1000},
	} {
		samples, looks := follow(newPlan(tt.every, tt.first, tt.total, int(tt.batch)), tt.first, tt.total)
		if len(samples) != tt.samples || looks != tt.looks {
			t.Errorf("%s: got %d samples and %d looks, want %d and %d", tt.name, len(samples), looks, tt.samples, tt.looks)
		}
	}
}
