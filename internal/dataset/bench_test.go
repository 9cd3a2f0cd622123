package dataset_test

import (
	"context"
	"math/rand/v2"
	"strconv"
	"syscall"
	"testing"

	"github.com/nnvet/nnvet/internal/dataset"
)

// BenchmarkCSV reads numbers as float32 are written, and as NumPy and pandas
// write float64, in 30 columns.
func BenchmarkCSV(b *testing.B) {
	for _, c := range []struct {
		name string
		bits int
		form byte
		prec int
	}{{"6 digits", 64, 'f', 6}, {"float32", 32, 'g', -1}, {"float64", 64, 'g', -1}} {
		b.Run(c.name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 2))
			var text []byte
			for i := range 40_000 * 30 {
				text = strconv.AppendFloat(text, float64(float32(r.NormFloat64())), c.form, c.prec, c.bits)
				text = append(text, ",\n"[b2i(i%30 == 29)])
			}
			path := write(b, "a.csv", string(text))
			s, err := dataset.Open(context.Background(), path, dataset.Options{})
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			start := cpuSeconds(b)
			for b.Loop() {
				if err := s.Scan(context.Background(), func(*dataset.Batch) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(text)*b.N)/1e6/(cpuSeconds(b)-start), "MB/cpu-s") // holds where the core is shared
		})
	}
}

// cpuSeconds returns the time that the process has computed.
func cpuSeconds(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
