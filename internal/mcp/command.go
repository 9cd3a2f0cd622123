package mcp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Bounds of what a command may print, in bytes: a diagnosis of a hundred findings
// takes some 500 kB, a page of one three times that.
const (
	mostPrinted = 8 << 20
	mostSaid    = 4 << 10 // of complaints that are passed on
)

// grace is how long a command that is cancelled may take to end its trainings.
const grace = 10 * time.Second

// An answer is what a command printed.
type answer struct {
	out  string
	said string // on stderr
	file []byte // what it wrote to the file that it was given
}

// run runs a command of nnvet in the root. It adds "-o FILE" for a file of the
// given name, where one is named, and reads that. Both exit codes of an answer,
// nothing found and findings, are no failure.
func (s *server) run(ctx context.Context, file string, args ...string) (*answer, error) {
	name := args[0]
	if file != "" {
		dir, err := os.MkdirTemp("", "nnvet-mcp-")
		if err != nil {
			return nil, err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		file = filepath.Join(dir, file)
		args = append([]string{name, "-o", file}, args[1:]...)
	}
	out, said := &bounded{most: mostPrinted}, &bounded{most: mostPrinted}
	cmd := exec.CommandContext(ctx, s.nnvet, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.root, out, said
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = grace
	err := cmd.Run()
	a := &answer{out: out.String(), said: said.String()}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return a, fmt.Errorf("%s: cancelled", name)
	case errors.As(err, &exit) && exit.ExitCode() == 1:
	case errors.As(err, &exit):
		return a, fmt.Errorf("%s", complaint(a.said, exit))
	case err != nil:
		return a, fmt.Errorf("%s: %w", name, err)
	}
	if out.full {
		return a, fmt.Errorf("%s: the answer is longer than %d MB", name, mostPrinted>>20)
	}
	if file != "" {
		if a.file, err = read(file); err != nil {
			return a, fmt.Errorf("%s: %w", name, err)
		}
	}
	return a, nil
}

// complaint returns the end of what a command said that failed.
func complaint(said string, exit *exec.ExitError) string {
	said = strings.TrimSpace(said)
	if len(said) > mostSaid {
		said = "... " + strings.ToValidUTF8(said[len(said)-mostSaid:], "")
	}
	if said == "" {
		return exit.String()
	}
	return said
}

func read(file string) ([]byte, error) {
	fi, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if fi.Size() > mostPrinted {
		return nil, fmt.Errorf("the answer is longer than %d MB", mostPrinted>>20)
	}
	return os.ReadFile(file)
}

// A bounded buffer drops what is more than it may hold, so that a command that
// prints without end is not waited for in memory.
type bounded struct {
	bytes.Buffer
	most int
	full bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if left := b.most - b.Len(); len(p) > left {
		b.full = true
		b.Buffer.Write(p[:left])
		return len(p), nil
	}
	return b.Buffer.Write(p)
}
