package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// An interruption is the cause of a context that a signal ended.
type interruption struct{ signal syscall.Signal }

func (i interruption) Error() string { return i.signal.String() }

// interruptible returns a context that ends at Ctrl-C, or where a scheduler
// asks nnvet to end. What was ignored when nnvet began, as under nohup, stays so.
func interruptible() (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGTERM} {
		if !signal.Ignored(s) {
			signal.Notify(signals, s)
		}
	}
	go func() {
		select {
		case s := <-signals:
			number, _ := s.(syscall.Signal)
			cancel(interruption{number})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(nil)
	}
}

// interrupted returns the exit code of a context that a signal ended, as
// shells have it, and 0 of one that goes on.
func interrupted(ctx context.Context) int {
	i, ok := context.Cause(ctx).(interruption)
	if !ok {
		return 0
	}
	return 128 + int(i.signal)
}
