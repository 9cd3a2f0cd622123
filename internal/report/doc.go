// Package report renders what nnvet found in one run: as text for a person at
// a terminal, as single lines for editors and grep, as a compact text for
// coding agents, as JSON for programs, and as what code scanners, test reports,
// GitHub and Markdown take. It reads no clock and no files but through
// [Report.Source], so the same trace and version always give the same bytes.
package report

import (
	"io"
	"strings"

	"github.com/nnvet/nnvet"
)

// A Report is everything that a rendering shows of one run.
type Report struct {
	Trace    *nnvet.Trace // nil where nothing was recorded
	Result   nnvet.Result
	ID       string     // of the run: what `nnvet show` takes
	Dir      string     // run directory
	Command  []string   // what was run; empty where unknown
	ExitCode int        // of the command; 128+n where signal n ended it
	Version  string     // of nnvet
	Decided  *Decisions // that experiments came to; nil where none were done
	Outcome  *Outcome   // of a training on the embedded engine; else nil
	Notes    bool       // show findings that are only notes
	Full     bool       // show the board, the layers and every reason of a healthy run too
	// Source returns the lines of a source file as the trace names it, without
	// their line ends. Where it is nil or fails, no lines are quoted.
	Source func(file string) ([]string, error)
	Root   string             // absolute directory that the trace's file names start from; "" where unknown
	Limits map[string]float64 // that the settings moved, by "ID.limit", as in [nnvet.Options]
}

// A Format is one way to render a report.
type Format struct {
	Name   string   // what --format takes
	What   string   // one line of help
	Files  []string // endings of the files that are written so
	Render func(w io.Writer, r *Report, s Style) error
	Proof  func(w io.Writer, r *ProofReport, s Style) error // of `nnvet prove`
}

// Formats is the table of formats.
var Formats = []Format{
	{"text", "for a person at a terminal", []string{".txt"}, Text, Proofs},
	{"concise", "one line per finding, for editors and grep", nil, Concise, proofConcise},
	{"agent", "compact text for coding agents", nil, Agent, proofAgent},
	{"json", "one document for programs, see docs/diagnosis.schema.json", []string{".json"}, JSON, proofJSON},
	{"jsonl", "an event a line, of runs while they go on, see docs/events.schema.json", []string{".jsonl", ".ndjson"}, JSONLines, proofJSONLines},
	{"sarif", "SARIF 2.1.0, for code scanning and editors", []string{".sarif", ".sarif.json"}, SARIF, proofSARIF},
	{"junit", "JUnit XML, a test a pitfall", []string{".xml"}, JUnit, proofJUnit},
	{"github", "annotations of GitHub Actions", nil, GitHub, proofGitHub},
	{"md", "Markdown, for summaries and merge requests", []string{".md"}, Markdown, proofMarkdown},
}

// FormatOf returns the format that a file's name asks for, by the longest of its
// endings, or nil.
func FormatOf(name string) *Format {
	var best *Format
	most := 0
	for i := range Formats {
		for _, ending := range Formats[i].Files {
			if len(ending) > most && strings.HasSuffix(strings.ToLower(name), ending) {
				best, most = &Formats[i], len(ending)
			}
		}
	}
	return best
}
