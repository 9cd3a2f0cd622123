package config

import (
	"math"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
)

var fuzzed = []*nnvet.Check{{ID: "NN0601", Name: "lr-too-high", Limits: []nnvet.Limit{{Name: "ratio"}}}}

// FuzzSettings looks for settings that are neither refused with a line nor usable.
func FuzzSettings(f *testing.F) {
	for _, text := range []string{
		"", "select = ['NN0601']", "[[ignore]]\ncheck = 'lr-too-high'\nreason = 'x'", "ignore = [{fingerprint = 'a', reason = 'b'}]",
		"[limits]\n'lr-too-high.ratio' = 1e3\nNN0601.ratio = -1", "overhead = '2%'\nfail-on = 'error'", "a.b.c = {d = [[{e = 1}]]}",
		"[[a]]\n[[a.b]]\n[a.b.c]\nd = 1", "severities = {NN0601 = 'note'}", "goal = 'mae < 2'", "[[data.groups]]\nname = 'a'\ncolumns = [1, 'b']", "x = '''\n'''\ny = nan",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if strings.Contains(string(data), "baseline") {
			t.Skip("would read a file")
		}
		d, err := parse("nnvet.toml", data)
		if err == nil {
			var s *Settings
			if s, err = (section{doc: d, table: d.tree}).settings(fuzzed); err == nil {
				usable(t, s)
			}
		}
		if err != nil && !strings.HasPrefix(err.Error(), "nnvet.toml:") {
			t.Errorf("%q: error without a line: %v", data, err)
		}
	})
}

func usable(t *testing.T, s *Settings) {
	for key, v := range s.Options.Limits {
		if math.IsNaN(v) || math.IsInf(v, 0) || key != "NN0601.ratio" {
			t.Errorf("limit %s = %v", key, v)
		}
	}
	if s.Overhead != 0 && s.Overhead.check() != nil {
		t.Errorf("overhead %v", float64(s.Overhead))
	}
	for key, reason := range s.Options.Ignore {
		if strings.TrimSpace(reason) == "" {
			t.Errorf("%s is ignored without a reason", key)
		}
	}
}

func FuzzBaseline(f *testing.F) {
	f.Add([]byte(`{"schema": "nnvet/baseline/1", "findings": [{"fingerprint": "b1946ac9"}]}`))
	f.Add([]byte(`{"schema": "nnvet/baseline/2"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		prints, err := parseBaseline(data)
		if err != nil && prints != nil {
			t.Errorf("%q: both %q and %v", data, prints, err)
		}
		for _, p := range prints {
			if p == "" {
				t.Errorf("%q: an empty fingerprint", data)
			}
		}
	})
}
