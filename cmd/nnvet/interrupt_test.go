package main

import (
	"context"
	"errors"
	"syscall"
	"testing"
)

// TestInterruptible holds the exit codes of whatever a signal ends to those
// that shells give.
func TestInterruptible(t *testing.T) {
	handled(t)
	for signal, code := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		ctx, stop := interruptible()
		if got := interrupted(ctx); got != 0 {
			t.Errorf("before any signal: got %d", got)
		}
		if err := syscall.Kill(syscall.Getpid(), signal); err != nil {
			t.Fatal(err)
		}
		<-ctx.Done()
		if got := interrupted(ctx); got != code || !errors.Is(ctx.Err(), context.Canceled) {
			t.Errorf("%v: got %d, %v, want %d", signal, got, ctx.Err(), code)
		}
		stop()
	}
}
