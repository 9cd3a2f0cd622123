package config

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/nnvet/nnvet"
)

// baselineSchema is the version of the format, which grows when readers of an
// older one would misread it.
const baselineSchema = "nnvet/baseline/1"

// A baseline lists findings that are known. Only the fingerprints count; the
// rest is for who reads the file.
type baseline struct {
	Schema   string  `json:"schema"`
	Findings []known `json:"findings"`
}

type known struct {
	Fingerprint string `json:"fingerprint"`
	Check       string `json:"check"`
	Site        string `json:"site,omitempty"`
	File        string `json:"file,omitempty"`
	Message     string `json:"message"`
}

// ReadBaseline returns the fingerprints of the findings in a baseline file.
func ReadBaseline(path string) ([]string, error) {
	data, err := read(path)
	if err != nil {
		return nil, err
	}
	prints, err := parseBaseline(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return prints, nil
}

func parseBaseline(data []byte) ([]string, error) {
	var b baseline
	if err := json.Unmarshal(data, &b); err != nil {
		return nil, err
	}
	if b.Schema != baselineSchema {
		return nil, fmt.Errorf("its schema is %q, not %q", b.Schema, baselineSchema)
	}
	var prints []string
	for i, f := range b.Findings {
		if f.Fingerprint == "" {
			return nil, fmt.Errorf("finding %d has no fingerprint", i)
		}
		prints = append(prints, f.Fingerprint)
	}
	return prints, nil
}

// WriteBaseline writes findings to a baseline file. A finding that occurs
// twice stands there once.
func WriteBaseline(path string, findings []nnvet.Finding) error {
	b := baseline{Schema: baselineSchema, Findings: []known{}}
	seen := make(map[string]bool)
	for i := range findings {
		f := &findings[i]
		print := f.Fingerprint()
		if !seen[print] {
			seen[print] = true
			b.Findings = append(b.Findings, known{print, f.Check.Name, f.Site, f.Source.File, f.Message})
		}
	}
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o666)
}
