package main

import (
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/nnvet/nnvet/internal/near"
)

const about = `nnvet says why a neural network does not learn, and what to change.

  nnvet run -- python train.py   train as always; the diagnosis comes at the end
  nnvet run data.csv --target y  a sound network for a table: your yardstick
  nnvet run experiment.yaml      train what the file describes, and diagnose it
  nnvet init data.csv --target y write such a file, with every default and why
  nnvet predict MODEL DATA       predict with a model that was trained so
  nnvet export MODEL             the model as ONNX
  nnvet show                     the diagnosis of the newest run again
  nnvet open                     the runs in the browser, live while one trains
  nnvet report -o report.html    the same as a page with its pictures, to send
  nnvet diff RUN last            two runs: what is fixed, new or worse
  nnvet prove                    train again with its fixes: do they help?
  nnvet fix --diff               what was proven, as a change of your files
  nnvet sweep lr                 other values of lr, batch, width and others
  nnvet decide                   the checks that no single run can answer
  nnvet recipe                   how to scale what a run fed, also as code
  nnvet explain lr-too-high      what a finding means and what to do
  nnvet explain 6                one of the eleven pitfalls, from the beginning
  nnvet checks                   every fault that nnvet can name
  nnvet mcp                      the runs here for a coding agent (MCP)
  nnvet schema diagnosis         the JSON schema of what it writes
  nnvet completion bash          tab completion, also for zsh, fish, powershell
  nnvet version

Every command has --help. Every flag can be set in the environment
(NNVET_FORMAT=json), many in nnvet.toml or [tool.nnvet] of pyproject.toml.

Exit codes: 0 nothing found, 1 findings, 2 wrong usage, 3 no verdict, 70 a
defect of nnvet; "nnvet run" gives the command's own, unless --fail-on is set.
`

// helpOf is the help of one command: what it is, how it is used, its flags.
const helpOf = `{{with or .Long .Short}}{{.}}

{{end}}{{with .Example}}{{.}}

{{end}}usage: {{.UseLine}}
{{with .LocalFlags.FlagUsagesWrapped 80}}
{{.}}{{end}}`

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:                        "nnvet",
		Version:                    version,
		Long:                       about,
		SilenceErrors:              true,
		SuggestionsMinimumDistance: 2,
		SilenceUsage:               true,
		Args:                       cobra.ArbitraryArgs,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return fromEnvironment(cmd.Flags(), os.Getenv)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.SetFlagErrorFunc(flagError)
	root.SetHelpTemplate("{{.Long}}")
	root.SetVersionTemplate("nnvet {{.Version}}\n")
	root.AddCommand(newRun(), newInit(), newPredict(), newExport(), newShow(), newOpen(), newReport(), newDiff(), newProve(), newFix(), newSweep(), newDecide(), newRecipe(), newExplain(), newChecks(), newSchema(), newMCP(), newNotebook(), newVersion(), newCompletion())
	for _, c := range root.Commands() {
		c.SetHelpTemplate(helpOf)
	}
	return root
}

// unknownCommand suggests a command, or that a program was meant to be run.
func unknownCommand(root *cobra.Command, name string) error {
	if near := root.SuggestionsFor(name); len(near) > 0 {
		return usage("did you mean nnvet "+near[0]+"?", "unknown command %q", name)
	}
	return usage("to watch a training: nnvet run -- python train.py", "unknown command %q", name)
}

// flagError suggests a flag for one that there is not.
func flagError(cmd *cobra.Command, err error) error {
	unknown := new(pflag.NotExistError)
	if !errors.As(err, &unknown) {
		return usage("", "%w", err)
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	hint := ""
	if name := near.Name(unknown.GetSpecifiedName(), names); name != "" {
		hint = "did you mean --" + name + "?"
	}
	return usage(hint, "%w", err)
}

// fromEnvironment sets the flags that the command line leaves open from
// NNVET_ variables: NNVET_FAIL_ON for --fail-on.
func fromEnvironment(flags *pflag.FlagSet, getenv func(string) string) error {
	var err error
	flags.VisitAll(func(f *pflag.Flag) {
		name := "NNVET_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if v := getenv(name); err == nil && v != "" && !f.Changed && !own(f.Name) {
			if e := flags.Set(f.Name, v); e != nil {
				err = usage("", "%s=%s: %w", name, v, e)
			}
		}
	})
	return err
}

// own reports whether a flag is the command line's own. NNVET_VERSION is what
// a command under `nnvet run` finds in its environment.
func own(flag string) bool { return flag == "help" || flag == "version" }
