package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/nnvet/nnvet/internal/edit"
	"github.com/nnvet/nnvet/internal/prove"
	"github.com/nnvet/nnvet/internal/store"
)

// change proves a change that the user brings: files of theirs in place of those
// of a run.
func (p *proving) change(ctx context.Context, run *store.Run, s *provable, j *prove.Journal, o prove.Options) error {
	patch, err := p.brought(run)
	if err != nil {
		return err
	}
	if p.inPlace {
		return usage("", "--with and --in-place: changed files are tried in a copy of the directory alone")
	}
	rep, err := prove.New(s.Subject, j, o).Change(ctx, prove.Patched(s.Subject, patch), "with "+strings.Join(p.with, " and "))
	if err := p.ended(ctx, err); err != nil {
		return err
	}
	if err := p.tell(proofView(run, rep, keptOf(run, rep))); err != nil {
		return err
	}
	if len(rep.Proven()) == 0 {
		return status(codeFindings)
	}
	return nil
}

// brought reads the files that --with names: FILE in place of the program, or
// NAME=FILE in place of another file of its directory.
func (p *proving) brought(run *store.Run) (*edit.Patch, error) {
	patch := &edit.Patch{}
	for _, word := range p.with {
		name, file, named := strings.Cut(word, "=")
		if !named {
			name, file = program(run), word
		}
		if name == "" {
			return nil, usage("--with NAME=FILE says which file of the run it replaces", "--with %s: the command of run %s names no script", word, run.Meta.ID)
		}
		f, err := replacement(run, name, file)
		if err != nil {
			return nil, err
		}
		patch.Files = append(patch.Files, f)
	}
	return patch, nil
}

func replacement(run *store.Run, name, file string) (f edit.File, err error) {
	f.Path = name
	at := filepath.Join(run.Cwd(), name)
	if isExperiment(run.Meta.Command[0]) {
		f.Path = fromHere(at)
	} else if !filepath.IsLocal(name) {
		return f, usage("", "--with: %s is not below %s, the directory of the run", name, run.Cwd())
	}
	if f.Before, err = os.ReadFile(at); err != nil {
		return f, usage("", "--with: %w", err)
	}
	if f.After, err = os.ReadFile(file); err != nil {
		return f, usage("", "--with: %w", err)
	}
	if bytes.Equal(f.Before, f.After) {
		return f, usage("leave the program as it was run, and give the changed one under another name", "--with %s: it is the same as %s", file, fromHere(at))
	}
	return f, nil
}

// program returns the file that a command trains, from the directory of the run;
// "" where it names none.
func program(run *store.Run) string {
	for _, word := range run.Meta.Command {
		if !strings.HasSuffix(word, ".py") && !isExperiment(word) {
			continue
		}
		if filepath.IsAbs(word) {
			rel, err := filepath.Rel(run.Cwd(), word)
			if err != nil {
				return ""
			}
			return rel
		}
		return word
	}
	return ""
}
