package report

import (
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/nnvet/nnvet"
)

// What the formats for other tools share: a finding in one sentence, and its
// place as such tools count.

// sentence says a finding, what explains it, and what to do, as one line.
func sentence(f nnvet.Finding) string {
	s := clean(f.Message)
	if len(f.Because) > 0 {
		return s + " (symptom of " + clean(strings.Join(f.Because, ", ")) + ")"
	}
	return s + after("; ", remedy(f))
}

// remedy says what trainings showed of a finding's treatment, or else what to
// try first; "" where there is neither.
func remedy(f nnvet.Finding) string {
	switch {
	case f.Proof != nil && f.Proof.Treatment.Action != "":
		return clean(verdictOf(f.Proof)) + ": " + clean(f.Proof.Treatment.Action) + after(": ", clean(outcome(f.Proof)))
	case len(f.Treatments) > 0:
		return "try: " + clean(f.Treatments[0].Action)
	}
	return ""
}

// causes returns the findings that are shown, each cause before its symptoms.
func (v *view) causes() []nnvet.Finding {
	var all []nnvet.Finding
	for _, g := range v.groups {
		all = append(append(all, g.cause), g.symptoms...)
	}
	return all
}

// anchor returns where a finding is shown: where it has no line, the beginning
// of the script, experiment or data file, since most tools show nothing without
// a place.
func (v *view) anchor(f nnvet.Finding) nnvet.Location {
	switch {
	case f.Source.Known():
		return f.Source
	case f.Source.File != "":
		return nnvet.Location{File: f.Source.File, Line: 1}
	case v.trace.Run.Script != "":
		return nnvet.Location{File: v.trace.Run.Script, Line: 1}
	}
	for _, word := range v.Command {
		switch strings.ToLower(filepath.Ext(word)) {
		case ".py", ".yaml", ".yml", ".csv", ".parquet", ".npz", ".npy", ".json", ".jsonl":
			return nnvet.Location{File: word, Line: 1}
		}
	}
	return nnvet.Location{}
}

// A region is a location with columns in characters, as most tools count them:
// 0 where they are not known, which they are only beside the line itself.
type region struct{ line, col, endLine, endCol int }

func (v *view) region(l nnvet.Location) region {
	r := region{line: max(l.Line, 1)}
	lines := v.source(l.File)
	col, ok := characters(lines, l.Line, l.Col)
	endCol, ends := characters(lines, l.EndLine, l.EndCol)
	switch {
	case !ok:
	case !ends || l.EndLine < l.Line || l.EndLine == l.Line && endCol < col:
		r.col = col
	default:
		r.col, r.endLine, r.endCol = col, l.EndLine, endCol
	}
	return r
}

// characters returns a column in bytes as one in characters.
func characters(lines []string, line, col int) (int, bool) {
	if line < 1 || line > len(lines) || col < 1 || col > len(lines[line-1])+1 {
		return 0, false
	}
	return utf8.RuneCountInString(lines[line-1][:col-1]) + 1, true
}
