package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
	"github.com/nnvet/nnvet/internal/config"
	"github.com/nnvet/nnvet/internal/page"
	"github.com/nnvet/nnvet/internal/report"
	"github.com/nnvet/nnvet/internal/store"
	"github.com/nnvet/nnvet/internal/subject"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// options are the flags of the commands that diagnose, and what they mean.
type options struct {
	store  string
	config string
	format string
	output []string
	color  string
	ascii  bool
	notes  bool
	failOn string

	settings *config.Settings
	failAt   nnvet.Severity // findings of this severity fail the command; 0 where none do
	style    report.Style
	stream   *report.Format
	events   *report.Events // of the stream, of a run that is followed; nil of other formats
	files    []destination
}

func (o *options) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.format, "format", "", "`one` of "+strings.ReplaceAll(formatNames(), "|", ", ")+" (default text, or agent under a coding agent)")
	f.StringArrayVarP(&o.output, "output", "o", nil, "also write to `file`: .html, .json, .jsonl, .md, .sarif, .txt, .xml (JUnit), others as --format says; repeatable")
	f.StringVar(&o.failOn, "fail-on", "", "exit with 1 on findings of this `severity` or worse: warning, error")
	f.BoolVar(&o.notes, "notes", false, "show notes too")
	f.StringVar(&o.color, "color", "auto", "`when`: auto, always, never")
	f.BoolVar(&o.ascii, "ascii", false, "print ASCII only")
	f.StringVar(&o.store, "dir", ".nnvet", "`directory` that runs are kept in")
	f.StringVar(&o.config, "config", "", "settings `file` (default: the nearest nnvet.toml or pyproject.toml)")
	complete(cmd, "format", strings.Split(formatNames(), "|")...)
	complete(cmd, "fail-on", "warning", "error")
	complete(cmd, "color", "auto", "always", "never")
	_ = cmd.MarkFlagDirname("dir") // the flag exists
	_ = cmd.MarkFlagFilename("config", "toml")
}

// complete lists the values of a flag for the shell.
func complete(cmd *cobra.Command, flag string, values ...string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)) // the flag exists
}

func formatNames() string {
	var names []string
	for _, f := range report.Formats {
		names = append(names, f.Name)
	}
	return strings.Join(names, "|")
}

// resolve finds everything that can be wrong with the flags and settings of a
// command that writes to f and that fails by itself on findings of severity own.
func (o *options) resolve(f *os.File, own nnvet.Severity) error {
	if err := o.readSettings(); err != nil {
		return err
	}
	if err := o.setThreshold(own); err != nil {
		return err
	}
	if err := o.setStyle(f); err != nil {
		return err
	}
	return o.setFormats()
}

// readSettings reads the settings file that holds here.
func (o *options) readSettings() (err error) {
	if o.config != "" {
		o.settings, err = config.Read(o.config, checks.All)
	} else {
		o.settings, err = config.Find(".", checks.All)
	}
	if err != nil {
		return usage("", "%w", err)
	}
	return nil
}

// setThreshold takes the flag's severity, else the settings', else the command's own.
func (o *options) setThreshold(own nnvet.Severity) (err error) {
	switch {
	case o.failOn != "":
		if o.failAt, err = config.ParseFailOn(o.failOn); err != nil {
			return usage("", "--fail-on: %w", err)
		}
	case o.settings.FailOn != 0:
		o.failAt = o.settings.FailOn
	default:
		o.failAt = own
	}
	return nil
}

// A destination is a file that a report goes to.
type destination struct {
	path   string
	format *report.Format
	page   bool           // it gets the page, whatever the format
	events *report.Events // written while a run goes on; nil of other formats
	file   *os.File       // that they go to
}

// setFormats decides what the stream and the files get.
func (o *options) setFormats() error {
	name := o.format
	if name == "" {
		name = report.DefaultFormat(os.Getenv)
	}
	if o.stream = format(name); o.stream == nil {
		return usage("", "unknown format %q: it is one of %s", name, formatNames())
	}
	for _, path := range o.output {
		to := destination{path: path, format: report.FormatOf(path)}
		if ext := strings.ToLower(filepath.Ext(path)); ext == ".html" || ext == ".htm" {
			to.page = true
		}
		if to.format == nil {
			to.format = o.stream
		}
		o.files = append(o.files, to)
	}
	return nil
}

// document reports whether a format is one whole, which nothing may stand beside.
func document(f *report.Format) bool {
	return f.Name == "json" || f.Name == "sarif" || f.Name == "junit"
}

// onlyWords fails where a format or file was asked for that only diagnoses and
// proofs have.
func (o *options) onlyWords() error {
	for _, d := range append([]destination{{path: "--format " + o.stream.Name, format: o.stream}}, o.files...) {
		if name := d.format.Name; d.page || name != "text" && name != "concise" && name != "agent" && name != "json" {
			return usage("", "%s: this command writes text or json", d.path)
		}
	}
	return nil
}

func format(name string) *report.Format {
	for i := range report.Formats {
		if report.Formats[i].Name == name {
			return &report.Formats[i]
		}
	}
	return nil
}

// setStyle decides how text is to look on a stream.
func (o *options) setStyle(f *os.File) error {
	tty := term.IsTerminal(int(f.Fd()))
	columns := 0
	if tty {
		columns, _, _ = term.GetSize(int(f.Fd())) // 0 where it is not known
	}
	o.style = report.StyleFor(os.Getenv, tty, columns)
	o.style.ASCII = o.style.ASCII || o.ascii
	switch o.color {
	case "auto":
	case "always", "never":
		o.style.Color = o.color == "always"
	default:
		return usage("", "--color %s: it is one of auto, always, never", o.color)
	}
	return nil
}

// render renders a report as a whole, so that no half of one goes anywhere.
func render(f *report.Format, r *report.Report, s report.Style) ([]byte, error) {
	var b bytes.Buffer
	err := f.Render(&b, r, s)
	return b.Bytes(), err
}

// print writes a report to a stream, or ends the events that went there.
func (o *options) print(w io.Writer, r *report.Report) error {
	if o.events != nil {
		return o.events.End(r)
	}
	b, err := render(o.stream, r, o.style)
	if err == nil {
		_, err = w.Write(b)
	}
	return errors.Join(err, o.summarize(func(w io.Writer) error { return report.Markdown(w, r, report.Style{}) }))
}

// summarize appends Markdown to the summary of a job of GitHub Actions, where
// annotations were asked for and there is one.
func (o *options) summarize(write func(io.Writer) error) error {
	path := os.Getenv("GITHUB_STEP_SUMMARY")
	if o.stream.Name != "github" || path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// save writes a report to the files that were asked for. All are tried.
func (o *options) save(run *store.Run, r *report.Report) (errs error) {
	for _, d := range o.files {
		var b bytes.Buffer
		var err error
		switch {
		case d.events != nil:
			errs = errors.Join(errs, d.events.End(r), d.file.Close())
			continue
		case d.page:
			err = page.Write(&b, pageOf(run, r))
		default:
			err = d.format.Render(&b, r, o.plain())
		}
		if err == nil {
			err = os.WriteFile(d.path, b.Bytes(), 0o666)
		}
		errs = errors.Join(errs, err)
	}
	return errs
}

// plain is the style of files.
func (o *options) plain() report.Style {
	s := o.style
	s.Color = false
	return s
}

// reportOf returns what is known of a run before its trace is read.
func reportOf(run *store.Run, settings *config.Settings) *report.Report {
	return &report.Report{
		ID: run.Meta.ID, Dir: fromHere(run.Dir), Command: run.Meta.Command, Version: version, Source: run.Source, Root: run.Cwd(), Limits: settings.Options.Limits,
	}
}

// examine reads the rest of a run's trace and judges it.
func examine(run *store.Run, dir *tracefile.Dir, settings *config.Settings) (*report.Report, error) {
	r := reportOf(run, settings)
	if run.Meta.Exit != nil {
		r.ExitCode = *run.Meta.Exit
	}
	if err := dir.Finish(); err != nil {
		return r, err
	}
	r.Outcome = outcomeOf(run)
	r.Trace = dir.Trace()
	r.Trace.Modified = run.Modified(dir.Sources())
	settings.Declare(r.Trace)
	settings.Options.Likelihoods = checks.Likelihoods
	r.Result = nnvet.Vet(r.Trace, checks.All, settings.Options)
	return r, nil
}

// fromHere returns a path as seen from the working directory where it lies below it.
func fromHere(path string) string {
	cwd, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(cwd, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}

// noVerdict says why a run cannot be judged, or "". err is what [examine] returned.
func noVerdict(run *store.Run, r *report.Report, err error) string {
	const nothing = "nothing was watched: "
	switch {
	case errors.Is(err, tracefile.ErrEmpty) && len(run.Meta.Command) > 0:
		return nothing + subject.Unwatched(run.Meta.Command, run.Dir)
	case err != nil:
		return err.Error()
	case r.Trace.Run.Steps > 0 || len(r.Result.Findings) > 0:
		return ""
	}
	if e := r.Trace.Event(nnvet.ProbeDisabled); e != nil {
		return nothing + "the probe gave up: " + e.Text
	}
	return nothing + "a network was run, but no optimizer took a step"
}
