package mcp

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/report"
)

const diagnosisSchema = report.Schema

// Of is a call about a run.
type Of struct {
	Run string `json:"run,omitempty" jsonschema:"id of the run, its beginning, or its directory; the newest without"`
}

func (s *server) diagnose(ctx context.Context, _ *sdk.CallToolRequest, in Of) (*sdk.CallToolResult, any, error) {
	a, err := s.show(ctx, in.Run)
	if err != nil {
		return nil, nil, err
	}
	return text(a.out), json.RawMessage(a.file), nil
}

// show diagnoses a run: in words for an agent, and as a document.
func (s *server) show(ctx context.Context, name string) (*answer, error) {
	run, err := s.find(name)
	if err != nil {
		return nil, err
	}
	return s.run(ctx, "diagnosis.json", "show", "--format", "agent", "--", run.Dir)
}

func text(s string) *sdk.CallToolResult {
	return &sdk.CallToolResult{Content: []sdk.Content{&sdk.TextContent{Text: s}}}
}

// A document is of a diagnosis what tools choose from; the rest is passed on as
// it is.
type document struct {
	Verdict string `json:"verdict"`
	Run     struct {
		ID string `json:"id"`
	} `json:"run"`
	Findings []json.RawMessage `json:"findings"`
}

// A Line is a finding in short.
type Line struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Pitfall     int      `json:"pitfall"`
	Severity    string   `json:"severity"`
	Confidence  *float64 `json:"confidence"`
	Fingerprint string   `json:"fingerprint"`
	Message     string   `json:"message"`
	Site        string   `json:"site,omitempty"`
	Location    *Place   `json:"location,omitempty"`
	CausedBy    []string `json:"caused_by"`
	Treatments  []Title  `json:"treatments"`
}

// A Place is where a finding lies in the source.
type Place struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

// A Title is a treatment in a verb phrase.
type Title struct {
	Title         string `json:"title"`
	Applicability string `json:"applicability"`
}

// Chosen is a call for some findings of a run.
type Chosen struct {
	Of
	Pitfall  int    `json:"pitfall,omitempty" jsonschema:"only those of this pitfall, 1 to 11"`
	Severity string `json:"severity,omitempty" jsonschema:"only those as bad as this: note, warning or error"`
}

// Lines are the findings of a run in short.
type Lines struct {
	Run      string `json:"run"`
	Verdict  string `json:"verdict"`
	Findings []Line `json:"findings"`
	More     int    `json:"more,omitempty"` // that are left out
}

// mostLines bounds the findings of one answer; a network of a thousand layers can
// have as many.
const mostLines = 200

func (s *server) findings(ctx context.Context, _ *sdk.CallToolRequest, in Chosen) (*sdk.CallToolResult, *Lines, error) {
	least, err := severity(in.Severity)
	if err != nil {
		return nil, nil, err
	}
	d, err := s.document(ctx, in.Run)
	if err != nil {
		return nil, nil, err
	}
	out := &Lines{Run: d.Run.ID, Verdict: d.Verdict, Findings: []Line{}}
	var b strings.Builder
	fmt.Fprintf(&b, "run %s: %s\n", d.Run.ID, d.Verdict)
	for _, raw := range d.Findings {
		var l Line
		if err := json.Unmarshal(raw, &l); err != nil {
			return nil, nil, fmt.Errorf("findings: %w", err)
		}
		is, err := severity(l.Severity)
		if err != nil || is < least || in.Pitfall != 0 && l.Pitfall != in.Pitfall {
			continue
		}
		if len(out.Findings) == mostLines {
			out.More++
			continue
		}
		out.Findings = append(out.Findings, l)
		fmt.Fprintf(&b, "%s\n", l)
	}
	return text(b.String()), out, nil
}

// String returns the finding as a line of text.
func (l Line) String() string {
	at := ""
	if l.Location != nil {
		at = fmt.Sprintf("%s:%d ", l.Location.File, l.Location.Line)
	}
	s := fmt.Sprintf("%s%s[%s] %s (%s): %s", at, l.Severity, l.ID, l.Name, l.Fingerprint, l.Message)
	if len(l.CausedBy) > 0 {
		s += "; caused by " + strings.Join(l.CausedBy, ", ")
	}
	return s
}

// severity reads the name of a severity; 0 of "".
func severity(name string) (nnvet.Severity, error) {
	all := []nnvet.Severity{nnvet.Note, nnvet.Warning, nnvet.Error}
	i := slices.IndexFunc(all, func(s nnvet.Severity) bool { return s.String() == name })
	switch {
	case name == "":
		return 0, nil
	case i < 0:
		return 0, fmt.Errorf("severity %.40q: it is one of note, warning, error", name)
	}
	return all[i], nil
}

func (s *server) document(ctx context.Context, name string) (*document, error) {
	a, err := s.show(ctx, name)
	if err != nil {
		return nil, err
	}
	d := new(document)
	return d, json.Unmarshal(a.file, d)
}

// One is a call for one finding of a run.
type One struct {
	Of
	Finding string `json:"finding" jsonschema:"id, name or fingerprint of the finding, as NN0601, lr-too-high or 1f2e3d4c"`
}

// evidence returns a finding as the diagnosis has it. Of several of one check it
// returns all that the name fits, as far as there is room.
func (s *server) evidence(ctx context.Context, _ *sdk.CallToolRequest, in One) (*sdk.CallToolResult, any, error) {
	d, err := s.document(ctx, in.Run)
	if err != nil {
		return nil, nil, err
	}
	const most = 20
	var found []json.RawMessage
	var told []string
	for _, raw := range d.Findings {
		var f struct{ ID, Name, Fingerprint, Rendered string }
		if err := json.Unmarshal(raw, &f); err != nil {
			return nil, nil, fmt.Errorf("evidence: %w", err)
		}
		if slices.Contains([]string{f.ID, f.Name, f.Fingerprint}, in.Finding) && len(found) < most {
			found, told = append(found, raw), append(told, f.Rendered)
		}
	}
	if len(found) == 0 {
		return nil, nil, fmt.Errorf("run %s has no finding %.60q; the tool findings lists them", d.Run.ID, in.Finding)
	}
	return text(strings.Join(told, "\n\n") + "\n"), map[string]any{"run": d.Run.ID, "findings": found}, nil
}

// Named is a call for an explanation.
type Named struct {
	Name string `json:"name" jsonschema:"a check (NN0601 or lr-too-high), a pitfall (6 or learning-rate) or a word of a report"`
}

func (s *server) explain(ctx context.Context, _ *sdk.CallToolRequest, in Named) (*sdk.CallToolResult, any, error) {
	if len(in.Name) > longestName {
		return nil, nil, fmt.Errorf("the name has %d bytes", len(in.Name))
	}
	a, err := s.run(ctx, "", "explain", "--format", "md", "--", in.Name)
	if err != nil {
		return nil, nil, err
	}
	return text(a.out), nil, nil
}
