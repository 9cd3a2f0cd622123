package report

import (
	"fmt"
	"io/fs"
	"math"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
)

// A fakeCheck returns a check that reports fixed findings.
func check(id, name string, p nnvet.Pitfall, sev nnvet.Severity, fs ...nnvet.Finding) *nnvet.Check {
	return &nnvet.Check{
		ID: id, Name: name, Pitfall: p, Severity: sev, Doc: "# " + name + ": " + name,
		Needs:  []nnvet.Need{{What: "nothing", Has: func(*nnvet.Trace) bool { return true }}},
		Limits: []nnvet.Limit{{Name: "max-std", Default: 10, Source: "convention"}, {Name: "max-ratio", Default: 0.1, Source: "convention"}},
		Run: func(p *nnvet.Pass) {
			for _, f := range fs {
				p.Report(f)
			}
		},
	}
}

// clears returns a check that finds nothing.
func clears(id, name string, p nnvet.Pitfall, brief string) *nnvet.Check {
	c := check(id, name, p, nnvet.Warning)
	c.Run = func(p *nnvet.Pass) { p.Measured("%s", brief) }
	return c
}

// skips returns a check that cannot judge.
func skips(id, name string, p nnvet.Pitfall, reason string) *nnvet.Check {
	c := check(id, name, p, nnvet.Warning)
	c.Run = func(p *nnvet.Pass) { p.Skip("%s", reason) }
	return c
}

func explaining(c *nnvet.Check, ids ...string) *nnvet.Check {
	c.Explains = ids
	return c
}

const script = `import torch
from torch import nn, optim
from data import load

images, labels = load("train")
val_images, val_labels = load("val")


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 256)
        self.relu1 = nn.ReLU()
        self.head = nn.Linear(256, 10)

    def forward(self, images):
        x = images.view(-1, 784)
        return self.head(self.relu1(self.fc1(x)))


net = Net()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(5):
    for x, y in batches(images, labels):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(x), y)
        loss.backward()
        opt.step()
`

func source(name, text string) func(string) ([]string, error) {
	return func(file string) ([]string, error) {
		if file != name {
			return nil, fs.ErrNotExist
		}
		return strings.Split(text, "\n"), nil
	}
}

// at returns the location of a piece of text in the script.
func at(t *testing.T, text, piece string) nnvet.Location {
	t.Helper()
	for i, line := range strings.Split(text, "\n") {
		if c := strings.Index(line, piece); c >= 0 {
			return nnvet.Location{File: "train.py", Line: i + 1, Col: c + 1, EndLine: i + 1, EndCol: c + 1 + len(piece)}
		}
	}
	t.Fatalf("no %q in the script", piece)
	return nnvet.Location{}
}

func add(t *testing.T, b *nnvet.Builder, q nnvet.Quantity, site, split string, step int64, v float64) {
	t.Helper()
	if err := b.Add(nnvet.Key{Quantity: q, Site: site, Split: split}, step, v); err != nil {
		t.Fatal(err)
	}
}

// network describes a small network and its data.
func network(b *nnvet.Builder) {
	b.Layers = []nnvet.Layer{{Name: "fc1", Kind: "Linear", Leaf: true}, {Name: "relu1", Kind: "ReLU", Leaf: true}, {Name: "head", Kind: "Linear", Leaf: true}}
	b.Params = []nnvet.Param{
		{Name: "fc1.weight", Layer: "fc1", Shape: []int{256, 784}, Trainable: true}, {Name: "fc1.bias", Layer: "fc1", Shape: []int{256}, Trainable: true},
		{Name: "head.weight", Layer: "head", Shape: []int{10, 256}, Trainable: true}, {Name: "head.bias", Layer: "head", Shape: []int{10}, Trainable: true},
	}
	b.Heads = []nnvet.Head{{Name: "cross_entropy", Loss: nnvet.CrossEntropy, Reduction: "mean", Root: true, Shape: []int{128, 10}}}
	b.Profiles = []nnvet.Profile{{Role: nnvet.Target, Split: nnvet.Train, Site: "cross_entropy", Rows: 4096, Classes: []int64{410, 409, 411, 408, 410, 412, 407, 410, 409, 410}}}
	b.Run = nnvet.Run{
		Nnvet: "0.1.0", Framework: "torch", FrameworkVersion: "2.15.0", Language: "python 3.13.5", Script: "train.py", Device: "cpu",
		Seeded: true, World: 1, Seconds: 14.24, Overhead: 0.019, Ended: nnvet.Exited,
	}
}

// broken is a run that diverges: raw pixels and a learning rate that is too high.
func broken(t *testing.T) *Report {
	b := new(nnvet.Builder)
	network(b)
	b.Run.Steps = 240
	for i := range int64(240) {
		loss := math.NaN()
		switch {
		case i < 30:
			loss = 2.31 - 0.004*float64(i)
		case i < 118:
			loss = 2.2 * math.Exp(float64(i-30)/11) * (1 + .2*math.Sin(float64(i)))
		}
		add(t, b, nnvet.Loss, "", nnvet.Train, i, loss)
	}
	add(t, b, nnvet.HeadLoss, "cross_entropy", nnvet.Train, 0, 2.31)
	for i, acc := range []float64{0.112, 0.098, 0.098, 0.098} {
		add(t, b, nnvet.Accuracy, "", nnvet.Validation, int64(60*(i+1)), acc)
	}
	for _, r := range []struct {
		layer             string
		act, grad, update float64
		dead              float64
	}{{"fc1", 3.1e3, 4.4e2, 0.21, math.NaN()}, {"relu1", 1.8e3, math.NaN(), math.NaN(), 0.81}, {"head", 94, 1.1, 0.088, math.NaN()}} {
		for _, step := range []int64{0, 64, 117, 128} {
			f := float64(step) / 117
			if step > 117 {
				f = math.NaN()
			}
			add(t, b, nnvet.ActStd, r.layer, nnvet.Train, step, r.act*f)
			if !math.IsNaN(r.grad) {
				add(t, b, nnvet.GradRMS, r.layer+".weight", "", step, r.grad*f)
				add(t, b, nnvet.Update, r.layer+".weight", "", step, r.update*f)
			}
		}
		if !math.IsNaN(r.dead) {
			add(t, b, nnvet.Dead, r.layer, nnvet.Train, 64, r.dead)
		}
	}
	view, rate := at(t, script, "images.view(-1, 784)"), at(t, script, "0.1")
	checks := []*nnvet.Check{
		explaining(check("NN0101", "input-not-normalized", nnvet.Normalization, nnvet.Error, nnvet.Finding{
			Source: view, Label: "range 0..255, mean 33.3", Brief: "std 79", Span: nnvet.Span{To: 239},
			Message: "inputs reach the network as raw pixels, std 79 instead of 1",
			Evidence: []nnvet.Evidence{
				{What: "largest column std", Saw: 78.6, Limit: "max-std", Lo: 0.3, Hi: 3},
				{What: "constant columns", Saw: 67},
			},
			Treatments: []nnvet.Treatment{{
				Action: "standardize the inputs with training-set statistics", Safe: true,
				Edits:    []nnvet.Edit{{At: view, New: "(images.view(-1, 784) - 33.3) / 78.6"}},
				Settings: []nnvet.Setting{{Name: "input.standardize", From: "no", To: "mean 33.3, std 78.6"}},
			}},
		}), "NN0801"),
		clears("NN0701", "target-outside-range", nnvet.FinalActivation, ""),
		clears("NN0901", "symmetric-units", nnvet.Initialization, "0 twins"),
		explaining(check("NN0601", "lr-too-high", nnvet.LearningRate, nnvet.Error, nnvet.Finding{
			Source: rate, Label: "diverges above 2e-2", Brief: "33x high", Span: nnvet.Span{From: 30, To: 117}, Confidence: 0.97,
			Message: "learning rate 0.1 is about 30 times too high",
			Evidence: []nnvet.Evidence{
				{What: "largest update over weight", Saw: 0.21, Limit: "max-ratio", Key: nnvet.Key{Quantity: nnvet.Update, Site: "fc1.weight"}, Lo: 4e-4, Hi: 3e-2},
				{What: "last loss", Saw: math.NaN(), Key: nnvet.Key{Quantity: nnvet.Loss, Split: nnvet.Train}},
			},
			Treatments: []nnvet.Treatment{
				{Action: "lower the learning rate to 0.003", Safe: true, Edits: []nnvet.Edit{{At: rate, New: "0.003"}}, Settings: []nnvet.Setting{{Name: "lr", From: "0.1", To: "0.003"}}},
				{Action: "warm the rate up over the first 1000 steps", Settings: []nnvet.Setting{{Name: "warmup", From: "0", To: "1000"}}},
			},
		}), "NN0801", "NN0805"),
		check("NN0801", "dead-units", nnvet.Gradients, nnvet.Warning, nnvet.Finding{
			Site: "relu1", Span: nnvet.Span{From: 64, To: 128}, Message: "81 % of the units of relu1 got no gradient in 1024 rows",
			Evidence: []nnvet.Evidence{{What: "share of dead units", Saw: 81, Unit: "%"}},
		}),
		check("NN0805", "not-finite", nnvet.Gradients, nnvet.Error, nnvet.Finding{
			Span: nnvet.Span{From: 118, To: 239}, Message: "the loss is NaN from step 118 on",
			Evidence: []nnvet.Evidence{{What: "loss", Saw: math.NaN()}},
		}),
		check("NN0201", "learned-nothing", nnvet.Results, nnvet.Warning, nnvet.Finding{
			Source: nnvet.Location{File: "train.py", Line: 26}, Brief: "at chance", Span: nnvet.Span{To: 239},
			Message:  "validation accuracy is at chance level, and nothing in the script checks",
			Evidence: []nnvet.Evidence{{What: "validation accuracy", Saw: 9.8, Unit: "%"}, {What: "commonest class", Saw: 10.1, Unit: "%"}},
		}),
		skips("NN0202", "no-validation", nnvet.Results, "the trace has no evaluation"),
		check("NN0102", "input-shifted", nnvet.Normalization, nnvet.Note, nnvet.Finding{
			Message: "three columns are shifted by more than 3 deviations", Evidence: []nnvet.Evidence{{What: "shifted columns", Saw: 3}},
		}),
	}
	tr := b.Snapshot()
	learned := &nnvet.Likelihoods{Checks: map[string]nnvet.Likelihood{"NN0101": {Right: 291, Wrong: 2}}, Scale: 1}
	return &Report{
		Trace: tr, Result: nnvet.Vet(tr, checks, nnvet.Options{Likelihoods: learned}), ID: "7f3ac1", Dir: ".nnvet/runs/7f3ac1",
		Command: []string{"python", "train.py"}, Version: "0.1.0", Source: source("train.py", script),
	}
}

// undecided is a run with two causes that may each be the right one, and a third.
func undecided(t *testing.T) *Report {
	r := broken(t)
	finding := func(text string, evidence ...nnvet.Evidence) nnvet.Finding {
		return nnvet.Finding{Source: at(t, script, text), Message: "something is wrong with " + text, Evidence: evidence}
	}
	checks := []*nnvet.Check{
		check("NN0503", "too-few-updates", nnvet.BatchSize, nnvet.Error, finding("range(5)",
			nnvet.Evidence{What: "share of what a constant leaves that the last tenth of the steps took off", Saw: 0.04, Limit: "max-ratio"})),
		check("NN0602", "lr-too-low", nnvet.LearningRate, nnvet.Error, finding("lr=0.1",
			nnvet.Evidence{What: "update over weight", Saw: 2e-6, Lo: 1e-4, Hi: 3e-2}, nnvet.Evidence{What: "share of the last quarter's steps on which the loss of validation rows fell", Saw: 0.9})),
		check("NN0201", "learned-nothing", nnvet.Results, nnvet.Error, finding("opt.step()", nnvet.Evidence{What: "skill", Saw: 0})),
	}
	learned := &nnvet.Likelihoods{Checks: map[string]nnvet.Likelihood{"NN0602": {Right: 11, Wrong: 10}, "NN0503": {Right: 5, Wrong: 6}, "NN0201": {Right: 0, Wrong: 9}}, Scale: 1}
	r.Result = nnvet.Vet(r.Trace, checks, nnvet.Options{Likelihoods: learned})
	return r
}

// unlearned is a run of which nobody can say whether anything was learned.
func unlearned(t *testing.T) *Report {
	r := healthy(t)
	checks := []*nnvet.Check{
		clears("NN0101", "input-not-normalized", nnvet.Normalization, "std 1.0"),
		skips("NN0201", "learned-nothing", nnvet.Results, "the trace has no loss function that nnvet recognizes"),
		clears("NN0212", "train-eval-mismatch", nnvet.Results, "one mode"),
		clears("NN0502", "batch-too-small", nnvet.BatchSize, "batch 64"),
		skips("NN0501", "batch-too-large", nnvet.BatchSize, "the rows of the training set are not known"),
	}
	r.Result = nnvet.Vet(r.Trace, checks, nnvet.Options{})
	return r
}

// healthy is a run in which nothing is wrong.
func healthy(t *testing.T) *Report {
	b := new(nnvet.Builder)
	network(b)
	b.Run.Steps, b.Run.Seconds, b.Run.Overhead = 4690, 63, 0.017
	for i := range int64(4690) {
		add(t, b, nnvet.Loss, "", nnvet.Train, i, 0.09+2.2*math.Exp(-float64(i)/500)+0.02*math.Sin(float64(i)))
	}
	add(t, b, nnvet.HeadLoss, "cross_entropy", nnvet.Train, 0, 2.3)
	for i := range int64(10) {
		add(t, b, nnvet.Accuracy, "", nnvet.Validation, 469*(i+1), 0.978-0.4/float64(i+1)/float64(i+1)+0.004)
	}
	for i, layer := range []string{"fc1", "relu1", "head"} {
		add(t, b, nnvet.ActStd, layer, nnvet.Train, 4689, 0.6+float64(i))
		if layer != "relu1" {
			add(t, b, nnvet.GradRMS, layer+".weight", "", 4689, 3e-4)
			add(t, b, nnvet.Update, layer+".weight", "", 4689, 2e-3)
		}
	}
	checks := []*nnvet.Check{
		clears("NN0101", "input-not-normalized", nnvet.Normalization, "std 1.0"),
		clears("NN0201", "learned-nothing", nnvet.Results, "skill 0.96"),
		clears("NN0601", "lr-too-high", nnvet.LearningRate, "upd/w 2e-3"),
		clears("NN0701", "target-outside-range", nnvet.FinalActivation, ""),
		clears("NN0801", "dead-units", nnvet.Gradients, "0 % dead"),
		clears("NN0901", "symmetric-units", nnvet.Initialization, ""),
	}
	tr := b.Snapshot()
	return &Report{
		Trace: tr, Result: nnvet.Vet(tr, checks, nnvet.Options{}), ID: "81c0d2", Dir: ".nnvet/runs/81c0d2",
		Command: []string{"python", "train.py"}, Version: "0.1.0", Source: source("train.py", script),
	}
}

// short is a run that is healthy as far as the checks could tell in so few steps.
func short(t *testing.T) *Report {
	r := healthy(t)
	skip := func(c *nnvet.Check, steps int) {
		c.Run = func(p *nnvet.Pass) { p.Short("the run has 30 steps; it takes %d to judge", steps) }
		r.Result.NotChecked = append(r.Result.NotChecked, nnvet.Vet(r.Trace, []*nnvet.Check{c}, nnvet.Options{}).NotChecked...)
	}
	skip(check("NN0602", "lr-too-low", nnvet.LearningRate, nnvet.Warning), 50)
	skip(check("NN0202", "no-validation", nnvet.Results, nnvet.Warning), 100)
	skip(check("NN0203", "learned-less", nnvet.Results, nnvet.Warning), 50)
	other := skips("NN0102", "target-not-normalized", nnvet.Normalization, "no loss here compares numbers")
	r.Result.NotChecked = append(r.Result.NotChecked, nnvet.Vet(r.Trace, []*nnvet.Check{other}, nnvet.Options{}).NotChecked...)
	return r
}

// trained is a healthy training on the embedded engine.
func trained(t *testing.T) *Report {
	r := healthy(t)
	r.Command = []string{"houses.csv"}
	r.Outcome = &Outcome{
		Headline: "R2 0.812 on 4128 rows that were not trained on, where 0 is guessing the mean",
		Facts: []Fact{
			{Name: "data", Text: "houses.csv: 20640 rows, target price, 8 inputs: 7 numbers standardized, ocean_proximity one-hot (5 levels)"},
			{Name: "data", Text: "16512 training and 4128 validation rows"},
			{Name: "training", Text: "2 hidden layers of 64, adam, learning rate 0.002 by a range test, batch 64; best epoch 31 of 41"},
			{Name: "model", Text: "houses.safetensors"},
			{Name: "predict", Text: "nnvet predict houses.safetensors new.csv"},
			{Name: "decided", Text: "loss mse, for a target of numbers", Detail: true},
		},
		Scores: []Score{
			{"r2", "val", 4128, 0.812, 0, []float64{0.812, 0.805}},
			{"rmse", "val", 4128, 49800, math.NaN(), []float64{49800, math.Inf(1)}},
		},
	}
	return r
}

// many is a deep network with 30 findings of 15 checks, some in the same layers.
func many(t *testing.T) *Report {
	b := new(nnvet.Builder)
	b.Run = nnvet.Run{Steps: 100, Seconds: 3, Overhead: math.NaN(), Ended: nnvet.Raised, Exception: "RuntimeError"}
	var findings [15][]nnvet.Finding
	for i := range 60 {
		name := fmt.Sprintf("encoder.layers.%d.linear1", i)
		b.Layers = append(b.Layers, nnvet.Layer{Name: name, Kind: "NonDynamicallyQuantizableLinear", Leaf: true})
		b.Params = append(b.Params, nnvet.Param{Name: name + ".weight", Layer: name, Shape: []int{8, 8}})
		add(t, b, nnvet.ActStd, name, nnvet.Train, 64, math.Pow(10, float64(i)/10-3))
		add(t, b, nnvet.GradRMS, name+".weight", "", 64, math.Pow(10, float64(i)/5-8))
		if i%2 == 0 {
			findings[i/4] = append(findings[i/4], nnvet.Finding{
				Site: name + ".weight", Source: nnvet.Location{File: "model.py", Line: i + 10},
				Message: fmt.Sprintf("%s never learns: its gradient is zero in all 100 steps", name), Evidence: []nnvet.Evidence{{What: "gradient", Saw: 0}},
			})
		}
	}
	add(t, b, nnvet.Loss, "", nnvet.Train, 0, 2.3)
	b.Lost = []string{"r0-1.jsonl: the last line, at byte 1234, is cut off", "b", "c", "d", "e", "f", "g"}
	var checks []*nnvet.Check
	for i, fs := range findings {
		checks = append(checks, check(fmt.Sprintf("NN08%02d", i+1), fmt.Sprintf("fault-%d", i+1), nnvet.Gradients, nnvet.Warning, fs...))
	}
	tr := b.Snapshot()
	return &Report{
		Trace: tr, Result: nnvet.Vet(tr, checks, nnvet.Options{Ignore: map[string]string{"NN0801": "frozen on purpose"}}), ID: "many", Command: []string{"python", "-m", "my.very.long.module.name", "--with", "many", "arguments", "--and", "more"},
		ExitCode: 1, Version: "0.1.0",
	}
}
