package engine

import (
	"fmt"
	"math"
	"strings"
)

// An augmentation is a row of the table of what can be done to training rows.
type augmentation struct {
	name  string
	image bool // takes rows of [height, width, channels]
	most  float64
	apply func(*augmenter, float64, fed)
}

var augmentations = []augmentation{
	{"noise", false, math.Inf(1), (*augmenter).noise},
	{"flip", true, 1, (*augmenter).flip},
	{"shift", true, math.Inf(1), (*augmenter).shift},
	{"crop", true, math.Inf(1), (*augmenter).crop},
	{"mixup", false, math.Inf(1), (*augmenter).mixup},
}

// AugmentKinds lists the names that Augment.Kind may have.
func AugmentKinds() []string {
	var names []string
	for _, a := range augmentations {
		names = append(names, a.name)
	}
	return names
}

// fed is a batch of which everything may be changed.
type fed struct {
	x, y   []float32
	labels []int32
	rows   int
}

// An augmenter changes batches of training rows in place.
type augmenter struct {
	shape   Shape
	steps   []Augment
	calls   []augmentation
	random  *stream
	scratch []float32 // a row of an image, or a batch
	targets []float32
	classes []int32
	partner []int32
}

func (a *augmenter) reset(steps []Augment, shape Shape) error {
	a.shape, a.steps, a.calls = shape, steps, a.calls[:0]
	if a.random == nil && len(steps) > 0 {
		a.random = newStream()
	}
	for i, s := range steps {
		call, err := s.find(shape)
		if err != nil {
			return &LayerError{Path: fmt.Sprintf("augment[%d]", i), Source: s.Source, Err: err}
		}
		a.calls = append(a.calls, call)
	}
	return nil
}

func (s Augment) find(shape Shape) (augmentation, error) {
	for _, a := range augmentations {
		if a.name != s.Kind {
			continue
		}
		if a.image && len(shape) != 3 {
			return a, fmt.Errorf("%s: rows of %v are no images: they must be [height, width, channels]", s.Kind, shape)
		}
		if !(s.Amount >= 0 && s.Amount <= a.most) || math.IsInf(s.Amount, 0) {
			return a, fmt.Errorf("%s: amount %v: it must be at least 0 and at most %v", s.Kind, s.Amount, a.most)
		}
		if (s.Kind == "shift" || s.Kind == "crop") && s.Amount >= float64(min(shape[0], shape[1])) {
			return a, fmt.Errorf("%s: %v pixels leave nothing of an image of %d x %d: use fewer", s.Kind, s.Amount, shape[0], shape[1])
		}
		return a, nil
	}
	return augmentation{}, fmt.Errorf("there is no %q: use one of %s", s.Kind, strings.Join(AugmentKinds(), ", "))
}

// apply changes the batch of a step.
func (a *augmenter) apply(seed, step int64, b fed) {
	a.random.restart(seed, augmenting, step)
	for i, call := range a.calls {
		if a.steps[i].Amount > 0 {
			call.apply(a, a.steps[i].Amount, b)
		}
	}
}

// noise adds normal noise of standard deviation std to every element.
func (a *augmenter) noise(std float64, b fed) {
	for i := range b.x {
		b.x[i] += float32(std * a.random.NormFloat64())
	}
}

// flip mirrors a share of the images left to right.
func (a *augmenter) flip(share float64, b fed) {
	h, w, c := a.shape[0], a.shape[1], a.shape[2]
	for row := range b.rows {
		if a.random.Float64() >= share {
			continue
		}
		for y := range h {
			line := b.x[(row*h+y)*w*c : (row*h+y+1)*w*c]
			for l, r := 0, w-1; l < r; l, r = l+1, r-1 {
				for k := range c {
					line[l*c+k], line[r*c+k] = line[r*c+k], line[l*c+k]
				}
			}
		}
	}
}

// shift moves every image by up to some pixels each way and repeats its edge.
func (a *augmenter) shift(pixels float64, b fed) { a.move(int(pixels), b, true) }

// crop pads every image with zeros and cuts one of the old size out of it, at
// random: what moving it and filling in zeros gives.
func (a *augmenter) crop(padding float64, b fed) { a.move(int(padding), b, false) }

func (a *augmenter) move(most int, b fed, edge bool) {
	h, w, c := a.shape[0], a.shape[1], a.shape[2]
	a.scratch = resized(a.scratch, max(len(a.scratch), h*w*c))
	for row := range b.rows {
		dy, dx := a.random.IntN(2*most+1)-most, a.random.IntN(2*most+1)-most
		to := b.x[row*h*w*c : (row+1)*h*w*c]
		from := a.scratch[:len(to)]
		copy(from, to)
		for y := range h {
			for x := range w {
				pixel := to[(y*w+x)*c : (y*w+x+1)*c]
				sy, sx := y-dy, x-dx
				if edge {
					sy, sx = min(max(sy, 0), h-1), min(max(sx, 0), w-1)
				}
				if sy < 0 || sy >= h || sx < 0 || sx >= w {
					clear(pixel)
					continue
				}
				copy(pixel, from[(sy*w+sx)*c:])
			}
		}
	}
}

// mixup mixes every row with another of its batch, lambda of the one and
// 1-lambda of the other, with one lambda a batch from Beta(alpha, alpha). Class
// indices cannot be mixed: a row keeps its own with probability lambda and takes
// the other's else, which in the mean is the mixed loss.
func (a *augmenter) mixup(alpha float64, b fed) {
	lambda := a.beta(max(alpha, 1e-6)) // below that it is 0 or 1
	a.partner = resized(a.partner, max(len(a.partner), b.rows))
	partner := a.partner[:b.rows]
	for i := range partner {
		partner[i] = int32(i)
	}
	a.random.Shuffle(len(partner), func(i, j int) { partner[i], partner[j] = partner[j], partner[i] })
	a.scratch = mix(b.x, a.scratch, partner, lambda)
	a.targets = mix(b.y, a.targets, partner, lambda)
	if b.labels == nil {
		return
	}
	a.classes = append(a.classes[:0], b.labels...)
	for i := range b.labels {
		if a.random.Float64() >= lambda {
			b.labels[i] = a.classes[partner[i]]
		}
	}
}

// mix mixes rows with their partners, by way of scratch, which it returns.
func mix(x, scratch []float32, partner []int32, lambda float64) []float32 {
	if len(x) == 0 {
		return scratch
	}
	scratch = append(scratch[:0], x...)
	width, own, other := len(x)/len(partner), float32(lambda), float32(1-lambda)
	for i, p := range partner {
		row, from := x[i*width:(i+1)*width], scratch[int(p)*width:(int(p)+1)*width]
		for j := range row {
			row[j] = float32(own*row[j]) + float32(other*from[j])
		}
	}
	return scratch
}

// beta draws from Beta(alpha, alpha).
func (a *augmenter) beta(alpha float64) float64 {
	x, y := a.logGamma(alpha), a.logGamma(alpha)
	return 1 / (1 + math.Exp(y-x))
}

// logGamma draws the logarithm of a Gamma(alpha, 1), by Marsaglia and Tsang
// (2000). The logarithm holds for the smallest alpha, whose draws underflow.
func (a *augmenter) logGamma(alpha float64) float64 {
	boost := 0.0
	if alpha < 1 {
		boost = math.Log(1-a.random.Float64()) / alpha
		alpha++
	}
	d := alpha - 1.0/3
	for {
		x := a.random.NormFloat64()
		v := 1 + x/math.Sqrt(9*d)
		if v <= 0 {
			continue
		}
		v *= v * v
		if math.Log(1-a.random.Float64()) < x*x/2+d*(1-v+math.Log(v)) {
			return math.Log(d*v) + boost
		}
	}
}
