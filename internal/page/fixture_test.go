package page

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/report"
)

// A made run is one in which every name and every sentence is of one's choice.
type made struct {
	name             string // stands in all that is foreign
	layers, findings int
	steps            int64
}

func (m made) input(t testing.TB) Input {
	t.Helper()
	trace := m.trace(t)
	r := &report.Report{
		Trace: trace, ID: "7f3ac1", Dir: ".nnvet/runs/7f3ac1", Command: []string{"python", m.name + ".py"}, Version: "0.1.0",
		Root: "/home/somebody/project", Result: nnvet.Vet(trace, m.checks(), nnvet.Options{}),
		Outcome: &report.Outcome{Headline: "accuracy 71 % " + m.name, Facts: []report.Fact{{Name: m.name, Text: m.name}}, Scores: []report.Score{{Name: m.name, Split: "val", Rows: 10, Value: 0.7, Baseline: 0.1, Seeds: []float64{0.7, math.NaN()}}}},
		Source:  func(string) ([]string, error) { return []string{"x = f(" + m.name + ")", "y = g(x)"}, nil },
	}
	proof := m.proof()
	for i := range r.Result.Findings {
		r.Result.Findings[i].Proof = &proof
	}
	return Input{Report: r, Proof: &report.ProofReport{
		Version: "0.1.0", Run: "7f3ac1", Command: r.Command, Scale: "skill", Split: nnvet.Validation, Trainings: 12, Spent: 3 * time.Second, Short: m.name,
		Proofs:   []report.Proof{{Check: "NN0601", Name: m.name, Site: m.name, Message: m.name, Proof: proof}},
		NotTried: []report.NotTried{{Check: "NN0901", Name: m.name, Site: m.name, Why: m.name, Instead: m.name}},
		Left:     []string{m.name}, Files: []string{m.name}, Diff: "--- a\n+++ b\n-" + m.name + "\n+" + m.name + "\n",
	}}
}

func (m made) trace(t testing.TB) *nnvet.Trace {
	var b nnvet.Builder
	b.Run = nnvet.Run{Nnvet: "0.1.0", Framework: "torch", FrameworkVersion: m.name, Language: m.name, Script: m.name, Device: m.name, Steps: m.steps, Seconds: 9, Overhead: 0.02, Ended: nnvet.Raised, Exception: m.name}
	add := func(q nnvet.Quantity, site, split string, step int64, v float64) {
		if err := b.Add(nnvet.Key{Quantity: q, Site: site, Split: split}, step, v); err != nil {
			t.Fatal(err)
		}
	}
	for i := range m.layers {
		name := fmt.Sprintf("%s%d", m.name, i)
		b.Layers = append(b.Layers, nnvet.Layer{Name: name, Kind: "Linear" + m.name, Leaf: true})
		b.Params = append(b.Params, nnvet.Param{Name: name + ".weight", Layer: name, Shape: []int{8, 8}, Trainable: true})
	}
	for step := range m.steps {
		loss := 2.3*math.Exp(-float64(step)/1000) + 0.1*math.Sin(float64(step))
		if step == m.steps-1 {
			loss = math.NaN()
		}
		add(nnvet.Loss, "", nnvet.Train, step, loss)
		add(nnvet.Rate, "SGD", "", step, 0.1/(1+float64(step)))
		if step%50 != 0 {
			continue
		}
		add(nnvet.Loss, "", nnvet.Validation, step, loss+0.1)
		for i := range m.layers {
			name := fmt.Sprintf("%s%d", m.name, i)
			add(nnvet.ActStd, name, "", step, math.Exp(float64(i%17)-8))
			add(nnvet.Dead, name, "", step, 0.25)
			add(nnvet.GradRMS, name+".weight", "", step, math.Exp(-float64(i%19)))
			add(nnvet.Update, name+".weight", "", step, 1e-3)
		}
	}
	b.Profiles = []nnvet.Profile{
		{Role: nnvet.Input, Split: nnvet.Train, DType: m.name, Layout: "features", Of: 2, Rows: 100, Columns: []nnvet.Column{
			{Index: 0, Name: m.name, Moments: nnvet.Moments{N: 100, Mean: 3, Std: 1, Min: 0, Max: 9, NonFinite: 2}},
			{Index: 1, Moments: nnvet.Moments{N: 100, Mean: 1e6, Std: 1e5, Min: math.NaN(), Max: math.NaN()}},
		}},
		{Role: nnvet.Target, Split: nnvet.Train, Rows: 100, Classes: []int64{60, 40, 0}},
	}
	b.Events = []nnvet.Event{{Kind: nnvet.NotWatched, Text: m.name, Count: 1}}
	b.Lost, b.Modified = []string{m.name}, []string{"other" + m.name + ".py"}
	b.Experiments = []nnvet.Experiment{{Check: "NN0101", Lacking: m.name, Arms: []nnvet.Arm{{What: m.name, Figures: []float64{0.4, math.Inf(1)}}}}}
	return b.Snapshot()
}

// checks find as much as is asked for, clear one pitfall and skip another.
func (m made) checks() []*nnvet.Check {
	finds := m.check("NN0601", "lr-too-high", nnvet.LearningRate, func(p *nnvet.Pass) {
		for i := range m.findings {
			p.Report(m.finding(i))
		}
	})
	finds.Explains = []string{"NN0801"}
	return []*nnvet.Check{
		finds,
		m.check("NN0801", "dead-units", nnvet.Gradients, func(p *nnvet.Pass) {
			if m.findings > 0 {
				p.Report(nnvet.Finding{Site: m.name, Message: "dead " + m.name, Evidence: []nnvet.Evidence{{What: m.name, Saw: 0.8}}, Span: nnvet.Span{From: 90, To: 99}})
			}
		}),
		m.check("NN0101", "input-not-normalized", nnvet.Normalization, func(p *nnvet.Pass) { p.Measured("%.9s", m.name) }),
		m.check("NN0901", "symmetric-units", nnvet.Initialization, func(p *nnvet.Pass) { p.Skip("no %s", m.name) }),
	}
}

func (m made) check(id, name string, p nnvet.Pitfall, run func(*nnvet.Pass)) *nnvet.Check {
	return &nnvet.Check{
		ID: id, Name: name, Pitfall: p, Severity: nnvet.Error, Run: run, Limits: []nnvet.Limit{{Name: "ratio", Default: 0.1, Source: "convention"}},
		Doc: "# " + name + ": a title\n\n## What it means\n\nA `step` is too **long**:\n\n- one\n- two\n\n    code < 1\n\n## When it is wrong\n\nNever & nowhere.\n",
	}
}

func (m made) finding(i int) nnvet.Finding {
	at := nnvet.Location{File: m.name + ".py", Line: 1, Col: 5, EndLine: 1, EndCol: 8}
	return nnvet.Finding{
		Site: fmt.Sprintf("%s%d", m.name, i), Source: at, Label: m.name, Brief: "33x", Span: nnvet.Span{From: 40 + int64(i), To: 99}, Message: fmt.Sprintf("rate %d of %s is too high", i, m.name), Confidence: 0.9,
		Evidence: []nnvet.Evidence{
			{What: m.name, Saw: 33, Unit: m.name, Lo: 0.3, Hi: 3, Limit: "ratio"},
			{What: "infinite", Saw: math.Inf(1), Lo: 0, Hi: 1}, {What: "not a number", Saw: math.NaN(), Lo: 0, Hi: 1},
		},
		Treatments: []nnvet.Treatment{{Action: "lower " + m.name, Safe: true, Edits: []nnvet.Edit{{At: at, New: m.name}}}, {Action: m.name}},
	}
}

func (m made) proof() nnvet.Proof {
	return nnvet.Proof{
		Verdict: "proven", Treatment: nnvet.Treatment{Action: "lower " + m.name}, Scale: "skill", Split: nnvet.Validation, Before: 0.1, After: 0.8, Lo: 0.6, Hi: 0.8,
		P: 0.01, Seeds: 6, Against: m.name, Figures: []nnvet.Told{{Name: m.name, Before: math.NaN(), After: 0.9}}, Without: []float64{2, math.NaN()}, With: []float64{2, 1},
		Raced: []nnvet.Raced{{Action: m.name, Scores: []float64{0.4, 0.8}}},
	}
}

// plainRun is a run with nothing strange in it.
func plainRun(t testing.TB) Input {
	return made{name: "train", layers: 3, findings: 2, steps: 300}.input(t)
}

func written(t testing.TB, in Input) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, in); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
