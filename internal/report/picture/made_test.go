package picture

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
)

// made returns pictures of what no single run has: proofs, races, experiments,
// samples that were kept.
func made() []drawn {
	proof, _ := Proof(proven())
	blown, _ := Proof(&nnvet.Proof{Verdict: "inconclusive", Scale: "skill", Before: math.Inf(-1), After: 0.4, Lo: math.Inf(-1), Hi: math.Inf(1), Seeds: 1, Without: []float64{1, 3, math.NaN(), math.NaN()}, With: []float64{1, 0.8, 0.7, 0.6}})
	gallery, _ := Gallery(samples())
	return []drawn{
		{"proof", []Picture{proof}},
		{"proof-blown", []Picture{blown}},
		{"race", race("lr-too-high", "lr", []float64{1e-4, 1e-3, 3e-3, 0.01, 0.1}, [][]float64{{0.2, 0.22, 0.19}, {0.6, 0.62, 0.63}, {0.71, 0.7, 0.73}, {0.5, 0.66, 0.4}, {-2, math.Inf(-1), math.NaN()}})},
		{"race-batch", race("batch-too-large", "batch", []float64{8, 32, 128, 512}, [][]float64{{0.6, 0.62, 0.63}, {0.71, 0.7, 0.73}, {0.7, 0.69, 0.71}, {0.3, 0.32, 0.31}})},
		{"width", experiment("width-sweep", "NN1104", []nnvet.Arm{{What: "32 units", Size: 1}, {What: "8 units", Size: 0.25}, {What: "16 units", Size: 0.5}, {What: "64 units", Size: 2}, {What: "128 units", Size: 4}})},
		{"depth", experiment("too-deep", "NN1001", []nnvet.Arm{{What: "12 layers", Size: 1}, {What: "6 layers", Size: 0.5}, {What: "3 layers", Size: 0.25}})},
		{"columns", columns()},
		{"gallery", []Picture{gallery}},
	}
}

func proven() *nnvet.Proof {
	p := &nnvet.Proof{Verdict: "proven", Scale: "skill", Split: nnvet.Validation, Before: 0.31, After: 0.83, Lo: 0.44, Hi: 0.6, P: 0.01, Seeds: 6,
		Figures: []nnvet.Told{{Name: "accuracy", Before: 0.41, After: 0.87}}}
	for i := range 100 {
		x := float64(i) / 100
		p.Without = append(p.Without, 1.1-0.4*x+0.05*math.Sin(40*x))
		p.With = append(p.With, 0.2+0.9*math.Exp(-6*x))
	}
	return p
}

// race returns the pictures of a finding whose proof chose a value of a knob.
func race(check, knob string, values []float64, scores [][]float64) []Picture {
	p := proven()
	for i, v := range values {
		p.Raced = append(p.Raced, nnvet.Raced{Settings: []nnvet.Setting{{Name: knob, To: num(v)}}, Scores: scores[i]})
	}
	var b nnvet.Builder
	_ = b.Add(nnvet.Key{Quantity: nnvet.Rate, Site: "SGD"}, 0, 0.3)
	_ = b.Add(nnvet.Key{Quantity: nnvet.BatchRows}, 0, 256)
	f := nnvet.Finding{Check: checks.Find(check), Proof: p, Evidence: []nnvet.Evidence{{What: "update over weight", Saw: 0.8, Limit: "ratio", At: 0.45, Lo: 4.4e-4, Hi: 0.032}}}
	return Of(b.Snapshot(), &nnvet.Result{Findings: []nnvet.Finding{f}}, &f)
}

// experiment returns the pictures of a check whose experiment was done.
func experiment(check, id string, arms []nnvet.Arm) []Picture {
	for i := range arms {
		x := math.Log2(arms[i].Size)
		for k := range 5 {
			arms[i].At = append(arms[i].At, float64(k))
			arms[i].Figures = append(arms[i].Figures, 0.7-0.04*(x-0.5)*(x-0.5)+0.01*float64(k))
		}
	}
	f := nnvet.Finding{Check: checks.Find(check)}
	t := (&nnvet.Trace{}).With([]nnvet.Experiment{{Check: id, Arms: arms}})
	return Of(t, &nnvet.Result{}, &f)
}

// columns returns the pictures of columns with a transform each.
func columns() []Picture {
	p := nnvet.Profile{Role: nnvet.Input, Split: nnvet.Train, Site: "Net", Layout: "features", Of: 6, Rows: 400}
	s := nnvet.Survey{Site: "Net", Rows: 400, Of: 6}
	f := nnvet.Finding{Check: checks.Find("cyclic-feature")}
	for i, c := range []struct {
		name, to                   string
		lo, mid, hi, mean, std     float64
		distinct                   int
		skew, spike, share, spikes float64
	}{
		{"hour", "circle 24", 0, 12, 23, 11.5, 7, 24, 0, 0, 0, 0},
		{"income", "log", 0, 31000, 900000, 60000, 80000, 380, 4.1, 0, 0, 0},
		{"age", "missing -999", -999, 38, 90, 15, 160, 80, -6, -999, 0.023, 14},
		{"city", "onehot", 0, 5, 11, 5, 3, 12, 0, 0, 0, 0},
		{"pressure", "standardize", 960, 1013, 1040, 1012, 9, 300, 0, 0, 0, 0},
		{"<script>alert(1)</script> " + "עברית", "", 0, 1, 40, 2, 4, 90, 5, 0, 0, 0},
	} {
		p.Columns = append(p.Columns, nnvet.Column{Index: i, Name: c.name, Moments: nnvet.Moments{N: 400, Mean: c.mean, Std: c.std, Min: c.lo, Max: c.hi}})
		s.Columns = append(s.Columns, nnvet.Feature{Index: i, Name: c.name, Distinct: c.distinct, Median: c.mid, Skew: c.skew, Spike: c.spike, SpikeShare: c.share, SpikeGap: c.spikes})
		if c.to != "" {
			f.Treatments = append(f.Treatments, nnvet.Treatment{Settings: []nnvet.Setting{{Name: "inputs", Site: c.name, To: c.to}}})
		}
	}
	return Of(&nnvet.Trace{Profiles: []nnvet.Profile{p}, Surveys: []nnvet.Survey{s}}, &nnvet.Result{}, &f)
}

// samples returns one of each form.
func samples() []Sample {
	img := func(h, w, c int) (out []float64) {
		for y := range h {
			for x := range w {
				for k := range c {
					out = append(out, math.Hypot(float64(y-h/2), float64(x-w/2))*float64(k+1))
				}
			}
		}
		return out
	}
	wave := make([]float64, 400)
	for i := range wave {
		wave[i] = math.Sin(float64(i)/20) + 0.2*math.Sin(float64(i)/3)
	}
	wave[200] = math.NaN()
	var walk []float64
	for f := range 30 {
		s := math.Sin(float64(f) / 4)
		walk = append(walk, 0, 0, 0, 1, s/2, -1, -s/2, -1, 0.5, 0.5, -0.5, 0.5)
	}
	joints := [][2]int{{0, 1}, {0, 2}, {0, 3}, {1, 4}, {1, 5}, {9, 0}}
	return []Sample{
		{"worst", 117, 4.2, "3", "8", []Stage{{Name: "raw", Shape: []int{28, 28}, Values: img(28, 28, 1)}, {Name: "output", Shape: []int{3}, Values: []float64{0.1, 0.2, 0.7}}}},
		{"median", 9, 0.4, "cat", "dog", []Stage{{Name: "fed", Shape: []int{16, 16, 3}, Values: img(16, 16, 3)}}},
		{"worst", 3, 2.5, "206", "91.3", []Stage{
			{Name: "raw", Shape: []int{4}, Values: []float64{52, 1, 31.4, 1e300}, Names: []string{"age", "sex", "a very long name of a column that does not fit", "עמודה"}},
			{Name: "fed", Shape: []int{12}, Values: make([]float64, 12), Names: []string{"age"}}}},
		{"best", 40, 1e-4, "up", "up", []Stage{{Name: "raw", Shape: []int{400}, Values: wave}, {Name: "fed", Shape: []int{200, 2}, Values: wave}}},
		{"best", 41, 1e-4, "walk", "walk", []Stage{{Name: "raw", Shape: []int{30, 6, 2}, Values: walk, Joints: joints}}},
		{"median", 1, math.NaN(), "", "<b>x</b>", []Stage{{Name: "raw"}, {Name: "fed", Shape: []int{5, 5}, Values: img(5, 5, 1)[:24]}, {Name: "bad", Shape: []int{5, 5}, Values: nans(25)}}},
	}
}

func nans(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

// strangeTrace returns a trace of data that no one should meet: values and
// names of any kind, in as many layers and columns as asked for.
func strangeTrace(layers, cols int, name string, value func(i int) float64) *nnvet.Trace {
	var b nnvet.Builder
	add := func(q nnvet.Quantity, site, split string, n int) {
		for i := range n {
			_ = b.Add(nnvet.Key{Quantity: q, Site: site, Split: split}, int64(i*i), value(i))
		}
	}
	add(nnvet.Loss, "", nnvet.Train, 40)
	add(nnvet.Loss, "", nnvet.Validation, 5)
	add(nnvet.HeadLoss, "mse", nnvet.Train, 40)
	add(nnvet.Accuracy, "mse", nnvet.Validation, 5)
	add(nnvet.Rate, name, "", 10)
	add(nnvet.RowGrad, "", "", 8)
	add(nnvet.BatchGrad, "", "", 8)
	add(nnvet.BatchRows, "", "", 3)
	for i := range layers {
		l := fmt.Sprintf("%s.%d", name, i)
		b.Layers = append(b.Layers, nnvet.Layer{Name: l, Kind: "Linear", Leaf: true})
		b.Params = append(b.Params, nnvet.Param{Name: l + ".weight", Layer: l, Shape: []int{8, 8}})
		for _, q := range []nnvet.Quantity{nnvet.ActStd, nnvet.ActGrad, nnvet.ActRank, nnvet.ActCosine, nnvet.Dead} {
			add(q, l, "", 4)
		}
		for _, q := range []nnvet.Quantity{nnvet.GradRMS, nnvet.Update, nnvet.WeightStd, nnvet.WeightNorm} {
			add(q, l+".weight", "", 12)
		}
	}
	b.Heads = []nnvet.Head{{Name: "mse", Loss: nnvet.MSE, Reduction: "mean", Root: true, Chain: []nnvet.Op{{Kind: "tanh"}, {Kind: name}}}}
	in := nnvet.Profile{Role: nnvet.Input, Split: nnvet.Train, Site: "Net", Layout: "features", Rows: 500}
	sv := nnvet.Survey{Site: "Net", Rows: 90}
	for i := range cols {
		in.Columns = append(in.Columns, nnvet.Column{Index: i, Name: name, Moments: nnvet.Moments{N: 500, Mean: value(i), Std: math.Abs(value(i + 1)), Min: value(i + 2), Max: value(i + 3)}})
		sv.Columns = append(sv.Columns, nnvet.Feature{Index: i, Name: name, Median: value(i), Skew: value(i + 2), SpikeGap: value(i + 1), Spike: value(i), Distinct: i})
	}
	val, out := in, in
	val.Split, out.Role, out.Site = nnvet.Validation, nnvet.Target, "mse"
	b.Profiles, b.Surveys = []nnvet.Profile{in, val, out}, []nnvet.Survey{sv}
	b.Predictions = []nnvet.Predictions{
		{Head: "mse", Split: nnvet.Validation, Rows: 9, Joint: &nnvet.Joint{Edges: []float64{value(0), value(0) + 1, value(0) + 2}, Counts: [][]int64{{1, 2}, {0, 1 << 40}}}, Outputs: []nnvet.Pair{{Truth: value(0), TruthStd: value(1)}, {Guess: value(2)}}},
		{Head: "ce", Split: nnvet.Train, Rows: 9, Matrix: [][]int64{{0, 3}, {1, 2}}, Bins: []nnvet.Bin{{N: 3, Confidence: value(0), Right: value(1)}}},
	}
	return b.Snapshot()
}
