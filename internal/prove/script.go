package prove

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/edit"
	"github.com/nnvet/nnvet/internal/trial/script"
)

// A Script is a user's command. Its treatments are edits of a scratch copy of
// its files where their place is certain, and changes at run time otherwise.
type Script struct {
	Dir         string // that the command runs in
	Interpreter string // Python
	bench       *script.Bench
	jobs        int
}

// NewScript returns the subject of a command whose trials a bench runs.
func NewScript(b *script.Bench, dir, interpreter string, jobs int) *Script {
	return &Script{Dir: dir, Interpreter: interpreter, bench: b, jobs: max(1, jobs)}
}

// Jobs is as many as the bench runs at once.
func (s *Script) Jobs() int { return s.jobs }

// treated is a script with edited files, and with what is changed at run time.
type treated struct {
	patch   *edit.Patch // nil: none
	running []nnvet.Setting
	known   json.RawMessage // what these need of the trace that they were prescribed on
}

// Key names the edited files by what is in them.
func (t treated) Key() string {
	key := "edited"
	if t.patch != nil {
		key += " " + digest(t.patch)
	}
	for _, s := range t.running {
		key += fmt.Sprintf(", %s=%s at run time", s.Name, s.To)
	}
	return key
}

// Patch returns the edited files; nil where all happens at run time.
func (t treated) Patch() *edit.Patch { return t.patch }

// AtRunTime returns what no edit could say.
func (t treated) AtRunTime() []nnvet.Setting { return t.running }

// With edits the files, or changes the settings at run time. The error tells
// why neither can be, and what a person does instead.
func (s *Script) With(ctx context.Context, base Variant, t *nnvet.Trace, tr nnvet.Treatment) (Variant, error) {
	was, _ := base.(treated)
	p, err := s.edit(ctx, was, t, tr)
	if err == nil {
		if was.patch != nil {
			if p, err = was.patch.Then(p); err != nil {
				return nil, err
			}
		}
		return treated{p, was.running, was.known}, nil
	}
	refused := (*edit.Refused)(nil)
	if !errors.As(err, &refused) {
		return nil, err
	}
	if v, ok := s.atRunTime(ctx, was, t, tr); ok {
		return v, nil
	}
	return nil, err
}

// edit makes a patch of the files as a variant has them.
func (s *Script) edit(ctx context.Context, was treated, t *nnvet.Trace, tr nnvet.Treatment) (*edit.Patch, error) {
	if was.patch == nil {
		return edit.Python(ctx, s.Interpreter, s.Dir, t, tr)
	}
	dir, err := os.MkdirTemp("", "nnvet-edited-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	for _, source := range edit.Named(t) {
		if err := s.lay(dir, source, was.patch); err != nil {
			return nil, err
		}
	}
	return edit.Python(ctx, s.Interpreter, dir, t, tr)
}

// lay writes a source file into dir, as the patch leaves it.
func (s *Script) lay(dir, name string, p *edit.Patch) error {
	if !filepath.IsLocal(name) {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(s.Dir, name))
	if i := slices.IndexFunc(p.Files, func(f edit.File) bool { return f.Path == name }); i >= 0 {
		text, err = p.Files[i].After, nil
	}
	if err != nil {
		return nil // the editor says that it is not there
	}
	path := filepath.Join(dir, name)
	return errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, text, 0o600))
}

// look is how many steps a run takes that only shows whether a setting can be
// changed at run time.
const look = 2

// atRunTime returns the variant in which the probe changes the settings, where a
// short run shows that it can.
func (s *Script) atRunTime(ctx context.Context, was treated, t *nnvet.Trace, tr nnvet.Treatment) (Variant, bool) {
	if len(tr.Settings) == 0 {
		return nil, false
	}
	v := treated{was.patch, append(slices.Clone(was.running), tr.Settings...), was.known}
	if v.known == nil {
		v.known = edit.Known(t)
	}
	o := v.order()
	o.Seed, o.Steps = firstRaced, look
	out, err := s.bench.Run(ctx, o)
	if err != nil {
		return nil, false
	}
	for _, setting := range tr.Settings {
		if !slices.Contains(out.Applied, setting.Name) {
			return nil, false
		}
	}
	return v, true
}

func (t treated) order() script.Order {
	o := script.Order{Settings: t.running, Known: t.known}
	if t.patch != nil {
		o.Files = make(map[string][]byte)
		for _, f := range t.patch.Files {
			o.Files[f.Path] = f.After
		}
	}
	return o
}

// Train runs the command once.
func (s *Script) Train(ctx context.Context, o Order) (*Training, error) {
	v, _ := o.Variant.(treated)
	order := v.order()
	order.Seed, order.Trace = o.Seed, o.Dir
	began := time.Now()
	out, err := s.bench.Run(ctx, order)
	if err != nil {
		return nil, err
	}
	t := &Training{Trace: out.Trace, Output: out.Output, Wall: time.Since(began)}
	switch {
	case out.Ended == script.Time:
		t.Failed = "it took too long and was stopped"
	case out.Ended == script.Memory:
		t.Failed = "it took too much memory and was stopped"
	case out.Exit != 0:
		t.Failed = fmt.Sprintf("it ended with exit code %d: %s", out.Exit, last(out.Output))
	case out.Trace == nil:
		t.Failed = "nothing of it could be watched"
	}
	return t, nil
}

// last returns the last line of what was printed.
func last(output []byte) string {
	text := strings.TrimSpace(string(output))
	return text[strings.LastIndexByte(text, '\n')+1:]
}
