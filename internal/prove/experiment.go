package prove

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/edit"
	"github.com/nnvet/nnvet/internal/experiment"
	"github.com/nnvet/nnvet/internal/subject"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// An Experiment is an experiment file, trained by the embedded engine. Its
// treatments are edits of the file, so that what is proven is what is written.
type Experiment struct {
	Path    string
	Version string // of nnvet

	text     []byte
	lock     sync.Mutex
	prepared map[string]func() (*subject.Experiment, error) // by the text
}

// Edited is a variant whose files were edited.
type Edited interface {
	Variant
	Patch() *edit.Patch
}

// NewExperiment returns the subject of an experiment file's text.
func NewExperiment(path string, text []byte, version string) *Experiment {
	return &Experiment{Path: path, Version: version, text: text, prepared: make(map[string]func() (*subject.Experiment, error))}
}

// edited is a patch as a variant.
type edited struct{ patch *edit.Patch }

func (e edited) Patch() *edit.Patch { return e.patch }

// Key names the edited files by what is in them.
func (e edited) Key() string { return "edited " + digest(e.patch) }

func digest(p *edit.Patch) string {
	h := sha256.New()
	for _, f := range p.Files {
		fmt.Fprintf(h, "%s %d\n", f.Path, len(f.After))
		h.Write(f.After)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Jobs is one training a core.
func (e *Experiment) Jobs() int { return runtime.GOMAXPROCS(0) }

// With edits the file; what was altered in memory is altered further.
func (e *Experiment) With(ctx context.Context, base Variant, t *nnvet.Trace, tr nnvet.Treatment) (Variant, error) {
	if _, ok := base.(altered); ok {
		return e.Alter(ctx, base, Alteration{settings: tr.Settings})
	}
	p, err := edit.YAML(e.Path, e.of(base), t, tr)
	if err != nil {
		return nil, err
	}
	return over(base, p)
}

// over lays a patch over what a variant has changed before.
func over(base Variant, p *edit.Patch) (Variant, error) {
	if base, ok := base.(Edited); ok {
		both, err := base.Patch().Then(p)
		if err != nil {
			return nil, err
		}
		p = both
	}
	return edited{p}, nil
}

func (e *Experiment) of(v Variant) []byte {
	if a, ok := v.(altered); ok {
		v = a.base
	}
	if v, ok := v.(Edited); ok {
		return v.Patch().Files[0].After
	}
	return e.text
}

// prepare reads a text and its data once.
func (e *Experiment) prepare(ctx context.Context, text []byte) (*subject.Experiment, error) {
	e.lock.Lock()
	once := e.prepared[string(text)]
	if once == nil {
		once = sync.OnceValues(func() (*subject.Experiment, error) {
			f, err := experiment.Parse(e.Path, text)
			if err != nil {
				return nil, err
			}
			return subject.Prepare(ctx, f)
		})
		e.prepared[string(text)] = once
	}
	e.lock.Unlock()
	return once()
}

// Train trains the file, or an edited one.
func (e *Experiment) Train(ctx context.Context, o Order) (*Training, error) {
	began := time.Now()
	x, err := e.prepare(ctx, e.of(o.Variant))
	if err != nil {
		return failed(ctx, err, began)
	}
	again := x
	if o.Seed != asWritten {
		if again, err = x.Again(o.Seed); err != nil {
			return failed(ctx, err, began)
		}
	}
	if a, ok := o.Variant.(altered); ok {
		if again, err = a.of(again); err != nil {
			return failed(ctx, err, began)
		}
	}
	t := &subject.Training{Experiment: again, Dir: o.Dir, Version: e.Version}
	if err := t.Trace(ctx); err != nil {
		return failed(ctx, err, began)
	}
	trace, err := tracefile.Load(o.Dir)
	return &Training{Trace: trace, Wall: time.Since(began)}, err
}

// failed is a training that its own fault ended: that is a result. One that was
// told to stop is none.
func failed(ctx context.Context, err error, began time.Time) (*Training, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return &Training{Failed: err.Error(), Wall: time.Since(began)}, nil
}
