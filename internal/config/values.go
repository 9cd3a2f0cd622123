package config

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
)

// A Share is a part of a whole, written "2%" or "0.02". It is a flag's value too.
type Share float64

// maxShare bounds what the probe may take: beyond it the user would watch the
// probe rather than the training.
const maxShare = 0.5

// Set reads a share.
func (s *Share) Set(text string) error {
	digits, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	if err != nil {
		return fmt.Errorf("%q is not a share such as 2%% or 0.02", text)
	}
	if percent {
		v /= 100
	}
	if err := Share(v).check(); err != nil {
		return err
	}
	*s = Share(v)
	return nil
}

func (s Share) check() error {
	if s > 0 && s <= maxShare { // not so for NaN
		return nil
	}
	return fmt.Errorf("it must be above 0 and at most %v", Share(maxShare))
}

// String returns the share in percent: "2%".
func (s Share) String() string { return strconv.FormatFloat(float64(s)*100, 'g', 6, 64) + "%" }

// Type says in a flag's help what is expected.
func (s *Share) Type() string { return "share" }

// ParseSeverity reads "note", "warning" or "error".
func ParseSeverity(text string) (nnvet.Severity, error) {
	for s := nnvet.Note; s <= nnvet.Error; s++ {
		if text == s.String() {
			return s, nil
		}
	}
	return 0, fmt.Errorf("%q is none of note, warning, error", text)
}

// ParseFailOn reads the severity from which findings fail a command.
func ParseFailOn(text string) (nnvet.Severity, error) {
	if s, err := ParseSeverity(text); err == nil && s != nnvet.Note {
		return s, nil
	}
	return 0, fmt.Errorf("%q is none of warning, error", text)
}

// CheckNames returns the ids and names of checks.
func CheckNames(checks []*nnvet.Check) []string {
	var names []string
	for _, c := range checks {
		names = append(names, c.Name, c.ID)
	}
	return names
}
