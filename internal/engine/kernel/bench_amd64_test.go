//go:build unix

package kernel

import "testing"

// BenchmarkPeak is what products are measured against: fused multiply-adds in
// registers, nothing else.
func BenchmarkPeak(b *testing.B) {
	for _, s := range vectorSets() {
		peak, lanes := peakAVX2, 8
		if s.Name == "avx512" {
			peak, lanes = peakAVX512, 16
		}
		b.Run(s.Name, func(b *testing.B) {
			const n = 100_000
			rate(b, "GFLOP/s", 2*n*12*lanes, func() { peak(n) })
		})
	}
}
