package main

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"nnvet": main})
}

// TestScripts runs testdata/*.txtar. In them, $PYTHON is a Python 3 that
// imports PyTorch if there is one; the condition [torch] says whether it does.
// $EXAMPLES is the folder of examples.
func TestScripts(t *testing.T) {
	python, torch := interpreter()
	if python == "" {
		t.Skip("no Python 3 on this machine")
	}
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("NNVET_UPDATE") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PYTHON", python)
			env.Setenv("EXAMPLES", examples)
			return nil
		},
		Condition: func(name string) (bool, error) {
			if name == "torch" {
				return torch, nil
			}
			return false, fmt.Errorf("unknown condition %s", name)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "trace": trace},
	})
}

// exits runs a command and compares its exit code: exits 3 nnvet run -- ...
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code command...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	var exit *exec.ExitError
	got := 0
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("%s: exit code %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// trace writes JSON Lines as a trace, with their checksums: trace to from
func trace(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: trace to from")
	}
	var out bytes.Buffer
	for line := range strings.Lines(ts.ReadFile(args[1])) {
		line = strings.TrimSuffix(line, "\n")
		fmt.Fprintf(&out, "%08x %s\n", crc32.ChecksumIEEE([]byte(line)), line)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), out.Bytes(), 0o600))
}

// interpreter returns the Python to test with, and whether it imports PyTorch.
var interpreter = sync.OnceValues(func() (python string, torch bool) {
	for _, name := range []string{os.Getenv("NNVET_TEST_PYTHON"), "python3", "/usr/bin/python3"} {
		if name == "" {
			continue
		}
		out, err := exec.Command(name, "-c", "import sys; print(sys.executable)").Output()
		if err != nil {
			continue
		}
		this := strings.TrimSpace(string(out))
		if exec.Command(this, "-c", "import torch").Run() == nil {
			return this, true
		}
		if python == "" {
			python = this
		}
	}
	return python, false
})
