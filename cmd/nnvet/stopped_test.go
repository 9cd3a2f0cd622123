package main

import (
	"bytes"
	"context"
	"syscall"
	"testing"
)

func TestStoppedBeforeTheFirstStep(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(interruption{syscall.SIGINT})
	var errs bytes.Buffer
	code := exitCode(&errs, new(runner).wrongInput(ctx, context.Cause(ctx)))
	if want := "nnvet: stopped before the first step of training: nothing is kept\n"; code != 130 || errs.String() != want {
		t.Errorf("got exit code %d, %q, want 130, %q", code, &errs, want)
	}
}
