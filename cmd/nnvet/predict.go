package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/engine/save"
)

func newPredict() *cobra.Command {
	var output string
	var keys []string
	cmd := &cobra.Command{
		Use:   "predict [flags] MODEL DATA",
		Short: "Predict every row of a data file with a model that nnvet run left, as CSV.",
		Example: `  nnvet predict houses.safetensors new.csv
  nnvet predict houses.safetensors new.csv --key id -o prices.csv

Data is prepared as in training; numbers come in the target's own units.`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error { return predict(args[0], args[1], output, keys) },
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "the `file` to write (default: stdout)")
	cmd.Flags().StringSliceVar(&keys, "key", nil, "`columns` of the data to copy before each prediction")
	return cmd
}

func predict(model, data, output string, keys []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	m, err := save.ReadModel(model)
	if err != nil {
		return usage("", "%w", err)
	}
	src, err := dataset.Open(ctx, data, dataset.Options{})
	if err != nil {
		return usage("", "%w", err)
	}
	var done save.Predictions
	write := func(w io.Writer) (err error) {
		done, err = m.Predict(ctx, w, src, save.PredictOptions{Keys: keys})
		return err
	}
	if output == "" {
		err = write(os.Stdout)
	} else {
		err = save.WriteFile(output, write)
	}
	switch {
	case errors.Is(err, syscall.EPIPE): // as by head: whoever reads has enough
		return status(128 + int(syscall.SIGPIPE))
	case ctx.Err() != nil:
		return status(128 + int(syscall.SIGINT))
	case err != nil:
		return usage("", "%w", err)
	}
	for _, s := range done.Said {
		fmt.Fprintf(os.Stderr, "nnvet: %s\n", s)
	}
	if done.Lost > 0 {
		return &failure{code: codeFindings, err: fmt.Errorf("%d of %d predictions are empty: the network gave no finite number", done.Lost, done.Rows)}
	}
	return nil
}
