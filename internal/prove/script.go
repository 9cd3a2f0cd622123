package prove

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	hand    string          // what a person does for the last of these, which no edit could say
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

// ByHand returns what a person does for what no edit could say; "" where there is no such thing.
func (t treated) ByHand() string { return t.hand }

// With edits the files, or changes the settings at run time. The error tells
// why neither can be, and what a person does instead.
func (s *Script) With(ctx context.Context, base Variant, t *nnvet.Trace, tr nnvet.Treatment) (Variant, error) {
	was, _ := base.(treated)
	p, err := edit.PythonAfter(ctx, was.patch, s.Interpreter, s.Dir, t, tr)
	if err == nil {
		if was.patch != nil {
			if p, err = was.patch.Then(p); err != nil {
				return nil, err
			}
		}
		return treated{patch: p, running: was.running, known: was.known, hand: was.hand}, nil
	}
	refused := (*edit.Refused)(nil)
	if !errors.As(err, &refused) {
		return nil, err
	}
	if v, ok := s.atRunTime(ctx, was, t, tr); ok {
		v.hand = refused.Instead
		return v, nil
	}
	return nil, err
}

// AtRunTime returns the variant in which the probe changes the settings, where a
// short run shows that it can.
func (s *Script) AtRunTime(ctx context.Context, base Variant, t *nnvet.Trace, tr nnvet.Treatment) (Variant, bool) {
	was, _ := base.(treated)
	v, ok := s.atRunTime(ctx, was, t, tr)
	v.hand = tr.Action
	return v, ok
}

// look is how many steps a run takes that only shows whether a setting can be
// changed at run time.
const look = 2

// atRunTime returns the variant in which the probe changes the settings, where a
// short run shows that it can.
func (s *Script) atRunTime(ctx context.Context, was treated, t *nnvet.Trace, tr nnvet.Treatment) (v treated, ok bool) {
	if len(tr.Settings) == 0 {
		return v, false
	}
	v = treated{patch: was.patch, running: append(slices.Clone(was.running), tr.Settings...), known: was.known}
	if v.known == nil {
		v.known = edit.Known(t)
	}
	o := v.order()
	o.Seed, o.Steps = firstRaced, look
	out, err := s.bench.Run(ctx, o)
	if err != nil {
		return v, false
	}
	for _, setting := range tr.Settings {
		if !slices.Contains(out.Applied, setting.Name) {
			return v, false
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
