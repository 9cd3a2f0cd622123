//go:build unix

// Command nnvet is nnvet's arm of the benchmark of engines. It trains one of
// its networks for some seconds and prints a line of JSON on what that took.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/nnvet/nnvet/internal/engine/kernel"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "nnvet arm: %v\n", err)
		os.Exit(1)
	}
}

func run() error {
	network := flag.String("net", "mlp", "which network: mlp, tiny, cnn")
	dir := flag.String("dir", ".", "where compare.py left data and first weights")
	check := flag.Int("check", 0, "print the losses of so many steps from the first weights instead")
	products := flag.Bool("products", false, "time the matrix products of all networks instead")
	var t timing
	flag.IntVar(&t.batch, "batch", 64, "rows of a step")
	flag.Int64Var(&t.steps, "steps", 1000, "of one training")
	flag.Float64Var(&t.seconds, "seconds", 2, "of wall time, after which no training begins")
	flag.IntVar(&t.workers, "workers", 1, "trainings side by side")
	flag.StringVar(&t.watch, "watch", "none", "what is recorded: none, default, every (step), memory (by default, into memory)")
	flag.Parse()
	if *products {
		return report(timeProducts())
	}
	n, err := named(*network)
	if err != nil {
		return err
	}
	d, err := readData(*dir, n.input.Size())
	if err != nil {
		return err
	}
	if *check > 0 {
		weights, err := readFloats(filepath.Join(*dir, *network+".weights"))
		if err != nil {
			return err
		}
		losses, err := firstLosses(n, d, weights, t.batch, *check)
		if err != nil {
			return err
		}
		return report(losses)
	}
	took, err := t.train(n, d)
	if err != nil {
		return err
	}
	took.Peak, took.About = peakMemory(), kernel.Best().Name
	return report(took)
}

func report(figures any) error { return json.NewEncoder(os.Stdout).Encode(figures) }
