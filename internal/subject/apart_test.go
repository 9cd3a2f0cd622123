package subject

import "testing"

func TestWhatIsNotPerfectDoesNotLookSo(t *testing.T) {
	for _, c := range []struct {
		name string
		v    float64
		want string
	}{
		{"r2", 0.99987, "0.9999"},
		{"r2", 0.99996, "0.99996"},
		{"r2", 0.9991, "0.999"},
		{"r2", 1, "1"},
		{"r2", -0.5, "-0.5"},
		{"rmse", 0.9999, "1"},
		{"accuracy", 0.9997, "99.97 %"},
		{"accuracy", 0.953, "95.3 %"},
		{"accuracy", 1, "100.0 %"},
	} {
		if got := bare(c.name, c.v); got != c.want {
			t.Errorf("%s of %v: got %s, want %s", c.name, c.v, got, c.want)
		}
	}
}
