package serve

import (
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Waiver says that a finding is no fault here, and why.
type Waiver struct{ Fingerprint, Reason string }

// maxReason bounds a reason, in bytes: a sentence or two.
const maxReason = 500

// ignore notes a waiver and shows the run again.
func (s *Server) ignore(w http.ResponseWriter, r *http.Request) error {
	in, err := s.read(r, "id")
	if err != nil {
		return err
	}
	id := in.Report.ID
	if s.live(id) != nil {
		return &refusal{http.StatusConflict, "the run goes on: dismiss a finding when it has ended"}
	}
	if err := r.ParseForm(); err != nil {
		return &refusal{http.StatusRequestEntityTooLarge, "the form is too long, or none"}
	}
	x := Waiver{r.PostForm.Get("fingerprint"), strings.TrimSpace(r.PostForm.Get("reason"))}
	if !printable(x.Reason) {
		return &refusal{http.StatusBadRequest, "a reason is a sentence on one line"}
	}
	for i := range in.Report.Result.Findings {
		if in.Report.Result.Findings[i].Fingerprint() == x.Fingerprint {
			if err := s.source.Ignore(id, x); err != nil {
				return err
			}
			http.Redirect(w, r, local("/run/"+id), http.StatusSeeOther)
			return nil
		}
	}
	return &refusal{http.StatusNotFound, "the run has no such finding"}
}

// printable reports whether text is one line that a person can read.
func printable(text string) bool {
	return text != "" && len(text) <= maxReason && utf8.ValidString(text) &&
		strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}
