package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
	"github.com/nnvet/nnvet/internal/config"
	"github.com/nnvet/nnvet/internal/near"
)

func newExplain() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "explain [flags] CHECK",
		Short: "Say what a finding means, how it is decided and what to do.",
		Example: `  nnvet explain lr-too-high
  nnvet explain NN0601 --format md`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: checkNames,
		RunE: func(_ *cobra.Command, args []string) error {
			c := checks.Find(args[0])
			if c == nil {
				return usage("nnvet checks lists them", "unknown check %q%s", args[0], near.Meant(args[0], config.CheckNames(checks.All)))
			}
			switch format {
			case "md":
				fmt.Println(strings.TrimSpace(c.Doc))
			case "text":
				explain(os.Stdout, c)
			default:
				return usage("", "unknown format %q: it is one of text, md", format)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text, md")
	complete(cmd, "format", "text", "md")
	return cmd
}

// explain prints a check's page below a line that places it. The page's own
// first line is the title.
func explain(w io.Writer, c *nnvet.Check) {
	_, body, _ := strings.Cut(c.Doc, "\n")
	fmt.Fprintf(w, "%s %s: %s\n", c.ID, c.Name, c.Title())
	fmt.Fprintf(w, "pitfall %d, %s; %s\n\n%s\n", c.Pitfall, c.Pitfall, c.Severity, strings.TrimSpace(body))
}

// checkNames completes the name of a check.
func checkNames(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var list []cobra.Completion
	if len(args) == 0 {
		for _, c := range checks.All {
			list = append(list, cobra.CompletionWithDesc(c.Name, c.Title()), cobra.CompletionWithDesc(c.ID, c.Title()))
		}
	}
	return list, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}
