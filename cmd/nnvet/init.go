package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nnvet/nnvet/internal/subject"
)

func newInit() *cobra.Command {
	var target, output string
	cmd := &cobra.Command{
		Use:   "init [flags] DATA --target COLUMN",
		Short: "Write an experiment file for a data file, with every default and why.",
		Example: `  nnvet init houses.csv --target price            writes houses.yaml
  nnvet init houses.csv --target price -o -       prints it`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return initialize(args[0], target, output) },
	}
	cmd.Flags().StringVar(&target, "target", "", "the `column` that is to be predicted")
	cmd.Flags().StringVarP(&output, "output", "o", "", "the `file` to write (default: DATA's name in this directory; - for stdout)")
	return cmd
}

// initialize writes an experiment file, and never over another.
func initialize(data, target, output string) error {
	ctx := context.Background()
	if target == "" {
		return withoutTarget(ctx, data)
	}
	if output == "" {
		base, _, _ := strings.Cut(filepath.Base(data), ".")
		output = base + ".yaml"
	}
	path, err := seenFrom(filepath.Dir(output), data)
	if err != nil {
		return usage("", "%w", err)
	}
	text, err := subject.Starter(ctx, path, data, target)
	if err != nil {
		return usage("", "%w", err)
	}
	if output == "-" {
		_, err := os.Stdout.Write(text)
		return err
	}
	f, err := os.OpenFile(output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return usage("-o names another file", "%s exists already, and is left as it is", output)
	}
	if err != nil {
		return usage("", "%w", err)
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return usage("", "%w", errors.Join(err, os.Remove(output)))
	}
	fmt.Printf("wrote %s\n  next  nnvet run %s\n", output, output)
	return nil
}

// seenFrom returns a path as it reads in a file of another directory.
func seenFrom(dir, path string) (string, error) {
	if filepath.IsAbs(path) {
		return path, nil
	}
	here, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	there, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.Rel(here, there)
}
