package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
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
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage("nnvet predict houses.safetensors new.csv", "predict takes two names, of a model and of a data file; there %s", given(len(args)))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return predict(args[0], args[1], output, keys) },
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "the `file` to write (default: stdout)")
	cmd.Flags().StringSliceVar(&keys, "key", nil, "`columns` of the data to copy before each prediction")
	return cmd
}

func given(names int) string {
	if names == 1 {
		return "is one"
	}
	return fmt.Sprintf("are %d", names)
}

func predict(model, data, output string, keys []string) error {
	ctx, stop := interruptible()
	defer stop()
	m, err := save.ReadModel(model)
	if err != nil {
		return usage("", "%w", err)
	}
	src, err := dataset.Open(ctx, data, dataset.Options{Known: m.Columns()})
	if err != nil {
		return usage("", "%w", err)
	}
	if err := apart(output, append(inputs(data), model)); err != nil {
		return err
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
		return status(interrupted(ctx))
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

// inputs returns the files that data stands for, as far as an output can be one
// of them: the file, those of a folder, or what a pattern matches.
func inputs(data string) []string {
	files := []string{data}
	for _, pattern := range []string{data, filepath.Join(data, "*")} {
		matches, _ := filepath.Glob(pattern) // what is no pattern is a name
		files = append(files, matches...)
	}
	return files
}

// apart refuses an output that is one of the files it is made from.
func apart(output string, from []string) error {
	to, err := os.Stat(output)
	if err != nil {
		return nil // a new file
	}
	for _, name := range from {
		if fi, err := os.Stat(name); err == nil && os.SameFile(to, fi) {
			return usage("", "-o %s: that would overwrite %s, which the predictions are made from; name another file", output, name)
		}
	}
	return nil
}
