package nnvet_test

import (
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
)

func TestParseGoal(t *testing.T) {
	for text, want := range map[string]nnvet.Goal{
		"mae < 2":        {Metric: "mae", Below: true, Value: 2},
		"rmse<=1e-3":     {Metric: "rmse", Below: true, Value: 1e-3},
		" loss  <  -0.5": {Metric: "loss", Below: true, Value: -0.5},
		"accuracy > 90%": {Metric: "accuracy", Value: 0.9},
		"r2 >= 0.75":     {Metric: "r2", Value: 0.75},
	} {
		if got, err := nnvet.ParseGoal(text); err != nil || got != want {
			t.Errorf("%q: got %+v, %v, want %+v", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"":               `"" is no goal`,
		"mae 2":          `"mae 2" is no goal: a goal is written as in "mae < 2"`,
		"mse < 2":        `unknown metric "mse" in a goal; did you mean`,
		"mae < low":      `"low" in a goal is not a number`,
		"mae < nan":      `"nan" in a goal is not a number`,
		"mae > 2":        `mae is better the smaller it is: write mae < 2`,
		"accuracy < 90%": `accuracy is better the larger it is: write accuracy > 90%`,
	} {
		if got, err := nnvet.ParseGoal(text); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got %+v, %v, want %s", text, got, err, want)
		}
	}
}
