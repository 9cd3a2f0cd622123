package casebook

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// An Untreatable is a fault that no change of a training can mend, by what it
// is and not by what came of trying.
type Untreatable struct {
	Change string `json:"change"` // the name of what was put in, without its dose
	Why    string `json:"why"`
}

// ReadUntreatable reads the list of the casebook. Each must be a change that
// there is.
func ReadUntreatable(dir string) ([]Untreatable, error) {
	path := filepath.Join(dir, "untreatable.json")
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var all []Untreatable
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	known := make(map[string]bool)
	for _, c := range dataFaults {
		known[c.Name] = true
	}
	for _, u := range all {
		if !known[u.Change] || u.Why == "" {
			return nil, fmt.Errorf("%s: %q is no fault of the data, or has no reason", path, u.Change)
		}
	}
	return all, nil
}

// Treatable reports whether a training can be changed so that the fault is
// gone: none of what was put into the case is on the list.
func (c *Case) Treatable(list []Untreatable) bool {
	_, faults, _ := strings.Cut(c.Name, "/")
	for fault := range strings.SplitSeq(faults, "+") {
		for _, u := range list {
			if fault == u.Change || strings.HasPrefix(fault, u.Change+"-") {
				return false
			}
		}
	}
	return true
}
