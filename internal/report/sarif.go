package report

import (
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

// The part of SARIF 2.1.0 (OASIS, 2020) that nnvet writes.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool                `json:"tool"`
		Invocations []sarifInvocation        `json:"invocations"`
		Bases       map[string]sarifArtifact `json:"originalUriBaseIds,omitempty"`
		ColumnKind  string                   `json:"columnKind"`
		Results     []sarifResult            `json:"results"`
		Properties  map[string]any           `json:"properties,omitempty"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		URI     string      `json:"informationUri"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID         string         `json:"id"`
		Name       string         `json:"name"`
		Short      sarifText      `json:"shortDescription"`
		Help       *sarifText     `json:"help,omitempty"`
		Default    *sarifDefault  `json:"defaultConfiguration,omitempty"`
		Properties map[string]any `json:"properties,omitempty"`
	}
	sarifText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifDefault struct {
		Level string `json:"level"`
	}
	sarifInvocation struct {
		Successful bool          `json:"executionSuccessful"`
		Told       []sarifNotice `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotice struct {
		Level   string    `json:"level"`
		Message sarifText `json:"message"`
	}
	sarifResult struct {
		Rule         string            `json:"ruleId"`
		Index        int               `json:"ruleIndex"`
		Kind         string            `json:"kind,omitempty"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations,omitempty"`
		Related      []sarifLocation   `json:"relatedLocations,omitempty"`
		Fixes        []sarifFix        `json:"fixes,omitempty"`
		Fingerprints map[string]string `json:"partialFingerprints,omitempty"`
		Rank         *float64          `json:"rank,omitempty"`
		Properties   map[string]any    `json:"properties,omitempty"`
	}
	sarifLocation struct {
		ID       int            `json:"id,omitempty"`
		Physical *sarifPhysical `json:"physicalLocation,omitempty"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
		Message  *sarifText     `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI  string `json:"uri"`
		Base string `json:"uriBaseId,omitempty"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
		EndLine     int `json:"endLine,omitempty"`
		EndColumn   int `json:"endColumn,omitempty"`
	}
	sarifLogical struct {
		Name string `json:"name"`
		Kind string `json:"kind"`
	}
	sarifFix struct {
		Description sarifText     `json:"description"`
		Changes     []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct {
		Artifact     sarifArtifact      `json:"artifactLocation"`
		Replacements []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct {
		Deleted  sarifRegion   `json:"deletedRegion"`
		Inserted *sarifContent `json:"insertedContent,omitempty"`
	}
	sarifContent struct {
		Text string `json:"text"`
	}
)

const (
	home      = "https://github.com/nnvet/nnvet"
	sarifBase = "SRCROOT"
	// What GitHub takes and shows of one upload: 5000 results, and 100 locations of
	// each (GitHub, "SARIF support for code scanning").
	maxResults, maxLocations = 5000, 100
)

// SARIF renders a report for code scanning and for editors. Of notes it holds
// those that were asked for.
func SARIF(w io.Writer, r *Report, _ Style) error {
	s := &scan{view: look(r), alike: make(map[string]int)}
	doc := newSARIF(r.Version)
	s.sarifRun = &doc.Runs[0]
	s.Invocations = []sarifInvocation{{Successful: s.verdict() != verdictNone}}
	if s.verdict() == verdictNone {
		s.Invocations[0].Told = []sarifNotice{{"error", message("no verdict: " + clean(s.noVerdict()))}}
	}
	if r.Root != "" {
		s.Bases = map[string]sarifArtifact{sarifBase: {URI: rooted(r.Root)}}
	}
	s.Properties = map[string]any{"run": clean(r.ID), "verdict": s.verdict(), "coverage": s.coverage()}
	for _, g := range s.groups {
		s.result(g.cause, g.symptoms)
		for _, f := range g.symptoms {
			s.result(f, s.explaining(f))
		}
	}
	return encode(w, doc, "  ")
}

func newSARIF(version string) *sarifLog {
	return &sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{{
		Tool:        sarifTool{sarifDriver{Name: "nnvet", Version: clean(version), URI: home, Rules: []sarifRule{}}},
		Invocations: []sarifInvocation{{Successful: true}}, ColumnKind: "unicodeCodePoints", Results: []sarifResult{},
	}}}
}

// A scan is a SARIF log that is being filled.
type scan struct {
	*view
	*sarifRun
	alike map[string]int // results by fingerprint
}

// result adds a finding, with the places of what has to do with it.
func (s *scan) result(f nnvet.Finding, related []nnvet.Finding) {
	if len(s.Results) == maxResults {
		return
	}
	print := f.Fingerprint()
	s.alike[print]++
	r := sarifResult{
		Rule: f.Check.ID, Index: s.rule(f.Check), Level: f.Severity.String(), Message: message(sentence(f)), Locations: s.locations(f),
		Fixes: s.fixes(f), Fingerprints: map[string]string{"primaryLocationLineHash": fmt.Sprintf("%s:%d", print, s.alike[print])},
		Properties: map[string]any{"pitfall": int(f.Check.Pitfall), "firstStep": f.Span.From, "lastStep": f.Span.To},
	}
	if finite(f.Confidence) {
		const percent = 100
		rank := percent * min(max(f.Confidence, 0), 1)
		r.Rank = &rank
	}
	var figures []string
	for _, e := range f.Evidence {
		figures = append(figures, clean(e.What+": "+measure(e.Saw, e.Unit)+after(", ", against(e))))
	}
	r.Properties["evidence"] = list(figures)
	if f.Proof != nil {
		r.Properties["proof"] = clean(verdictOf(f.Proof))
	}
	for _, o := range related {
		if len(r.Related) < maxLocations && o.Source.Known() {
			at := s.location(o.Source)
			told := message(o.Check.Name + ": " + clean(o.Message))
			at.ID, at.Message = len(r.Related)+1, &told
			r.Related = append(r.Related, at)
		}
	}
	s.Results = append(s.Results, r)
}

// explaining returns the findings that account for a symptom.
func (s *scan) explaining(f nnvet.Finding) []nnvet.Finding {
	return slices.DeleteFunc(s.causes(), func(o nnvet.Finding) bool { return !slices.Contains(f.Because, o.Check.ID) })
}

// rule returns the place of a check among the rules.
func (s *scan) rule(c *nnvet.Check) int {
	rules := &s.Tool.Driver.Rules
	if i := slices.IndexFunc(*rules, func(r sarifRule) bool { return r.ID == c.ID }); i >= 0 {
		return i
	}
	_, body, _ := strings.Cut(c.Doc, "\n")
	body = strings.TrimSpace(body)
	if body == "" {
		body = c.Title()
	}
	*rules = append(*rules, sarifRule{
		ID: c.ID, Name: c.Name, Short: sarifText{Text: c.Title()}, Help: &sarifText{body, body}, Default: &sarifDefault{c.Severity.String()},
		Properties: map[string]any{"tags": []string{"neural network", c.Pitfall.String()}},
	})
	return len(*rules) - 1
}

func (s *scan) locations(f nnvet.Finding) []sarifLocation {
	at := s.anchor(f)
	if at.File == "" {
		return nil
	}
	l := s.location(at)
	if f.Site != "" {
		l.Logical = []sarifLogical{{clean(f.Site), "object"}}
	}
	if f.Label != "" {
		l.Message = &sarifText{Text: message(clean(f.Label)).Text}
	}
	return []sarifLocation{l}
}

func (s *scan) location(l nnvet.Location) sarifLocation {
	return sarifLocation{Physical: &sarifPhysical{s.artifact(l.File), s.region(l).sarif()}}
}

func (r region) sarif() sarifRegion { return sarifRegion{r.line, r.col, r.endLine, r.endCol} }

// artifact names a file as an address: relative to where the run started, if it
// lies below that.
func (s *scan) artifact(file string) sarifArtifact {
	if filepath.IsAbs(file) {
		return sarifArtifact{URI: (&url.URL{Scheme: "file", Path: filepath.ToSlash(file)}).String()}
	}
	a := sarifArtifact{URI: (&url.URL{Path: filepath.ToSlash(file)}).String()}
	if s.Bases != nil {
		a.Base = sarifBase
	}
	return a
}

// rooted is the address of a directory, which ends with a slash.
func rooted(dir string) string {
	return (&url.URL{Scheme: "file", Path: strings.TrimSuffix(filepath.ToSlash(dir), "/") + "/"}).String()
}

// fixes returns the treatments whose edits fit the source as it is.
func (s *scan) fixes(f nnvet.Finding) []sarifFix {
	var out []sarifFix
	for _, t := range f.Treatments {
		if len(t.Edits) == 0 || s.hunks(t.Edits) == nil {
			continue
		}
		fix := sarifFix{Description: message(clean(t.Action))}
		for _, e := range t.Edits {
			file := s.artifact(e.At.File)
			i := slices.IndexFunc(fix.Changes, func(c sarifChange) bool { return c.Artifact == file })
			if i < 0 {
				i = len(fix.Changes)
				fix.Changes = append(fix.Changes, sarifChange{Artifact: file})
			}
			r := sarifReplacement{Deleted: s.region(e.At).sarif()}
			if e.New != "" {
				r.Inserted = &sarifContent{e.New}
			}
			fix.Changes[i].Replacements = append(fix.Changes[i].Replacements, r)
		}
		out = append(out, fix)
	}
	return out
}

// message returns text in which SARIF sees neither placeholders nor links
// (3.11.5, 3.11.6 of the standard).
func message(s string) sarifText {
	return sarifText{Text: strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, "{", "{{", "}", "}}").Replace(s)}
}

// proofSARIF renders a proof: what was tried is information, no fault.
func proofSARIF(w io.Writer, r *ProofReport, _ Style) error {
	doc := newSARIF(r.Version)
	run := &doc.Runs[0]
	run.Properties = map[string]any{"run": clean(r.Run), "verdict": r.verdict(), "answer": clean(r.answer())}
	add := func(check, name, kind, text string) {
		if check == "" {
			check, name = "change", "change"
		}
		rules := &run.Tool.Driver.Rules
		i := slices.IndexFunc(*rules, func(s sarifRule) bool { return s.ID == clean(check) })
		if i < 0 {
			i = len(*rules)
			*rules = append(*rules, sarifRule{ID: clean(check), Name: clean(name), Short: sarifText{Text: clean(name)}})
		}
		run.Results = append(run.Results, sarifResult{Rule: clean(check), Index: i, Kind: kind, Level: "none", Message: message(text)})
	}
	for i := range r.Proofs {
		x := &r.Proofs[i]
		kind := "informational"
		if x.Seeds == 0 || x.Verdict == "inconclusive" {
			kind = "open"
		}
		add(x.Check, x.Name, kind, clean(verdictOf(&x.Proof))+": "+clean(x.Treatment.Action)+": "+clean(outcome(&x.Proof)+basis(&x.Proof)))
	}
	for _, n := range r.NotTried {
		add(n.Check, n.Name, "open", "not tried: "+clean(n.Why))
	}
	return encode(w, doc, "  ")
}
