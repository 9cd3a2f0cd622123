package tracefile

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"github.com/nnvet/nnvet"
)

// TestTensors holds that the record that encodes itself reads back as any
// other, and that a trace in memory is the same as one through a file.
func TestTensors(t *testing.T) {
	record := &Tensors{
		S: 7,
		W: Block{I: []int64{0}, N: []int64{6}, Mean: []float64{0.25}, Std: []float64{1e-7}, Min: []float64{math.Inf(-1)}, Max: []float64{math.NaN()}, L2: []float64{2}, NZ: []int64{6}, NF: []int64{1}},
		G: Block{I: []int64{0}, N: []int64{6}, L2: []float64{1.0 / 3}},
	}
	network := map[string]any{"k": "model", "s": 0, "params": []any{map[string]any{"i": 0, "n": "fc.weight", "m": -1, "shape": []int{2, 3}, "rg": true}}}

	var lines bytes.Buffer
	file, memory := NewReader("file"), NewReader("memory")
	for _, w := range []*Writer{NewWriter(&lines), NewWriter(memory)} {
		for _, r := range []any{network, record} {
			if err := w.Write(r); err != nil {
				t.Fatal(err)
			}
		}
	}
	const want = `{"k":"tens","s":7,"w":{"i":[0],"n":[6],"mean":[0.25],"std":[1e-07],"min":["-inf"],"max":["nan"],"l2":[2],"nz":[6],"nf":[1]},"g":{"i":[0],"n":[6],"l2":[0.333333]}}`
	if _, got, _ := bytes.Cut(bytes.TrimSpace(lines.Bytes()), []byte("\n")); string(got[crcLen:]) != want {
		t.Errorf("got:\n%s\nwant:\n%s", got[crcLen:], want)
	}
	file.Write(lines.Bytes())
	for _, r := range []*Reader{file, memory} {
		s := r.Snapshot()
		if len(s.Lost) > 0 {
			t.Errorf("lost: %q", s.Lost)
		}
		for q, want := range map[nnvet.Quantity]float64{nnvet.WeightStd: 1e-7, nnvet.WeightBad: 1, nnvet.GradNorm: 1.0 / 3} {
			got := s.Series(nnvet.Key{Quantity: q, Site: "fc.weight"})
			if got.Len() != 1 || got.Steps[0] != 7 || math.Abs(got.Values[0]-want) > 1e-6*want {
				t.Errorf("%s: %s: got %v, want %g at step 7", r.name, q, got, want)
			}
		}
	}
}

// TestFrequent holds what the other records that encode themselves look like,
// and that they say in memory what they say through a file.
func TestFrequent(t *testing.T) {
	network := []any{
		map[string]any{"k": "model", "s": 0, "params": []any{map[string]any{"i": 0, "n": "fc.weight", "m": -1, "shape": []int{2, 3}, "rg": true}}},
		map[string]any{"k": "optim", "i": 0, "c": "SGD", "groups": []any{map[string]any{"a": map[string]any{"lr": 0.1}, "p": []int{0}}}},
		map[string]any{"k": "head", "s": 0, "h": 0, "loss": "mse_loss", "red": "mean", "root": true, "shape": []int{8, 1}},
	}
	inf, nan := math.Inf(1), math.NaN()
	for _, tt := range []struct {
		record any
		want   string
	}{
		{
			&Data{S: 3, Role: "input", Split: nnvet.Train, Site: "Sequential", Layout: "features", Dt: "float32", Shape: []int64{8, 2}, Of: 2, Rows: 8,
				Cols: []int64{0, 1}, N: []int64{8, 0}, Mean: []float64{1.0 / 3, nan}, Std: []float64{1, nan}, Min: []float64{0, inf}, Max: []float64{2, -inf},
				Nz: []int64{7, 0}, Nf: []int64{0, 8}, Whole: []int64{0, 1}},
			`{"k":"data","s":3,"role":"input","split":"train","site":"Sequential","layout":"features","dt":"float32","shape":[8,2],"of":2,"rows":8,` +
				`"cols":[0,1],"n":[8,0],"mean":[0.333333,"nan"],"std":[1,"nan"],"min":[0,"inf"],"max":[2,"-inf"],"nz":[7,0],"nf":[0,8],"whole":[0,1]}`,
		}, {
			&Data{Role: "target", Split: nnvet.Train, Site: "0", Src: `a"b.py:3`, Layout: "features", Dt: "float32", Shape: []int64{9, 1}, Of: 1, Rows: 9,
				Cols: []int64{0}, N: []int64{9}, Mean: []float64{1}, Std: []float64{0}, Ranges: &Ranges{N: 9, G0: 9, A1: 9}, Rowsum: &RowSums{Lo: 0.5, Hi: 3}},
			`{"k":"data","s":0,"role":"target","split":"train","site":"0","src":"a\"b.py:3","layout":"features","dt":"float32","shape":[9,1],"of":1,"rows":9,` +
				`"cols":[0],"n":[9],"mean":[1],"std":[0],"ranges":{"n":9,"lm1":0,"l0":0,"g0":9,"g1":0,"am1":0,"a0":0,"a1":9},"rowsum":{"lo":0.5,"hi":3}}`,
		}, {
			&Noise{S: 3, Row: 2.5, Batch: Number(math.Inf(1))}, `{"k":"noise","s":3,"row":2.5,"batch":"inf"}`,
		}, {
			&Depth{K: "depth", S: 2, I: []int64{}}, `{"k":"depth","s":2,"i":[]}`,
		}, {
			&Prediction{S: 4, Split: nnvet.Train, Loss: 0.1, Acc: 0.0123456789, N: 16, Mean: 1.0 / 3, Std: 1e-9, Min: -2, Max: 3},
			`{"k":"pred","s":4,"h":0,"split":"train","loss":0.1,"acc":0.0123457,"n":16,"mean":0.333333,"std":1e-09,"min":-2,"max":3,"nf":0}`,
		}, {
			&Prediction{S: 5, Split: nnvet.Train, Loss: float32(nan), Acc: nan},
			`{"k":"pred","s":5,"h":0,"split":"train","loss":"nan"}`,
		}, {
			&Steps{First: 2, Last: 5, Seconds: 12345.6789, Loss: []float32{0.7, float32(inf)}, Every: 2, Rate: 0.000123456789, Rows: 32, Overhead: 0.01,
				Clip: &Clipping{Kind: "norm", Max: 1, S: []int64{2, 4}, Norm: []float32{0.5, 3}, Src: "a.yaml:7"}},
			`{"k":"step","s":[2,5],"t":12345.6789,"loss":[0.7,"inf"],"every":2,"lr":[[0.000123456789]],"bs":32,"bw":1,` +
				`"clip":{"kind":"norm","max":1,"s":[2,4],"norm":[0.5,3],"src":"a.yaml:7"},"ov":0.01}`,
		}, {
			&Steps{First: 6, Last: 6, Loss: []float32{1}, Every: 1, Rate: 0.1, Rows: 32},
			`{"k":"step","s":[6,6],"t":0,"loss":[1],"lr":[[0.1]],"bs":32,"bw":1,"ov":0}`,
		},
	} {
		var lines bytes.Buffer
		file, memory := NewReader("file"), NewReader("file")
		for _, w := range []*Writer{NewWriter(&lines), NewWriter(memory)} {
			for _, r := range append(network[:len(network):len(network)], tt.record) {
				if err := w.Write(r); err != nil {
					t.Fatal(err)
				}
			}
		}
		all := bytes.Split(bytes.TrimSpace(lines.Bytes()), []byte("\n"))
		if got := string(all[len(all)-1][crcLen:]); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
		file.Write(lines.Bytes())
		got, want := fmt.Sprintf("%.5v", told(memory)), fmt.Sprintf("%.5v", told(file))
		if got != want || len(file.Snapshot().Lost) > 0 {
			t.Errorf("%s\nin memory %s\nin a file %s\nlost %q", tt.want, got, want, file.Snapshot().Lost)
		}
	}
}

// told returns what the records of a file said.
func told(r *Reader) []any {
	s := r.Snapshot()
	out := []any{s.Run, s.Profiles}
	for _, q := range nnvet.Quantities {
		for x := range s.All(q.Name) {
			out = append(out, x.Key, x.Steps, x.Values)
		}
	}
	return out
}
