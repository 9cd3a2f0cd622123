package prepare

import (
	"fmt"
	"testing"

	"github.com/nnvet/nnvet/internal/dataset"
)

func BenchmarkInputs(b *testing.B) {
	const rows = 20_000
	columns := make([]dataset.Column, 0, 31)
	for j := range 30 {
		columns = append(columns, ramp(fmt.Sprint("x", j), rows))
	}
	image := rowsOf("image", []int{28, 28, 1}, make([]float32, rows*28*28)...)
	for i := range image.Values {
		image.Values[i] = float32(i % 256)
	}
	for _, c := range []struct {
		name string
		data *dataset.Table
	}{
		{"30 numbers", tableOf(append(columns, ramp("y", rows))...)},
		{"images 28x28", tableOf(image, ramp("y", rows))},
	} {
		plan := Plan{Target: "y"}
		split := &Split{Train: allRows(rows)}
		p, err := plan.Fit(c.data, split)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name+"/fit", func(b *testing.B) {
			b.SetBytes(p.Bytes(rows))
			for b.Loop() {
				if _, err := plan.Fit(c.data, split); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(c.name+"/inputs", func(b *testing.B) {
			b.SetBytes(p.Bytes(rows))
			for b.Loop() {
				if _, _, err := p.Inputs(c.data, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
