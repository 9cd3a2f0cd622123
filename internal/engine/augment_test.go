package engine

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func augmented(t *testing.T, a Augment, shape Shape, step int64, b fed) fed {
	t.Helper()
	var by augmenter
	if err := by.reset([]Augment{a}, shape); err != nil {
		t.Fatal(err)
	}
	out := fed{slices.Clone(b.x), slices.Clone(b.y), slices.Clone(b.labels), b.rows}
	by.apply(1, step, out)
	return out
}

func TestNoise(t *testing.T) {
	b := fed{x: make([]float32, 10000), rows: 100}
	got := augmented(t, Augment{Kind: "noise", Amount: 0.5}, Shape{100}, 0, b)
	sum, squares := 0.0, 0.0
	for _, v := range got.x {
		sum += float64(v)
		squares += float64(v) * float64(v)
	}
	if mean, std := sum/1e4, math.Sqrt(squares/1e4); math.Abs(mean) > 0.025 || math.Abs(std-0.5) > 0.018 { // 5 standard errors
		t.Errorf("noise of mean %v and standard deviation %v, want 0 and 0.5", mean, std)
	}
}

func TestFlip(t *testing.T) {
	image := []float32{1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60} // 2 x 3, two channels
	mirror := []float32{3, 30, 2, 20, 1, 10, 6, 60, 5, 50, 4, 40}
	all := augmented(t, Augment{Kind: "flip", Amount: 1}, Shape{2, 3, 2}, 0, fed{x: image, rows: 1})
	if !slices.Equal(all.x, mirror) {
		t.Errorf("%v flips to %v, want %v", image, all.x, mirror)
	}
	var many []float32
	for range 1000 {
		many = append(many, image...)
	}
	some, flipped := augmented(t, Augment{Kind: "flip", Amount: 0.3}, Shape{2, 3, 2}, 0, fed{x: many, rows: 1000}), 0
	for i := range 1000 {
		switch row := some.x[i*12 : (i+1)*12]; {
		case slices.Equal(row, mirror):
			flipped++
		case !slices.Equal(row, image):
			t.Fatalf("row %d is %v", i, row)
		}
	}
	if flipped < 225 || flipped > 375 {
		t.Errorf("%d of 1000 are flipped, want about 300", flipped)
	}
}

func TestMoves(t *testing.T) {
	const h, w = 4, 5
	image := make([]float32, h*w)
	for i := range image {
		image[i] = float32(1 + i)
	}
	for _, c := range []struct {
		kind string
		edge bool
	}{{"shift", true}, {"crop", false}} {
		seen := make(map[[2]int]bool)
		for step := range int64(200) {
			got := augmented(t, Augment{Kind: c.kind, Amount: 1}, Shape{h, w, 1}, step, fed{x: image, rows: 1})
			found := false
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					if slices.Equal(got.x, shiftedImage(image, h, w, dy, dx, c.edge)) {
						seen[[2]int{dy, dx}], found = true, true
					}
				}
			}
			if !found {
				t.Fatalf("%s: %v is no move of %v", c.kind, got.x, image)
			}
		}
		if len(seen) != 9 {
			t.Errorf("%s: %d moves in 200 steps, want 9", c.kind, len(seen))
		}
	}
}

func shiftedImage(image []float32, h, w, dy, dx int, edge bool) []float32 {
	out := make([]float32, h*w)
	for y := range h {
		for x := range w {
			sy, sx := y-dy, x-dx
			if edge {
				sy, sx = min(max(sy, 0), h-1), min(max(sx, 0), w-1)
			}
			if sy >= 0 && sy < h && sx >= 0 && sx < w {
				out[y*w+x] = image[sy*w+sx]
			}
		}
	}
	return out
}

func TestMixup(t *testing.T) {
	b := fed{x: []float32{0, 1, 2, 3}, y: []float32{0, 10, 20, 30}, labels: []int32{0, 1, 2, 3}, rows: 4}
	others, own := 0, 0
	for step := range int64(500) {
		got := augmented(t, Augment{Kind: "mixup", Amount: 1}, Shape{1}, step, b)
		for i, v := range got.x {
			if math.Abs(float64(got.y[i]-10*v)) > 1e-4 || v < 0 || v > 3.0001 {
				t.Fatalf("step %d: input %v has target %v", step, v, got.y[i])
			}
			if got.labels[i] == int32(i) {
				own++
			} else {
				others++
			}
		}
	}
	// a row has another partner in 3 of 4 cases, and takes its class in half of these
	if share := float64(others) / float64(own+others); math.Abs(share-0.375) > 0.05 {
		t.Errorf("%v of the rows take another's class, want 0.375", share)
	}
	if !slices.Equal(b.x, []float32{0, 1, 2, 3}) {
		t.Error("the data changed")
	}
}

// TestBeta compares mean and variance of Beta(a, a), 1/2 and 1/(4(2a+1)).
func TestBeta(t *testing.T) {
	for _, alpha := range []float64{1e-6, 0.2, 0.4, 1, 3} {
		a := augmenter{random: newStream()}
		a.random.restart(1, augmenting, 0)
		const n = 20000
		sum, squares := 0.0, 0.0
		for range n {
			v := a.beta(alpha)
			if !(v >= 0 && v <= 1) {
				t.Fatalf("Beta(%v, %v) gives %v", alpha, alpha, v)
			}
			sum += v
			squares += (v - 0.5) * (v - 0.5)
		}
		if mean, variance := sum/n, squares/n; math.Abs(mean-0.5) > 0.02 || math.Abs(variance-0.25/(2*alpha+1)) > 0.01 {
			t.Errorf("Beta(%v, %v) has mean %v and variance %v", alpha, alpha, mean, variance)
		}
	}
}

func TestAugmentDependsOnStepAlone(t *testing.T) {
	b := fed{x: []float32{1, 2, 3, 4}, rows: 2}
	noise := Augment{Kind: "noise", Amount: 1}
	first, again, next := augmented(t, noise, Shape{2}, 5, b), augmented(t, noise, Shape{2}, 5, b), augmented(t, noise, Shape{2}, 6, b)
	if !slices.Equal(first.x, again.x) || slices.Equal(first.x, next.x) {
		t.Errorf("step 5 gives %v and %v, step 6 %v", first.x, again.x, next.x)
	}
}

func TestAugmentRefuses(t *testing.T) {
	for _, c := range []struct {
		a     Augment
		shape Shape
		want  string
	}{
		{Augment{Kind: "blur"}, Shape{4}, `augment[0]: there is no "blur": use one of noise`},
		{Augment{Kind: "crop", Amount: 2}, Shape{4}, "are no images"},
		{Augment{Kind: "flip", Amount: 2}, Shape{4, 4, 1}, "amount 2"},
		{Augment{Kind: "shift", Amount: 4}, Shape{4, 4, 1}, "leave nothing of an image of 4 x 4"},
		{Augment{Kind: "noise", Amount: math.NaN()}, Shape{4}, "amount NaN"},
		{Augment{Kind: "mixup", Amount: math.Inf(1)}, Shape{4}, "amount +Inf"},
	} {
		var by augmenter
		if err := by.reset([]Augment{c.a}, c.shape); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want %q", c.a, err, c.want)
		}
	}
}
