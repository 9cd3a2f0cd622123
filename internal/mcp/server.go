// Package mcp offers what nnvet finds to coding agents, over the Model Context
// Protocol (https://modelcontextprotocol.io). Every tool is a command of nnvet,
// run in the directory that the server was started in: what it prints cannot get
// into the protocol, a defect in it ends that one call, and a cancelled call ends
// its trainings.
//
// Runs are only read, proven or mended where they lie below that directory, links
// followed. No tool starts a program of the agent's choice.
package mcp

import (
	"fmt"
	"path/filepath"
	"sync"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// Options say what a server serves.
type Options struct {
	Root    string // directory that nothing leads out of
	Nnvet   string // the program that is run for every call
	Version string // of it
}

// A server answers calls.
type server struct {
	root  string // absolute, links followed
	nnvet string
	one   sync.Mutex // held by what trains or writes: one at a time
}

const instructions = `nnvet says why a neural network does not learn. In the shell, watch a training:
  nnvet run -- python train.py
Then: diagnose (what is wrong, causes first), evidence (the figures of one finding), explain (what it means),
prove (train again with its fixes), fix (what was proven, as a change of the files).
A run is named by its id, or the beginning of it; without a name the newest is meant.`

// New returns a server of the runs below a directory.
func New(o Options) (*sdk.Server, error) {
	root, err := filepath.Abs(o.Root)
	if err == nil {
		root, err = filepath.EvalSymlinks(root)
	}
	if err != nil {
		return nil, fmt.Errorf("the directory to serve: %w", err)
	}
	s := &server{root: root, nnvet: o.Nnvet}
	out := sdk.NewServer(&sdk.Implementation{Name: "nnvet", Title: "nnvet", Version: o.Version}, &sdk.ServerOptions{Instructions: instructions})
	reads := &sdk.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true, OpenWorldHint: new(bool)}
	sdk.AddTool(out, &sdk.Tool{
		Name: "diagnose", Annotations: reads, OutputSchema: object(),
		Description: "What is wrong with a training run, causes before what they explain, with evidence, fixes and what could not be checked. The structured answer is the document " + diagnosisSchema + ".",
	}, s.diagnose)
	sdk.AddTool(out, &sdk.Tool{
		Name: "findings", Annotations: reads,
		Description: "The findings of a run in a line each, without their evidence; of one pitfall or of a severity and worse, where asked for.",
	}, s.findings)
	sdk.AddTool(out, &sdk.Tool{
		Name: "evidence", Annotations: reads, OutputSchema: object(),
		Description: "All about one finding of a run: figures with their limits, the place in the source, treatments as edits, and what was proven.",
	}, s.evidence)
	sdk.AddTool(out, &sdk.Tool{
		Name: "explain", Annotations: reads,
		Description: "What a check, one of the eleven pitfalls or a word of a report means, what to try, and when it is wrong.",
	}, s.explain)
	sdk.AddTool(out, &sdk.Tool{
		Name: "prove", Annotations: &sdk.ToolAnnotations{DestructiveHint: new(bool)}, OutputSchema: object(),
		Description: "Train the program of a run again, many times, in copies of its directory, with what its findings prescribe, and say which fixes help. It takes minutes; the files stay as they are.",
	}, s.prove)
	sdk.AddTool(out, &sdk.Tool{
		Name:        "fix",
		Description: "Show what was proven of a run as a change of its files. Only with write it is made: each file keeps a backup beside it, and the program is run once more.",
	}, s.fix)
	s.addReports(out)
	return out, nil
}

// object is the schema of an answer whose own schema is published with nnvet.
func object() map[string]any { return map[string]any{"type": "object"} }
