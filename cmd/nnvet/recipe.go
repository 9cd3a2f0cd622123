package main

import (
	"errors"
	"fmt"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/near"
	"github.com/nnvet/nnvet/internal/recipe"
	"github.com/nnvet/nnvet/internal/store"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// A prescriber is one `nnvet recipe`.
type prescriber struct {
	from   options // where runs and settings are
	site   string
	pkg    string
	format string
	output string
}

// A form is what a recipe can be written as.
type form struct {
	name  string
	ext   string // of a file that needs no --format
	write func(*prescriber, *recipe.Recipe) (string, error)
}

var forms = []form{
	{"text", ".txt", (*prescriber).text},
	{"json", ".json", func(_ *prescriber, r *recipe.Recipe) (string, error) { b, err := r.JSON(); return string(b), err }},
	{"numpy", ".py", func(_ *prescriber, r *recipe.Recipe) (string, error) { return r.Python() }},
	{"sklearn", "", func(_ *prescriber, r *recipe.Recipe) (string, error) { return r.ScikitLearn() }},
	{"go", ".go", func(p *prescriber, r *recipe.Recipe) (string, error) { return r.Go(p.pkg) }},
}

func formNames() []string {
	var names []string
	for _, f := range forms {
		names = append(names, f.name)
	}
	return names
}

func newRecipe() *cobra.Command {
	p := &prescriber{}
	cmd := &cobra.Command{
		Use:   "recipe [flags] [RUN]",
		Short: "Say how to scale what a run fed its network and learned, column by column.",
		Example: `  nnvet recipe                                 of the newest run: what, and why
  nnvet recipe --format numpy -o inputs.py     the same as a program
  nnvet recipe 7f3ac1 --format go --package prices

Figures are of training rows alone, as they were fed. The target of a
regression is scaled too, and predictions come back in its own units.

Columns whose scales relative to each other mean something share one where
nnvet.toml declares them:

  [[data.groups]]
  name = "dose"
  unit = "mg"
  columns = ["morning", "evening"]    # or their numbers, from 0

or, before it is run, an experiment file:

  data:
    groups: [{name: dose, unit: mg, columns: [morning, evening]}]`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: p.from.runs,
		RunE: func(_ *cobra.Command, args []string) error {
			return p.prescribe(runOf(args))
		},
	}
	f := cmd.Flags()
	f.StringVar(&p.format, "format", "", "`one` of "+strings.Join(formNames(), "|")+" (default: as FILE of -o ends, or text)")
	f.StringVarP(&p.output, "output", "o", "", "the `file` to write (default: stdout)")
	f.StringVar(&p.site, "site", "", "the `network`, of several (default: the one that was fed most)")
	f.StringVar(&p.pkg, "package", "inputs", "`name` of the package of Go code")
	f.StringVar(&p.from.store, "dir", ".nnvet", "`directory` that runs are kept in")
	f.StringVar(&p.from.config, "config", "", "settings `file` (default: the nearest nnvet.toml or pyproject.toml)")
	complete(cmd, "format", formNames()...)
	_ = cmd.RegisterFlagCompletionFunc("site", p.sites) // the flags exist
	_ = cmd.MarkFlagDirname("dir")
	_ = cmd.MarkFlagFilename("config", "toml")
	return cmd
}

// runOf returns the run that arguments name, or the newest.
func runOf(args []string) string {
	if len(args) > 0 {
		return args[0]
	}
	return store.Last
}

func (p *prescriber) prescribe(name string) error {
	form, err := p.form()
	if err != nil {
		return err
	}
	if err := p.from.readSettings(); err != nil {
		return err
	}
	run, err := store.Find(p.from.store, name)
	if err != nil {
		return usage("nnvet run -- python train.py makes a run", "%w", err)
	}
	t, err := traceOf(run)
	if err != nil {
		return &failure{code: codeNoVerdict, err: fmt.Errorf("run %s: %s", run.Meta.ID, noVerdict(run, nil, err))}
	}
	p.from.settings.Declare(t)
	if sites := fed(t); p.site != "" && len(sites) > 0 && !slices.Contains(sites, p.site) {
		return usage("", "--site: training fed no network %s%s", p.site, near.Among(p.site, sites))
	}
	r, err := recipe.Of(t, p.site)
	if err != nil {
		return &failure{code: codeNoVerdict, err: fmt.Errorf("run %s: no recipe: %w", run.Meta.ID, err)}
	}
	text, err := form.write(p, r)
	if err != nil {
		return usage("", "--format %s: %w", form.name, err)
	}
	for _, g := range t.Declared.Groups {
		if said := unused(g, r); said != "" {
			fmt.Fprintln(os.Stderr, "nnvet: "+said)
		}
	}
	if form.name == "text" {
		text += after(t)
	}
	return p.put(text)
}

// form decides what is written, and finds what is wrong with the flags.
func (p *prescriber) form() (*form, error) {
	if !token.IsIdentifier(p.pkg) || p.pkg == "_" {
		return nil, usage("", "--package %s: that is no name for a package", p.pkg)
	}
	for i := range forms {
		switch f := &forms[i]; {
		case f.name == p.format, p.format == "" && f.ext == filepath.Ext(p.output) && f.ext != "":
			return f, nil
		}
	}
	if p.format == "" || format(p.format) != nil { // what NNVET_FORMAT says of diagnoses is no recipe's
		return &forms[0], nil
	}
	return nil, usage("", "unknown format %q: it is one of %s", p.format, strings.Join(formNames(), "|"))
}

// traceOf reads what a run left.
func traceOf(run *store.Run) (*nnvet.Trace, error) {
	dir := tracefile.OpenDir(run.Dir)
	if err := dir.Finish(); err != nil {
		return nil, err
	}
	return dir.Trace(), nil
}

// fed returns the networks that training fed.
func fed(t *nnvet.Trace) []string {
	var sites []string
	for _, x := range t.Profiles {
		if x.Role == nnvet.Input && x.Split == nnvet.Train && !slices.Contains(sites, x.Site) {
			sites = append(sites, x.Site)
		}
	}
	return sites
}

// sites completes the networks of a run.
func (p *prescriber) sites(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	run, err := store.Find(p.from.store, runOf(args))
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	t, err := traceOf(run)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return fed(t), cobra.ShellCompDirectiveNoFileComp
}

// text writes a recipe for a person.
func (p *prescriber) text(r *recipe.Recipe) (string, error) {
	p.from.color = "never"
	if err := p.from.setStyle(os.Stdout); err != nil {
		return "", err
	}
	const usual, least, most = 80, 40, 120
	width := p.from.style.Width
	if width == 0 {
		width = usual
	}
	return r.Text(min(max(width, least), most), p.from.style.Linear)
}

// after says what to do next.
func after(t *nnvet.Trace) string {
	if t.OfFile() {
		return "file     data.transform of an experiment file standardizes and takes logarithms;\n" +
			"         its predictions come back by themselves\n" + asCode
	}
	return asCode
}

const asCode = "code     nnvet recipe --format numpy|sklearn|go|json -o FILE\n"

// unused says which columns of a group that was declared make no difference to
// a recipe, and why, or nothing. A group none of whose columns is there may be
// of other data.
func unused(g nnvet.ColumnGroup, r *recipe.Recipe) string {
	var names, missing []string
	for _, c := range r.Columns {
		names = append(names, strconv.Itoa(c.Index))
		if c.Name != "" {
			names = append(names, c.Name)
		}
	}
	for _, name := range g.Columns {
		if !slices.Contains(names, name) {
			missing = append(missing, name)
		}
	}
	shares := func(c recipe.Column) bool { return c.Group == g.Name }
	switch nameless := len(names) == len(r.Columns); {
	case r.Every != nil || r.Target != nil && slices.ContainsFunc(r.Target.Columns, func(o recipe.Output) bool { return shares(o.Column) }):
		return ""
	case missing != nil && nameless:
		return fmt.Sprintf("group %s: the run knows no names of columns; declare their numbers, from 0", g.Name)
	case len(missing) == len(g.Columns):
		return ""
	case missing != nil:
		return fmt.Sprintf("group %s: there is no column %s%s", g.Name, missing[0], near.Meant(missing[0], names))
	case !slices.ContainsFunc(r.Columns, shares):
		return fmt.Sprintf("group %s is not used: fewer than two of its columns are quantities, or others have them", g.Name)
	}
	return ""
}

// put writes a text to where it goes, and never over another file.
func (p *prescriber) put(text string) error {
	if p.output == "" {
		_, err := os.Stdout.WriteString(text)
		return err
	}
	f, err := os.OpenFile(p.output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return usage("-o names another file", "%s exists already, and is left as it is", p.output)
	}
	if err != nil {
		return usage("", "%w", err)
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return usage("", "%w", errors.Join(err, os.Remove(p.output)))
	}
	fmt.Println("wrote", p.output)
	return nil
}
