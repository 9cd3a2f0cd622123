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
		Use:   "explain [flags] CHECK|PITFALL|WORD",
		Short: "Say what a finding means, how it is decided and what to do; or what a pitfall or a word is.",
		Example: `  nnvet explain lr-too-high
  nnvet explain NN0601 --format md
  nnvet explain 6
  nnvet explain learning-rate
  nnvet explain skill`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: explainable,
		RunE: func(_ *cobra.Command, args []string) error {
			check := checks.Find(args[0])
			chapter, ok := checks.FindChapter(args[0])
			word, isWord := checks.FindWord(args[0])
			switch {
			case check == nil && !ok && !isWord:
				return usage("nnvet checks lists them", "unknown check or pitfall %q%s", args[0], near.Meant(args[0], explained()))
			case format != "text" && format != "md":
				return usage("", "unknown format %q: it is one of text, md", format)
			case isWord:
				fmt.Printf("%s\n\n%s\n", word.Name, word.Text)
			case format == "md" && check != nil:
				fmt.Println(strings.TrimSpace(check.Doc))
			case format == "md":
				fmt.Println(strings.TrimSpace(chapter.Doc))
			case check != nil:
				explain(os.Stdout, check)
			default:
				introduce(os.Stdout, chapter)
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
	pointTo(w, c.Doc)
}

// pointTo says where the terms of a page are explained.
func pointTo(w io.Writer, page string) {
	var commands []string
	for _, word := range checks.WordsIn(page) {
		commands = append(commands, "nnvet explain "+strings.ReplaceAll(word.Name, " ", "-"))
	}
	if len(commands) > 0 {
		fmt.Fprintf(w, "\nwords: %s\n", strings.Join(commands, ", "))
	}
}

// introduce prints what a pitfall is, and the checks that look for it.
func introduce(w io.Writer, c checks.Chapter) {
	fmt.Fprintf(w, "pitfall %d, %s: %s\n\n%s\n\n## What nnvet looks for\n\n", c.Pitfall, c.Pitfall, c.Title(), c.Body())
	list(w, c.Checks, false)
	fmt.Fprintln(w, "\nnnvet explain NAME says what one means and what to do.")
	pointTo(w, c.Doc)
}

// explained returns every name that can be explained.
func explained() []string {
	names := config.CheckNames(checks.All)
	for _, p := range nnvet.Pitfalls {
		names = append(names, checks.ChapterOf(p).Name())
	}
	for _, w := range checks.Words() {
		names = append(names, w.Name)
	}
	return names
}

// explainable completes the name of a check or a pitfall.
func explainable(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var names []cobra.Completion
	if len(args) == 0 {
		for _, c := range checks.All {
			names = append(names, cobra.CompletionWithDesc(c.Name, c.Title()), cobra.CompletionWithDesc(c.ID, c.Title()))
		}
		for _, p := range nnvet.Pitfalls {
			c := checks.ChapterOf(p)
			names = append(names, cobra.CompletionWithDesc(c.Name(), fmt.Sprintf("pitfall %d: %s", p, c.Title())))
		}
		for _, w := range checks.Words() {
			names = append(names, cobra.CompletionWithDesc(strings.ReplaceAll(w.Name, " ", "-"), "a word of reports"))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}
