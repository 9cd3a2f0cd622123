package edit

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// A Patch is a change of files. It holds no file that stays as it is.
type Patch struct{ Files []File }

// A File is one file of a patch, by its path from the directory of the run.
type File struct {
	Path          string
	Before, After []byte

	changes []change // from Before to After, in order; nil where it was composed
}

// A change puts new text in the place of the bytes from..to.
type change struct {
	from, to int
	text     string
}

// newFile applies changes, which are sorted here. Insertions at one place keep
// their order, and stand before what is replaced there.
func newFile(path string, before []byte, changes []change) (File, error) {
	slices.SortStableFunc(changes, func(a, b change) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(min(a.to-a.from, 1), min(b.to-b.from, 1)))
	})
	var after []byte
	at := 0
	for _, c := range changes {
		if c.from < at || c.to < c.from || c.to > len(before) {
			return File{}, fmt.Errorf("%s: two changes meet at byte %d", path, c.from)
		}
		after = append(append(after, before[at:c.from]...), c.text...)
		at = c.to
	}
	return File{path, before, append(after, before[at:]...), changes}, nil
}

// Diff returns the patch in the unified format that `git apply` and `patch` read.
func (p *Patch) Diff() string {
	var b strings.Builder
	for _, f := range p.Files {
		text := diff.Diff("a/"+f.Path, f.Before, "b/"+f.Path, f.After)
		_, text, _ = bytes.Cut(text, []byte("\n")) // its first line names the command
		b.Write(text)
	}
	return b.String()
}

// ErrConflict reports two patches that change the same place.
var ErrConflict = errors.New("both change the same place")

// Then returns both patches in one. The second is of the files as the first
// left them, or as they were before either; then they must not change the same place.
func (p *Patch) Then(second *Patch) (*Patch, error) {
	out := &Patch{Files: slices.Clone(p.Files)}
	for _, f := range second.Files {
		i := slices.IndexFunc(out.Files, func(g File) bool { return g.Path == f.Path })
		if i < 0 {
			out.Files = append(out.Files, f)
			continue
		}
		both, err := out.Files[i].then(f)
		if err != nil {
			return nil, err
		}
		out.Files[i] = both
	}
	return out, nil
}

func (f File) then(g File) (File, error) {
	switch {
	case bytes.Equal(f.After, g.Before):
		return File{Path: f.Path, Before: f.Before, After: g.After}, nil
	case !bytes.Equal(f.Before, g.Before) || f.changes == nil || g.changes == nil:
		return File{}, fmt.Errorf("%s: the second patch is of another state of the file", f.Path)
	}
	all := slices.Clone(f.changes)
	for _, c := range g.changes {
		if slices.Contains(all, c) { // such as the same constants
			continue
		}
		all = append(all, c)
	}
	both, err := newFile(f.Path, f.Before, all)
	if err != nil {
		return File{}, fmt.Errorf("%s: %w", f.Path, ErrConflict)
	}
	return both, nil
}
