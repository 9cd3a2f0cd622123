package nnvet

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet/internal/near"
)

// Declared is what a person said about data, in nnvet.toml or in an
// experiment file, that no measurement could tell.
type Declared struct {
	Groups []ColumnGroup
	Goal   *Goal // nil without
}

// A ColumnGroup is columns that belong together: their scales relative to
// each other mean something.
type ColumnGroup struct {
	Name    string
	Unit    string   // "" where none was said
	Columns []string // names, or indices as text
}

// A Goal is a figure that would be good enough: `mae < 2`.
type Goal struct {
	Metric string // "mae", "rmse", "r2", "accuracy", "loss"
	Below  bool   // it must lie below Value, or else above
	Value  float64
	Source Location
}

// goalMetrics are what a goal can be of, and whether less of it is better.
var goalMetrics = map[string]bool{"mae": true, "rmse": true, "loss": true, "r2": false, "accuracy": false}

// ParseGoal reads a goal as it is written: "mae < 2", "accuracy > 90%".
func ParseGoal(text string) (Goal, error) {
	const form = `a goal is written as in "mae < 2" or "accuracy > 0.9"`
	at := strings.IndexAny(text, "<>")
	if at < 0 {
		return Goal{}, fmt.Errorf("%q is no goal: %s", text, form)
	}
	g := Goal{Metric: strings.TrimSpace(text[:at]), Below: text[at] == '<'}
	below, known := goalMetrics[g.Metric]
	if !known {
		metrics := []string{"mae", "rmse", "r2", "accuracy", "loss"}
		return Goal{}, fmt.Errorf("unknown metric %q in a goal%s", g.Metric, near.Among(g.Metric, metrics))
	}
	digits := strings.TrimSpace(strings.TrimPrefix(text[at+1:], "=")) // a bound that is met exactly is too unlikely to tell apart
	number, percent := strings.CutSuffix(digits, "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	switch {
	case err != nil || math.IsNaN(v) || math.IsInf(v, 0):
		return Goal{}, fmt.Errorf("%q in a goal is not a number: %s", digits, form)
	case below && !g.Below:
		return Goal{}, fmt.Errorf("%s is better the smaller it is: write %s < %s", g.Metric, g.Metric, digits)
	case !below && g.Below:
		return Goal{}, fmt.Errorf("%s is better the larger it is: write %s > %s", g.Metric, g.Metric, digits)
	}
	if percent {
		v /= 100
	}
	g.Value = v
	return g, nil
}
