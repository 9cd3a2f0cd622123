package nnvet

import (
	"fmt"
	"hash/fnv"
)

// A Severity says what a finding costs the user.
type Severity int

// The severities. The zero Severity leaves the choice to the check.
const (
	Note    Severity = iota + 1 // worth knowing; hidden unless asked for
	Warning                     // training works worse than it should
	Error                       // training cannot work so
)

// String returns "note", "warning" or "error".
func (s Severity) String() string {
	if s < Note || s > Error {
		return fmt.Sprintf("Severity(%d)", int(s))
	}
	return [...]string{"note", "warning", "error"}[s-1]
}

// A Span is a range of steps, both ends included.
type Span struct{ From, To int64 }

// String returns "12" or "12-40".
func (s Span) String() string {
	if s.From == s.To {
		return fmt.Sprint(s.From)
	}
	return fmt.Sprintf("%d-%d", s.From, s.To)
}

// A Finding is one fault that a check saw in a trace.
type Finding struct {
	Check      *Check   // set by [Pass.Report]
	Severity   Severity // the check's, unless Run chose another
	Confidence float64  // in (0, 1]; how sure the check is that this is a fault
	Site       string   // layer or parameter; "" for the whole run
	Source     Location // where the user would change it
	Label      string   // a few words under the caret: "diverges above 2e-2"
	Span       Span     // steps that show it; causes that start later explain nothing
	Message    string   // one sentence of figures, no period
	Brief      string   // at most 12 characters for the board of pitfalls: "std 79"
	Evidence   []Evidence
	Treatments []Treatment // alternatives, best first
	Because    []string    // IDs of the checks whose findings explain this one; set by [Vet]
	// Right is how many of the Seen findings of this check that the likelihoods
	// were learned from were right; where Seen is 0, the confidence is the check's
	// own word. Set by [Vet].
	Right, Seen int
	Proof       *Proof // of what was tried against it; nil where nothing was
}

// Fingerprint identifies the finding across runs: it holds the check, the
// site and the file, and no figures.
func (f *Finding) Fingerprint() string {
	h := fnv.New32a()
	fmt.Fprintf(h, "%s\x00%s\x00%s", f.Check.ID, f.Site, f.Source.File)
	return fmt.Sprintf("%08x", h.Sum32())
}

// Evidence is a figure from the trace and what it was judged against.
type Evidence struct {
	What  string  // the figure's name: "largest feature std"
	Saw   float64 // may be NaN or infinite
	Unit  string  // "", "%", "steps" ...; Saw is in it
	Key   Key     // the series it comes from; zero where it is from elsewhere
	Limit string  // the check's limit that it crossed; "" where it speaks for itself
	At    float64 // where that limit stood; set by [Pass.Report]
	Lo    float64 // the healthy range, where Lo < Hi
	Hi    float64
}

// A Treatment is one thing to try, for a person and for a machine.
type Treatment struct {
	Action   string    // a verb phrase with a value: "lower the learning rate to 0.003"
	Settings []Setting // the same as settings
	Edits    []Edit    // the same as changes of the user's source; empty where the place is not certain
	Safe     bool      // it cannot break a program that worked
}

// An Edit replaces the text at a location, whose columns are known, by New.
type Edit struct {
	At  Location
	New string
}
