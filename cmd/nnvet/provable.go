package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/nnvet/nnvet/internal/plural"
	"github.com/nnvet/nnvet/internal/prove"
	"github.com/nnvet/nnvet/internal/store"
	"github.com/nnvet/nnvet/internal/subject"
	"github.com/nnvet/nnvet/internal/trial/script"
)

// A provable is the subject of a run, with what is to be said of it.
type provable struct {
	prove.Subject
	about string // what its trainings depend on
	how   string // it is trained, a phrase
	close func()

	printed printed // what its trainings print of rows that were held out
}

// subject returns what a run trained, so that it can be trained again.
func (p *proving) subject(ctx context.Context, run *store.Run) (*provable, error) {
	if len(run.Meta.Command) == 0 {
		return nil, usage("", "run %s: it is a bare trace, and no command is known that would train it again", run.Meta.ID)
	}
	if _, err := os.Stat(run.Path(subject.ExperimentFile)); err == nil {
		return p.experimentOf(run)
	}
	if p.twin {
		if t := p.twinOf(ctx, run); t != nil {
			return t, nil
		}
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
		Subject: prove.NewExperiment(fromHere(path), text, version), about: version + " " + hash(text) + " " + p.dataOf(path, text), close: func() {},
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
	limit := max(leastTime, enough*took)
	b, err := script.Open(ctx, script.Program{Command: run.Meta.Command, Dir: run.Cwd()}, script.Options{
		Jobs: jobs, Time: limit, InPlace: p.inPlace, Version: version,
	})
	if err != nil {
		return nil, &failure{code: codeNoVerdict, err: err}
	}
	dir := run.Cwd()
	python := pythonOf(run.Meta.Command)
	about := strings.Join([]string{
		version, strings.Join(run.Meta.Command, "\x00"), pythonAt(run.Meta.Command[0]), pythonAt(python), limit.String(), p.dependsOn(dir),
	}, " ")
	how := fmt.Sprintf("each in a copy of %s, trackers off, %s at once", fromHere(dir), plural.Of(jobs, "training"))
	if p.inPlace {
		how = fmt.Sprintf("in %s itself, %s at once", fromHere(dir), plural.Of(jobs, "training"))
	}
	return &provable{
		Subject: prove.NewScript(b, dir, python, jobs),
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

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}
