package main

import (
	"errors"
	"os"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/spf13/cobra"

	"github.com/nnvet/nnvet/internal/mcp"
)

func newMCP() *cobra.Command {
	return &cobra.Command{
		Use:   "mcp",
		Short: "Serve the runs below this directory to a coding agent, over the Model Context Protocol.",
		Example: `  claude mcp add nnvet -- nnvet mcp
  {"mcpServers": {"nnvet": {"command": "nnvet", "args": ["mcp"]}}}

Tools: diagnose, findings, evidence, explain, prove, and fix, which writes only
where it is asked to. It speaks on stdin and stdout, and reads and writes nothing
outside the directory that it was started in (docs/mcp.md).`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return serveMCP() },
	}
}

func serveMCP() error {
	program, err := os.Executable()
	if err != nil {
		return &failure{code: codeNoVerdict, err: err}
	}
	server, err := mcp.New(mcp.Options{Root: ".", Nnvet: program, Version: version})
	if err != nil {
		return usage("", "%w", err)
	}
	ctx, stop := interruptible()
	defer stop()
	err = server.Run(ctx, &sdk.StdioTransport{})
	if code := interrupted(ctx); code != 0 {
		return status(code)
	}
	if err != nil && !errors.Is(err, os.ErrClosed) {
		return &failure{code: codeNoVerdict, err: err}
	}
	return nil
}
