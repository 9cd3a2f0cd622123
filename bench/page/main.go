// Command page serves the page of a training that is made up, and grows as fast
// as it is told to: what a browser is measured and tested with.
//
//	go run ./bench/page -points 20000 -rate 1000 -layers 20 -findings 3
//
// It prints the address, and ends when its standard input does.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
	"github.com/nnvet/nnvet/internal/page"
	"github.com/nnvet/nnvet/internal/page/serve"
	"github.com/nnvet/nnvet/internal/report"
)

const id = "grows0"

// A training is made up.
type training struct {
	b        nnvet.Builder
	noise    *rand.Rand
	layers   int
	findings int
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "page:", err)
		os.Exit(1)
	}
}

func run() error {
	points := flag.Int("points", 20000, "points of the loss at the start")
	rate := flag.Int("rate", 1000, "points a second that come")
	layers := flag.Int("layers", 20, "layers of the network")
	findings := flag.Int("findings", 3, "findings that are shown")
	flag.Parse()
	const seed = 1
	t := &training{noise: rand.New(rand.NewPCG(seed, seed)), layers: *layers, findings: *findings}
	if err := t.grow(*points); err != nil {
		return err
	}
	live := serve.NewLive(t.input())
	server, err := serve.Start(source(live), serve.Options{Home: id})
	if err != nil {
		return err
	}
	fmt.Println(server.Address())
	done := make(chan struct{})
	var grown error
	var growing sync.WaitGroup
	growing.Go(func() { grown = t.live(live, *rate, done) })
	_, err = io.Copy(io.Discard, os.Stdin)
	close(done)
	growing.Wait()
	return errors.Join(err, grown, server.Close())
}

// live lets the training grow, ten times a second, with a verdict twice a second.
func (t *training) live(live *serve.Live, rate int, done <-chan struct{}) error {
	const turns = 10
	tick := time.NewTicker(time.Second / turns)
	defer tick.Stop()
	for turn := 1; ; turn++ {
		select {
		case <-done:
			live.End(t.input())
			return nil
		case <-tick.C:
		}
		if err := t.grow(rate / turns); err != nil {
			return err
		}
		if turn%(turns/2) == 0 {
			live.Judge(t.input())
		} else {
			live.Draw(t.b.Snapshot())
		}
	}
}

// grow adds steps: a noisy loss, a validation every hundred, and the layers'
// figures every thousand.
func (t *training) grow(steps int) error {
	var errs error
	add := func(q nnvet.Quantity, site, split string, step int64, v float64) {
		errs = errors.Join(errs, t.b.Add(nnvet.Key{Quantity: q, Site: site, Split: split}, step, v))
	}
	for range steps {
		step := t.b.Run.Steps
		t.b.Run.Steps++
		loss := 0.2 + 2.1*math.Exp(-float64(step)/8000)
		add(nnvet.Loss, "", nnvet.Train, step, loss*math.Exp(0.2*t.noise.NormFloat64()))
		if step%100 == 0 {
			add(nnvet.Loss, "", nnvet.Validation, step, 1.1*loss)
			add(nnvet.Rate, "", "", step, 1e-3)
		}
		if step%1000 == 0 {
			for i := range t.layers {
				add(nnvet.ActStd, layer(i), "", step, math.Pow(0.98, float64(i)))
				add(nnvet.ActGrad, layer(i), "", step, 1e-3*math.Pow(1.02, float64(i)))
			}
		}
	}
	return errs
}

func layer(i int) string { return fmt.Sprintf("blocks.%d.linear", i) }

// input is the page's view of the training as it is now.
func (t *training) input() page.Input {
	trace := t.b.Snapshot()
	for i := range t.layers {
		trace.Layers = append(trace.Layers, nnvet.Layer{Name: layer(i), Kind: "Linear", Leaf: true})
	}
	r := &report.Report{ID: id, Command: []string{"python", "train.py"}, Version: "bench", Trace: trace, Notes: true, Full: true}
	for i := range t.findings {
		check := checks.All[i%len(checks.All)]
		r.Result.Findings = append(r.Result.Findings, nnvet.Finding{
			Check: check, Severity: nnvet.Warning, Confidence: 0.9, Site: layer(i % max(1, t.layers)),
			Source:  nnvet.Location{File: "train.py", Line: i + 1},
			Span:    nnvet.Span{From: 100, To: t.b.Run.Steps},
			Message: fmt.Sprintf("a figure made up is %d times what it should be", i+2),
		})
	}
	return page.Input{Report: r}
}

func source(live *serve.Live) serve.Source {
	return serve.Source{
		Runs: func() ([]page.Run, error) {
			return []page.Run{{ID: id, Command: "python train.py", Verdict: "warning"}}, nil
		},
		Has:    func(name string) bool { return name == id },
		Read:   func(string) (page.Input, error) { return live.Input(), nil },
		Live:   func(string) *serve.Live { return live },
		Ignore: func(string, serve.Waiver) error { return errors.New("this run is made up") },
	}
}
