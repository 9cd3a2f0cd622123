package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
	"github.com/nnvet/nnvet/internal/edit"
	"github.com/nnvet/nnvet/internal/prove"
	"github.com/nnvet/nnvet/internal/report"
	"github.com/nnvet/nnvet/internal/store"
	"github.com/nnvet/nnvet/internal/subject"
	"github.com/nnvet/nnvet/internal/tracefile"
	"github.com/nnvet/nnvet/internal/trial/script"
)

// A proving is one `nnvet prove`.
type proving struct {
	options
	budget  time.Duration
	only    []string
	metric  string
	jobs    int
	force   bool
	inPlace bool
	again   bool
}

func newProve() *cobra.Command {
	p := &proving{}
	cmd := &cobra.Command{
		Use:   "prove [flags] [RUN]",
		Short: "Train again with what a run's findings prescribe, and say whether it helped.",
		Example: `  nnvet prove                       the newest run
  nnvet prove --budget 10m          as much as ten minutes allow
  nnvet prove --only lr-too-high    one finding
  nnvet prove --metric accuracy     by a figure that the program prints: "accuracy: 0.93"
  nnvet fix --diff                  then shows what was proven as a change of your files

Cause after cause: candidates are raced on three seeds, and the best is held
against the training as it is on fresh ones. Every training runs in a copy of
the working directory, with trackers switched off; your files stay as they are
(docs/proof.md). An interrupted proof goes on where it stopped.`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: p.runs,
		RunE: func(_ *cobra.Command, args []string) error {
			return p.prove(runOf(args))
		},
	}
	p.add(cmd)
	f := cmd.Flags()
	f.DurationVar(&p.budget, "budget", 0, "the most `time` to spend, as 10m")
	f.StringSliceVar(&p.only, "only", nil, "treat the findings of these `checks` alone")
	f.StringVar(&p.metric, "metric", "", "judge by this `figure` that the program prints, not by the loss; min:NAME where less is better and the name does not say so")
	f.IntVar(&p.jobs, "jobs", 0, "trainings at once (default: one a core, on one thread each)")
	f.BoolVar(&p.force, "force", false, "try depth and width although a cause before them is found")
	f.BoolVar(&p.inPlace, "in-place", false, "run in the working directory itself: what the program writes is written")
	f.BoolVar(&p.again, "again", false, "forget what an earlier proof of this run has trained")
	complete(cmd, "only", names(nil)...)
	return cmd
}

// proofFile is where a run keeps what was proven of it.
const (
	proofFile = "proof.json"
	proofDir  = "proof"
)

func (p *proving) prove(name string) error {
	if err := p.resolve(os.Stdout, nnvet.Error); err != nil {
		return err
	}
	run, err := store.Find(p.store, name)
	if err != nil {
		return usage("nnvet run -- python train.py makes a run", "%w", err)
	}
	o, err := p.proverOptions()
	if err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	s, err := p.subject(ctx, run)
	if err != nil {
		return err
	}
	defer s.close()
	p.announce(run, s)
	if p.again {
		if err := os.RemoveAll(run.Path(proofDir)); err != nil {
			return err
		}
	}
	j, err := prove.OpenJournal(run.Path(proofDir), s.about+" "+p.metric)
	if err != nil {
		return err
	}
	if n := j.Known(); n > 0 {
		fmt.Fprintf(os.Stderr, "nnvet: goes on with %s of an earlier proof, kept in %s\n", count(n, "training"), fromHere(run.Path(proofDir)))
	}
	o.Trace = p.asRun(run)
	rep, err := prove.New(s, j, o).Run(ctx)
	p.clear()
	if ctx.Err() != nil {
		fmt.Fprintf(os.Stderr, "nnvet: stopped after %s; nnvet prove %s goes on from there\n", count(rep.Trainings, "training"), run.Meta.ID)
		return status(interrupted(ctx))
	}
	if err != nil {
		return &failure{code: codeNoVerdict, err: err}
	}
	return p.conclude(run, rep)
}

// asRun returns the trace of a run whose program is still what it was; nil of others.
func (p *proving) asRun(run *store.Run) *nnvet.Trace {
	rep, err := examine(run, tracefile.OpenDir(run.Dir), p.settings)
	if err != nil || len(rep.Trace.Modified) > 0 {
		return nil
	}
	return rep.Trace
}

// proverOptions are what the flags and settings say.
func (p *proving) proverOptions() (prove.Options, error) {
	vet := p.settings.Options
	vet.Likelihoods = checks.Likelihoods
	o := prove.Options{Checks: checks.All, Vet: vet, Force: p.force, Budget: p.budget, Say: p.say}
	for _, name := range p.only {
		i := slices.IndexFunc(checks.All, func(c *nnvet.Check) bool { return c.ID == name || c.Name == name })
		if i < 0 {
			return o, usage("nnvet checks lists them", "--only %s: there is no such check", name)
		}
		o.Only = append(o.Only, checks.All[i].ID)
	}
	if p.metric != "" {
		m, err := prove.ParseMetric(p.metric)
		if err != nil {
			return o, usage("", "%w", err)
		}
		o.Metric = m
	}
	if p.budget < 0 {
		return o, usage("", "--budget %s: there is no such time", p.budget)
	}
	return o, nil
}

// A provable is the subject of a run, with what is to be said of it.
type provable struct {
	prove.Subject
	about string // what its trainings depend on
	how   string // it is trained, a phrase
	close func()
}

// subject returns what a run trained, so that it can be trained again.
func (p *proving) subject(ctx context.Context, run *store.Run) (*provable, error) {
	if len(run.Meta.Command) == 0 {
		return nil, usage("", "run %s: it is a bare trace, and no command is known that would train it again", run.Meta.ID)
	}
	if _, err := os.Stat(run.Path(subject.ExperimentFile)); err == nil {
		return p.experimentOf(run)
	}
	return p.scriptOf(ctx, run)
}

func (p *proving) experimentOf(run *store.Run) (*provable, error) {
	name := run.Meta.Command[0]
	if !isExperiment(name) {
		return nil, usage("nnvet init "+strings.Join(run.Meta.Command, " "), "run %s trained a data file with all decided by nnvet: write that into an experiment file, and change what you like", run.Meta.ID)
	}
	path := filepath.Join(run.Cwd(), name)
	if filepath.IsAbs(name) {
		path = name
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, usage("", "%w", err)
	}
	if p.metric != "" {
		return nil, usage("", "--metric: an experiment is judged by its loss, in units of the best constant's")
	}
	return &provable{
		Subject: prove.NewExperiment(fromHere(path), text, version), about: version + " " + hash(text), close: func() {},
		how: "on the embedded engine, one training a core",
	}, nil
}

// enough is how much longer a trial may take than the run that is proven.
const (
	enough    = 10
	leastTime = 2 * time.Minute
)

func (p *proving) scriptOf(ctx context.Context, run *store.Run) (*provable, error) {
	jobs := p.jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	if jobs > 1 {
		shareCores()
	}
	took := run.Meta.Ended.Sub(run.Meta.Started)
	b, err := script.Open(ctx, script.Program{Command: run.Meta.Command, Dir: run.Cwd()}, script.Options{
		Jobs: jobs, Time: max(leastTime, enough*took), InPlace: p.inPlace, Version: version,
	})
	if err != nil {
		return nil, &failure{code: codeNoVerdict, err: err}
	}
	dir := run.Cwd()
	about := version + " " + strings.Join(run.Meta.Command, "\x00")
	for _, name := range pythonFiles(dir) {
		text, err := os.ReadFile(filepath.Join(dir, name))
		about += " " + name + " " + hash(text)
		if err != nil {
			about += err.Error()
		}
	}
	how := fmt.Sprintf("each in a copy of %s, trackers off, %s at once", fromHere(dir), count(jobs, "training"))
	if p.inPlace {
		how = fmt.Sprintf("in %s itself, %s at once", fromHere(dir), count(jobs, "training"))
	}
	return &provable{
		Subject: prove.NewScript(b, dir, pythonOf(run.Meta.Command), jobs),
		about:   hash([]byte(about)), how: how, close: func() { _ = b.Close() },
	}, nil
}

// shareCores lets each of several trainings compute on one thread, where the user
// has not said otherwise: on small networks more threads wait for each other.
func shareCores() {
	for _, name := range []string{"OMP_NUM_THREADS", "MKL_NUM_THREADS"} {
		if os.Getenv(name) == "" {
			_ = os.Setenv(name, "1") // the name holds no "="
		}
	}
}

// pythonOf returns the Python that a command runs.
func pythonOf(command []string) string {
	for _, word := range command {
		if strings.HasPrefix(filepath.Base(word), "python") && !strings.HasSuffix(word, ".py") {
			return word
		}
	}
	return "python3"
}

// mostFiles bounds the files whose change makes a proof begin anew.
const mostFiles = 2000

// pythonFiles lists the Python files below a directory.
func pythonFiles(dir string) []string {
	var names []string
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || len(names) >= mostFiles {
			return fs.SkipDir
		}
		if d.IsDir() && path != dir && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || isEnvironment(path)) {
			return fs.SkipDir
		}
		if strings.HasSuffix(d.Name(), ".py") {
			rel, _ := filepath.Rel(dir, path) // it lies below
			names = append(names, rel)
		}
		return nil
	})
	return names
}

func isEnvironment(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "pyvenv.cfg"))
	return err == nil
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// announce says what will be trained before it is, and about how long that takes.
func (p *proving) announce(run *store.Run, s *provable) {
	took := run.Meta.Ended.Sub(run.Meta.Started)
	const a, two = 45, 110 // trainings for one cause and for two; see docs/proof.md
	each := took / time.Duration(max(1, s.Jobs()))
	text := fmt.Sprintf("nnvet: proving run %s: about %d trainings for one cause, %d for two, %s", run.Meta.ID, a, two, s.how)
	if took > 0 {
		text += fmt.Sprintf("; %s to %s", about2(a*each), about2(two*each))
	}
	if p.budget > 0 {
		text += fmt.Sprintf(", at most %s", p.budget)
	}
	fmt.Fprintln(os.Stderr, text)
}

// about2 rounds a time to what is worth saying.
func about2(d time.Duration) string {
	switch {
	case d < time.Minute:
		return d.Round(time.Second).String()
	case d < time.Hour:
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	}
	return strings.TrimSuffix(d.Round(10*time.Minute).String(), "0s")
}

// say shows how far the proof is, on a line that is rewritten.
func (p *proving) say(at prove.Progress) {
	if !live(p.style) {
		return
	}
	left := ""
	if at.Left > 0 {
		left = ", " + about2(at.Left) + " left of what is planned"
	}
	fmt.Fprintf(os.Stderr, "%snnvet  training %d of %d%s: %s\r", clearLine, at.Done, at.Of, left, at.Doing)
}

func (p *proving) clear() {
	if live(p.style) {
		fmt.Fprint(os.Stderr, clearLine)
	}
}

// A kept is what proof.json holds: the report, and the files as they would be.
type kept struct {
	Nnvet  string          `json:"nnvet"`
	Run    string          `json:"run"`
	Report *prove.Report   `json:"report"`
	Files  []keptFile      `json:"files"`             // with all that was proven and is not idle
	Rest   []nnvet.Setting `json:"by_hand,omitempty"` // proven at run time alone
}

type keptFile struct {
	Path   string `json:"path"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// conclude keeps and prints what was proven.
func (p *proving) conclude(run *store.Run, rep *prove.Report) error {
	k := kept{Nnvet: version, Run: run.Meta.ID, Report: rep}
	if v, ok := rep.Final().(prove.Edited); ok && v.Patch() != nil {
		for _, f := range v.Patch().Files {
			k.Files = append(k.Files, keptFile{f.Path, string(f.Before), string(f.After)})
		}
	}
	if v, ok := rep.Final().(interface{ AtRunTime() []nnvet.Setting }); ok {
		k.Rest = v.AtRunTime()
	}
	doc, err := json.MarshalIndent(k, "", " ")
	if err == nil {
		err = run.Write(proofFile, append(doc, '\n'))
	}
	if err != nil {
		return &failure{code: codeNoVerdict, err: err}
	}
	view := proofView(run, rep, k)
	err = p.stream.Proof(os.Stdout, view, p.style)
	if err == nil {
		err = p.saveProof(view)
	}
	if err != nil {
		return &failure{code: codeNoVerdict, err: err}
	}
	if len(rep.Left) > 0 && len(rep.Proven()) == 0 {
		return status(codeFindings)
	}
	return nil
}

// saveProof writes a proof to the files that were asked for. All are tried.
func (p *proving) saveProof(v *report.ProofReport) (errs error) {
	plain := p.style
	plain.Color = false
	for _, d := range p.files {
		var b bytes.Buffer
		err := d.format.Proof(&b, v, plain)
		if err == nil {
			err = os.WriteFile(d.path, b.Bytes(), 0o666)
		}
		errs = errors.Join(errs, err)
	}
	return errs
}

// patch returns the files of a proof as a patch.
func (k *kept) patch() *edit.Patch {
	p := &edit.Patch{}
	for _, f := range k.Files {
		p.Files = append(p.Files, edit.File{Path: f.Path, Before: []byte(f.Before), After: []byte(f.After)})
	}
	return p
}

// proofView is the proof as it is shown.
func proofView(run *store.Run, rep *prove.Report, k kept) *report.ProofReport {
	v := &report.ProofReport{
		Version: version, Run: run.Meta.ID, Command: run.Meta.Command, Scale: string(rep.Scale), Split: rep.Split, Trainings: rep.Trainings,
		Spent: rep.Spent, Short: rep.Short, Healthy: rep.Healthy, Left: names(append([]string{}, rep.Left...)), Disproven: names(append([]string{}, rep.Disproven...)), Diff: k.patch().Diff(),
	}
	for _, f := range k.Files {
		v.Files = append(v.Files, f.Path)
	}
	for _, f := range rep.Fixes {
		v.Proofs = append(v.Proofs, report.Proof{Check: f.Check, Name: f.Name, Site: f.Site, Message: f.Message, Proof: *f.Told()})
	}
	for _, u := range rep.NotTried {
		v.NotTried = append(v.NotTried, report.NotTried{Check: u.Check, Name: u.Name, Site: u.Site, Why: u.Why, Instead: u.Instead})
	}
	return v
}

// names returns checks by name; all of them for nil.
func names(ids []string) []string {
	var out []string
	for _, c := range checks.All {
		if ids == nil || slices.Contains(ids, c.ID) {
			out = append(out, c.Name)
		}
	}
	return out
}

// readProof reads what was proven of a run.
func readProof(run *store.Run) (*kept, error) {
	text, err := os.ReadFile(run.Path(proofFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoProof
	}
	if err != nil {
		return nil, err
	}
	k := new(kept)
	if err := json.Unmarshal(text, k); err != nil {
		return nil, fmt.Errorf("%s: %w", run.Path(proofFile), err)
	}
	if k.Report == nil {
		return nil, fmt.Errorf("%s: it holds no report", run.Path(proofFile))
	}
	return k, nil
}

// errNoProof is of a run that nothing was tried of.
var errNoProof = errors.New("nothing was proven of it yet")

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
