package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestExitCode(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		code int
		text string
	}{
		"nothing":  {nil, 0, ""},
		"status":   {status(137), 137, ""},
		"usage":    {usage("try this", "not %s", "so"), 2, "nnvet: not so\nhint: try this\n"},
		"failure":  {&failure{code: codeNoVerdict, err: errors.New("nothing")}, 3, "nnvet: nothing\n"},
		"cobra's":  {errors.New("unknown flag: --x"), 2, "nnvet: unknown flag: --x\n"},
		"of lines": {errors.Join(errors.New("a"), errors.New("b")), 2, "nnvet: a; b\n"},
	} {
		var b bytes.Buffer
		if code := exitCode(&b, c.err); code != c.code || b.String() != c.text {
			t.Errorf("%s: got %d, %q, want %d, %q", name, code, b.String(), c.code, c.text)
		}
	}
}

func TestGuard(t *testing.T) {
	var b bytes.Buffer
	if guard(&b, func() {}); b.Len() > 0 {
		t.Errorf("got %q from a function that works", b.String())
	}
	guard(&b, func() { panic("index out of range") })
	if !strings.HasPrefix(b.String(), "nnvet: this is a defect of nnvet: index out of range\nhint: ") {
		t.Errorf("got %q, want the defect", b.String())
	}
}
