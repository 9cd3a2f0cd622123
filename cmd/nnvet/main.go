// Command nnvet says why a neural network does not learn: it watches a
// training run, names the cause of what goes wrong and shows the evidence.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/nnvet/nnvet/internal/experiment"
)

// Exit codes. `nnvet run` gives the code of the command that it runs instead,
// unless it was told to fail on findings.
const (
	codeFindings  = 1
	codeUsage     = 2
	codeNoVerdict = 3
	codeDefect    = 70
)

func main() { os.Exit(run(os.Args[1:])) }

// run runs one command line and returns the exit code.
func run(args []string) (code int) {
	code = codeDefect
	guard(os.Stderr, func() {
		root := newRoot()
		root.SetArgs(args)
		code = exitCode(os.Stderr, root.Execute())
	})
	return code
}

// A status ends a command with an exit code and no message.
type status int

func (s status) Error() string { return fmt.Sprintf("exit code %d", int(s)) }

// A failure ends a command with an exit code, a message and perhaps a hint.
type failure struct {
	code int
	err  error
	hint string
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// usage returns the failure of a command line or settings that are wrong.
func usage(hint, format string, args ...any) error {
	return &failure{codeUsage, fmt.Errorf(format, args...), hint}
}

// exitCode prints why a command failed and returns its exit code. What cobra
// itself complains about is wrong usage.
func exitCode(w io.Writer, err error) int {
	var s status
	var f *failure
	switch {
	case err == nil:
		return 0
	case errors.As(err, &s):
		return int(s)
	case !errors.As(err, &f):
		f = &failure{code: codeUsage, err: err}
	}
	complain(w, f.err)
	if f.hint != "" {
		fmt.Fprintf(w, "hint: %s\n", f.hint)
	}
	return f.code
}

// complain prints a message as one line; one that quotes an experiment file, as it is.
func complain(w io.Writer, err error) {
	if quoted := new(experiment.Errors); errors.As(err, quoted) {
		fmt.Fprintf(w, "nnvet: %s\n", strings.TrimSuffix(err.Error(), "\n"))
		return
	}
	fmt.Fprintf(w, "nnvet: %s\n", strings.ReplaceAll(err.Error(), "\n", "; "))
}

// guard runs f. A panic in it ends f alone: the defect is printed, so that
// whoever waits for a training can go on waiting.
func guard(w io.Writer, f func()) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(w, "nnvet: this is a defect of nnvet: %v\nhint: please report it with these lines\n%s", p, debug.Stack())
		}
	}()
	f()
}
