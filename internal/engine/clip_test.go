package engine

import (
	"math"
	"testing"

	"github.com/nnvet/nnvet/internal/engine/kernel"
)

func TestClipsAsPyTorch(t *testing.T) {
	for _, set := range kernel.Sets() {
		for _, c := range optimizerGoldens(t).Clips {
			g := append([]float32(nil), c.Gradient...)
			c.Spec.apply(set, g, norm(set, g))
			for i, want := range c.Clipped {
				if off := math.Abs(float64(g[i] - want)); !(off <= 0x1p-21*math.Abs(float64(want))) {
					t.Errorf("%s: %+v: element %d is %v, PyTorch has %v", set.Name, c.Spec, i, g[i], want)
				}
			}
		}
	}
}

// TestClipKeepsWhatIsNotFinite: NaN must show in the parameters, not vanish.
func TestClipKeepsWhatIsNotFinite(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		name string
		clip Clip
		g    []float32
		want []float32 // as PyTorch
	}{
		{"value, NaN", Clip{Value: 1}, []float32{nan, 2, -2}, []float32{nan, 1, -1}},
		{"value, infinite", Clip{Value: 1}, []float32{inf, -inf}, []float32{1, -1}},
		{"norm, NaN", Clip{Norm: 1}, []float32{nan, 2}, []float32{nan, nan}},
		{"norm, infinite", Clip{Norm: 1}, []float32{inf, 2}, []float32{nan, 0}},
		{"none", Clip{}, []float32{inf, 2}, []float32{inf, 2}},
	} {
		got := append([]float32(nil), c.g...)
		set := kernel.Best()
		c.clip.apply(set, got, norm(set, got))
		for i := range got {
			if got[i] != c.want[i] && !(got[i] != got[i] && c.want[i] != c.want[i]) {
				t.Errorf("%s: %v becomes %v, want %v", c.name, c.g, got, c.want)
				break
			}
		}
	}
}
