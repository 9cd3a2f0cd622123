package nnvet

import (
	"cmp"
	"slices"
)

// A Result is what checks made of a trace. Every check is in Findings, Clear
// or NotChecked, so silence always means something.
type Result struct {
	Findings   []Finding // causes before what they explain
	Clear      []Clear
	NotChecked []Skip
	Ignored    []Ignored
	weighed    bool // confidences were learned, and can be compared
}

// A Clear is a check that ran and found nothing.
type Clear struct {
	Check *Check
	Brief string // a figure for the board of pitfalls, or ""
}

// A Skip is a check that could not judge, and why.
type Skip struct {
	Check  *Check
	Reason string
	Short  bool // a longer run, or more rows, would have been enough
}

// An Ignored is a finding that the user asked not to hear of, and why.
type Ignored struct {
	Finding Finding
	Reason  string
}

// Options adjust [Vet]. The zero Options are the defaults. Maps are keyed by
// a check's ID; a limit, by "ID.limit".
type Options struct {
	Select     map[string]bool   // where not nil, only these checks run
	Ignore     map[string]string // reasons, by ID or by a finding's fingerprint
	Limits     map[string]float64
	Severities map[string]Severity
	Live       bool // training goes on: leave out checks that judge whole runs
	// Likelihoods set the confidence of causes, and their order among those that
	// are as bad; nil leaves the checks' own word and order.
	Likelihoods *Likelihoods
}

// Vet runs checks over a trace. Findings come causes first, in the order of
// the table, each followed by what it explains.
func Vet(t *Trace, checks []*Check, opts Options) Result {
	var res Result
	for _, c := range checks {
		p := &Pass{Check: c, Trace: t, limits: opts.Limits, severity: opts.Severities}
		switch missing := slices.IndexFunc(c.Needs, func(n Need) bool { return !n.Has(t) }); {
		case opts.Select != nil && !opts.Select[c.ID]:
			p.Skip("not selected in the settings")
		case c.Experiment != "" && t.Experiment(c.ID) == nil:
			p.Skip("it takes an experiment: %s", c.Experiment)
		case opts.Live && c.AtEnd:
			p.Skip("judged when training ends")
		case missing >= 0:
			p.Skip("the trace has no %s", c.Needs[missing].What)
		default:
			c.Run(p)
		}
		switch {
		case len(p.findings) > 0:
			res.Findings = append(res.Findings, p.findings...)
		case p.skip != "":
			res.NotChecked = append(res.NotChecked, Skip{c, p.skip, p.short})
		default:
			res.Clear = append(res.Clear, Clear{c, p.brief})
		}
	}
	res.ignore(opts.Ignore)
	acquit(res.Findings)
	own := certain(res.Findings)
	for again := true; again; again = doubt(res.Findings, own) { // it ends, as each round leaves a note more
		explain(res.Findings)
		opts.Likelihoods.weigh(res.Findings)
	}
	rise(res.Findings)
	res.weighed = opts.Likelihoods != nil
	res.Findings = fold(res.Findings, res.weighed)
	return res
}

// ignore moves the findings that the user does not want to hear of out of the
// way, before they can explain anything.
func (r *Result) ignore(reasons map[string]string) {
	r.Findings = slices.DeleteFunc(r.Findings, func(f Finding) bool {
		reason, ok := reasons[f.Check.ID]
		if !ok {
			reason, ok = reasons[f.Fingerprint()]
		}
		if ok {
			r.Ignored = append(r.Ignored, Ignored{f, reason})
		}
		return ok
	})
}

// acquit makes notes of what is only presumed to have done harm, where a fault
// that surely did is found as well, and is none of its consequences, or is the
// surer where this one is a guess.
func acquit(fs []Finding) {
	const unsure = 0.65
	for i := range fs {
		f := &fs[i]
		if f.Check.Presumed && f.Severity > Note && slices.ContainsFunc(fs, func(o Finding) bool {
			return o.sure() && (!slices.Contains(f.Check.Explains, o.Check.ID) || f.Confidence < unsure && o.Confidence > f.Confidence)
		}) {
			f.Severity = Note
		}
	}
}

// sure reports whether a finding is of a fault that does harm in every run.
func (f *Finding) sure() bool {
	return f.Severity == Error && !f.Check.Presumed && !f.Check.Symptom
}

// explain notes on each finding the checks that account for it: those that
// say so and whose finding starts no later. A note explains nothing.
func explain(fs []Finding) {
	for i := range fs {
		fs[i].Because = nil
	}
	for _, cause := range fs {
		if cause.Severity == Note {
			continue
		}
		for i := range fs {
			f := &fs[i]
			if accounts(cause, *f) && cause.Span.From <= f.Span.From && !slices.Contains(f.Because, cause.Check.ID) {
				f.Because = append(f.Because, cause.Check.ID)
			}
		}
	}
}

// accounts reports whether a finding's check can account for another finding.
// Findings stand in the order of the table, so a symptom's cause before it.
func accounts(cause, f Finding) bool {
	return slices.Contains(cause.Check.Explains, f.Check.ID) ||
		f.Check.Symptom && !cause.Check.Symptom && cause.Severity == Error
}

// Guess is the confidence below which a cause is likelier another's than its own.
const guess = 0.4

// certain tells of each finding whether it is a fault by definition, whatever
// was learned of others: its check holds nothing against a run only because the
// run went badly, and is as sure as of a proof.
func certain(fs []Finding) []bool {
	const proof = 0.95
	out := make([]bool, len(fs))
	for i, f := range fs {
		out[i] = !f.Check.Presumed && f.Confidence >= proof
	}
	return out
}

// doubt makes notes of causes that are guesses, as far as is known from other
// runs. What is certain stays; and where nothing was learned and nothing
// better explains it, guesses are all there is to say, and [Result.Undecided]
// says that they are. It reports whether there was one.
func doubt(fs []Finding, certain []bool) bool {
	cause := func(f Finding) bool { return f.Severity > Note && len(f.Because) == 0 && !f.Check.Symptom }
	failed := failed(fs)
	surer := slices.ContainsFunc(fs, func(f Finding) bool { return cause(f) && f.Confidence >= guess })
	found := false
	for i := range fs {
		if f := &fs[i]; cause(*f) && f.Seen > 0 && f.Confidence < guess && !certain[i] && (surer || !failed) {
			f.Severity, found = Note, true
		}
	}
	return found
}

// failed reports whether a symptom says that nothing came of the run.
func failed(fs []Finding) bool {
	return slices.ContainsFunc(fs, func(f Finding) bool { return f.Check.Symptom && f.Severity == Error })
}

// rise gives a cause the severity of the worst that stands behind it: what ends
// in a loss that is not a number is no warning. Of several findings of one
// check, it is the last, which has the symptoms, unless one is as bad already.
func rise(fs []Finding) {
	for _, f := range fs {
		if len(f.Because) == 0 {
			continue
		}
		root, last, worst := rootCause(fs, f), -1, Note
		for i, c := range fs {
			if c.Check.ID == root && len(c.Because) == 0 && c.Severity > Note {
				last, worst = i, max(worst, c.Severity)
			}
		}
		if last >= 0 && worst < f.Severity {
			fs[last].Severity = f.Severity
		}
	}
}

// fold puts every symptom behind its first cause. Causes are sorted worst
// first; those that are as bad, the surest first where confidences are
// comparable, and then in the order of the table.
func fold(fs []Finding, comparable bool) []Finding {
	var out []Finding
	var causes []Finding
	for _, f := range fs {
		if len(f.Because) == 0 {
			causes = append(causes, f)
		}
	}
	slices.SortStableFunc(causes, func(a, b Finding) int {
		if by := cmp.Compare(b.Severity, a.Severity); by != 0 || !comparable {
			return by
		}
		return cmp.Compare(b.Confidence, a.Confidence)
	})
	root := func(f Finding) string { return rootCause(fs, f) }
	for i, c := range causes {
		out = append(out, c)
		// Several findings of one check share their symptoms, which stand behind the last.
		last := !slices.ContainsFunc(causes[i+1:], func(o Finding) bool { return o.Check == c.Check })
		for _, f := range fs {
			if last && len(f.Because) > 0 && root(f) == c.Check.ID {
				out = append(out, f)
			}
		}
	}
	return out
}

// rootCause follows the first cause of a finding to one that nothing explains.
// Causes stand earlier in the table than what they explain, so it ends.
func rootCause(fs []Finding, f Finding) string {
	id := f.Check.ID
	for len(f.Because) > 0 {
		id = f.Because[0]
		i := slices.IndexFunc(fs, func(o Finding) bool { return o.Check.ID == id && len(o.Because) == 0 })
		if i < 0 {
			i = slices.IndexFunc(fs, func(o Finding) bool { return o.Check.ID == id })
		}
		f = fs[i]
	}
	return id
}

// Undecided returns the causes between which the figures do not decide: the
// first, where it is not likely and nothing is proven, and those that are as bad and nearly as likely
// (odds of a third or more). A mere guess at why nothing was learned is undecided
// by itself: it may be something else. It returns none where the first stands out, or
// where nothing was learned that confidences could be compared by.
func (r *Result) Undecided() []Finding {
	const likely, near = 0.6, 3
	if !r.weighed || len(r.Findings) == 0 || r.Findings[0].Severity == Note || r.Findings[0].Confidence >= likely {
		return nil
	}
	if slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Proof.Helps() }) { // trainings decide
		return nil
	}
	first := &r.Findings[0]
	if first.Proof.Fails() {
		return nil
	}
	out := []Finding{*first}
	for _, f := range r.Findings[1:] {
		if len(f.Because) == 0 && !f.Proof.Fails() && f.Check != first.Check && f.Severity == first.Severity && near*odds(f.Confidence) >= odds(first.Confidence) {
			out = append(out, f)
		}
	}
	if len(out) < 2 && !(first.Seen > 0 && first.Confidence < guess && failed(r.Findings)) {
		return nil
	}
	return out
}

func odds(p float64) float64 { return p / (1 - p) }

// Worst returns the highest severity among the findings, or 0 where there are none.
func (r *Result) Worst() Severity {
	var worst Severity
	for _, f := range r.Findings {
		worst = max(worst, f.Severity)
	}
	return worst
}
