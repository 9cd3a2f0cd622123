package normalization

import (
	"math"
	"testing"

	"github.com/nnvet/nnvet"
)

func TestStandardized(t *testing.T) {
	tests := []struct {
		mean, std float64
		want      string
	}{
		{33.318, 78.567, "(x - 33.3) / 78.6"},
		{1995.23, 11, "(x - 1995.2) / 11"},
		{-5, 2, "(x + 5) / 2"},
		{0.0001, 0.0476, "x / 0.0476"},
		{-0.0004, 0.03, "(x + 0.0004) / 0.03"},
		{52000, 21000, "(x - 52000) / 21000"},
		{123456.7, 0.5, "(x - 123456.7) / 0.5"},
		{0, 3e-9, "x / 3e-09"},
		{1e20, 1e19, "(x - 1e+20) / 1e+19"},
		{math.NaN(), math.NaN(), "(x - NaN) / NaN"},
	}
	for _, tt := range tests {
		if got := standardized("x", nnvet.Moments{Mean: tt.mean, Std: tt.std}); got != tt.want {
			t.Errorf("mean %g, std %g: got %q, want %q", tt.mean, tt.std, got, tt.want)
		}
	}
}

func TestShort(t *testing.T) {
	tests := []struct {
		v    float64
		want string
	}{
		{0.1234, "0.12"}, {1, "1.0"}, {78.6, "79"}, {2617, "2600"}, {99999, "1e+05"}, {0, "0"},
		{-2.1e5, "-2e+05"}, {1.2e-4, "0.0001"}, {-1.2e-9, "-1e-09"}, {math.Inf(1), "+Inf"}, {math.NaN(), "NaN"},
	}
	for _, tt := range tests {
		if got := short(tt.v); got != tt.want {
			t.Errorf("short(%g) = %q, want %q", tt.v, got, tt.want)
		}
	}
}
