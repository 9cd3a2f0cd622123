//go:build unix

// Command gomlx is GoMLX's arm of the benchmark of engines, on its Go backend.
// It trains one network for some seconds and prints a line of JSON.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"
	"github.com/gomlx/gomlx/ml/train/loss"
	"github.com/gomlx/gomlx/ml/train/optimizer"
)

const (
	batch = 64
	warm  = 2 // steps that are not timed: the first one compiles
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "gomlx arm: %v\n", err)
		os.Exit(1)
	}
}

func run() error {
	network := flag.String("net", "mlp", "which network: mlp, tiny, cnn")
	dir := flag.String("dir", ".", "where compare.py left data and first weights")
	check := flag.Int("check", 0, "print the losses of so many steps from the first weights instead")
	seconds := flag.Float64("seconds", 2, "of wall time")
	flag.Parse()
	t, err := newTraining(*network, *dir)
	if err != nil {
		return err
	}
	if *check > 0 {
		losses := make([]float64, *check)
		for i := range losses {
			if losses[i], err = t.step(); err != nil {
				return err
			}
		}
		return report(losses)
	}
	took, err := t.timed(time.Duration(*seconds * float64(time.Second)))
	if err != nil {
		return err
	}
	return report(took)
}

func report(figures any) error { return json.NewEncoder(os.Stdout).Encode(figures) }

// A training goes on from epoch to epoch, unlike those of the other arms, which
// begin again after some steps: the optimizer's state is the store's.
type training struct {
	trainer *train.Trainer
	shape   []int // of a batch
	rows    data
	at      int
}

func newTraining(name, dir string) (*training, error) {
	n, err := named(name)
	if err != nil {
		return nil, err
	}
	rows, err := readData(dir, n.features())
	if err != nil {
		return nil, err
	}
	weights, err := readFloats(dir + "/" + name + ".weights")
	if err != nil {
		return nil, err
	}
	backend, err := gobackend.New("")
	if err != nil {
		return nil, err
	}
	adam := optimizer.Adam().LearningRate(1e-3).Epsilon(1e-8).Done()
	return &training{
		trainer: train.NewTrainer(backend, model.NewStore(), n.model(weights), loss.SparseCategoricalCrossEntropyLogits, adam, nil, nil),
		shape:   append([]int{batch}, n.input...), rows: rows,
	}, nil
}

// step takes one step and returns the loss before it.
func (t *training) step() (float64, error) {
	width := len(t.rows.x) / len(t.rows.labels)
	x := tensors.FromFlatDataAndDimensions(t.rows.x[t.at*width:(t.at+batch)*width], t.shape...)
	labels := tensors.FromFlatDataAndDimensions(t.rows.labels[t.at:t.at+batch], batch, 1)
	t.at = (t.at + batch) % len(t.rows.labels)
	metrics, err := t.trainer.TrainStep(train.Batch{Inputs: []*tensors.Tensor{x}, Labels: []*tensors.Tensor{labels}})
	if err != nil {
		return 0, err
	}
	l := float64(tensors.ToScalar[float32](metrics[0]))
	for _, m := range metrics {
		if err := m.FinalizeAll(); err != nil {
			return 0, err
		}
	}
	return l, nil
}

// took is what so many steps took.
type took struct {
	Steps int64   `json:"steps"`
	Rows  int     `json:"rows"`
	CPU   float64 `json:"cpu"` // seconds, of the system too
	Wall  float64 `json:"wall"`
	Peak  int64   `json:"peak"` // bytes of memory
	About string  `json:"about"`
}

func (t *training) timed(limit time.Duration) (took, error) {
	for range warm {
		if _, err := t.step(); err != nil {
			return took{}, err
		}
	}
	sum := took{Rows: batch}
	began, start := time.Now(), processor()
	for time.Since(began) < limit {
		if _, err := t.step(); err != nil {
			return took{}, err
		}
		sum.Steps++
	}
	sum.CPU, sum.Wall = (processor() - start).Seconds(), time.Since(began).Seconds()
	sum.Peak, sum.About = peakMemory(), version()
	return sum, nil
}
