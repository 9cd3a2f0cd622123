// Package edit makes a treatment a change of the user's files: smallest
// changes of the text, so that comments and form stay, or a refusal that says
// what a person does instead. It writes nothing unless [Patch.Write] is called.
package edit

import "github.com/nnvet/nnvet"

// Refused says why a treatment is not edited: its place is not certain.
type Refused struct {
	Setting nnvet.Setting // the one that stands in the way; zero where it is the whole
	Why     string
	Instead string // what a person does
}

func (r *Refused) Error() string {
	if r.Setting.Name == "" {
		return r.Why
	}
	return r.Setting.Name + ": " + r.Why
}

// covers reports whether the edits of a treatment, of which its check was
// certain, say all that its settings do.
func covers(tr nnvet.Treatment) bool {
	knobs := make(map[string]bool)
	for _, s := range tr.Settings {
		knobs[s.Name] = true
	}
	return len(tr.Edits) > 0 && len(tr.Edits) >= len(knobs)
}

// words refuses a treatment that only a person can read.
func words(tr nnvet.Treatment) *Refused {
	if len(tr.Settings) > 0 || len(tr.Edits) > 0 {
		return nil
	}
	return &Refused{Why: "the treatment is in words alone", Instead: tr.Action}
}
