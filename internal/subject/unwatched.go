package subject

import (
	"os"
	"path/filepath"
	"strings"
)

// The probe leaves these empty files in its directory as it gets further, so
// that a run without a trace can be explained.
const (
	markPython = "seen-python" // an interpreter ran the probe
	markTorch  = "seen-torch"  // a process imported PyTorch
)

// Unwatched says why a watch of a command recorded no training, as far as can
// be known: a phrase that reads after "nothing was watched:".
func Unwatched(args []string, dir string) string {
	has := func(mark string) bool {
		_, err := os.Stat(filepath.Join(dir, mark))
		return err == nil
	}
	python, flag := isolated(args)
	switch {
	case has(markTorch):
		return "PyTorch was imported, but no network was trained"
	case has(markPython):
		return "PyTorch was never imported"
	case flag != "":
		return flag + " keeps Python from reading PYTHONPATH, through which nnvet attaches"
	case python:
		return "the Python that ran did not read PYTHONPATH, through which nnvet attaches"
	}
	return "the command started no Python that reads PYTHONPATH, through which nnvet attaches"
}

// Isolates returns the flag of a command that keeps its Python interpreter from
// running the probe, or "" where none does.
func Isolates(args []string) string {
	_, flag := isolated(args)
	return flag
}

// isolated reports whether a command is a Python interpreter, and the flag
// that keeps it from running the probe, if there is one: -I and -E ignore
// PYTHONPATH, -S leaves out sitecustomize.
func isolated(args []string) (python bool, flag string) {
	if name := filepath.Base(args[0]); !strings.HasPrefix(name, "python") && !strings.HasPrefix(name, "pypy") {
		return false, ""
	}
	rest := args[1:]
	for len(rest) > 0 && len(rest[0]) > 1 && rest[0][0] == '-' {
		arg := rest[0]
		rest = rest[1:]
		if strings.HasPrefix(arg, "--") {
			continue
		}
		for i, c := range arg[1:] {
			switch c {
			case 'I', 'E', 'S':
				return true, "-" + string(c)
			case 'c', 'm': // what follows is the program's
				return true, ""
			}
			if c == 'W' || c == 'X' { // the value is the rest of the argument, or the next one
				if i == len(arg)-2 && len(rest) > 0 {
					rest = rest[1:]
				}
				break
			}
		}
	}
	return true, ""
}
