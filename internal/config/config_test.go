package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/config"
)

var checks = []*nnvet.Check{
	{ID: "NN0601", Name: "lr-too-high", Limits: []nnvet.Limit{{Name: "ratio", Default: 0.03}, {Name: "rise", Default: 2}}},
	{ID: "NN0801", Name: "dead-units", Limits: []nnvet.Limit{{Name: "share", Default: 0.5}}},
}

// write puts files into a new directory and returns it. It is a repository,
// so that the search for settings ends there.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files[".git/HEAD"] = ""
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestSettings(t *testing.T) {
	empty := func() nnvet.Options {
		return nnvet.Options{Ignore: map[string]string{}, Limits: map[string]float64{}, Severities: map[string]nnvet.Severity{}}
	}
	with := func(change func(*config.Settings)) config.Settings {
		s := config.Settings{Options: empty()}
		change(&s)
		return s
	}
	for name, c := range map[string]struct {
		text string
		want config.Settings
	}{
		"empty": {"", with(func(*config.Settings) {})},
		"select": {`select = ["lr-too-high", "NN0801"]`, with(func(s *config.Settings) {
			s.Options.Select = map[string]bool{"NN0601": true, "NN0801": true}
		})},
		"select nothing": {`select = []`, with(func(s *config.Settings) { s.Options.Select = map[string]bool{} })},
		"ignore": {`ignore = [{check = "dead-units", reason = "pruned on purpose"}]`, with(func(s *config.Settings) {
			s.Options.Ignore["NN0801"] = "pruned on purpose"
		})},
		"ignore as tables": {"[[ignore]]\ncheck = 'NN0801'\nreason = 'a'\n[[ignore]]\nfingerprint = 'b1946ac9'\nreason = 'b'", with(func(s *config.Settings) {
			s.Options.Ignore["NN0801"], s.Options.Ignore["b1946ac9"] = "a", "b"
		})},
		"limits, quoted":    {"[limits]\n\"lr-too-high.ratio\" = 0.5", with(func(s *config.Settings) { s.Options.Limits["NN0601.ratio"] = 0.5 })},
		"limits, dotted":    {"[limits]\nlr-too-high.rise = 3", with(func(s *config.Settings) { s.Options.Limits["NN0601.rise"] = 3 })},
		"limits, table":     {"[limits.NN0801]\nshare = 0.9", with(func(s *config.Settings) { s.Options.Limits["NN0801.share"] = 0.9 })},
		"limits, inline":    {"limits = {dead-units = {share = 0.9}}", with(func(s *config.Settings) { s.Options.Limits["NN0801.share"] = 0.9 })},
		"severities":        {"[severities]\nlr-too-high = 'warning'", with(func(s *config.Settings) { s.Options.Severities["NN0601"] = nnvet.Warning })},
		"overhead, percent": {`overhead = "5%"`, with(func(s *config.Settings) { s.Overhead = 0.05 })},
		"overhead, number":  {`overhead = 0.5`, with(func(s *config.Settings) { s.Overhead = 0.5 })},
		"fail-on":           {`fail-on = "warning"`, with(func(s *config.Settings) { s.FailOn = nnvet.Warning })},
		"goal": {"\ngoal = 'accuracy > 90%'", with(func(s *config.Settings) {
			s.Declared.Goal = &nnvet.Goal{Metric: "accuracy", Value: 0.9, Source: nnvet.Location{File: "nnvet.toml", Line: 2}}
		})},
		"groups": {"[[data.groups]]\nname = 'hip'\nunit = 'm'\ncolumns = ['hip_x', 'hip_y']\n[[data.groups]]\nname = 'rest'\ncolumns = [2, 3]", with(func(s *config.Settings) {
			s.Declared.Groups = []nnvet.ColumnGroup{{Name: "hip", Unit: "m", Columns: []string{"hip_x", "hip_y"}}, {Name: "rest", Columns: []string{"2", "3"}}}
		})},
		"groups, inline": {`data = {groups = [{name = "a", columns = ["b"]}]}`, with(func(s *config.Settings) {
			s.Declared.Groups = []nnvet.ColumnGroup{{Name: "a", Columns: []string{"b"}}}
		})},
		"baseline": {`baseline = "known.json"`, with(func(s *config.Settings) {
			s.Options.Ignore["b1946ac9"] = "known since known.json"
		})},
	} {
		t.Run(name, func(t *testing.T) {
			dir := write(t, map[string]string{
				"nnvet.toml": c.text,
				"known.json": `{"schema": "nnvet/baseline/1", "findings": [{"fingerprint": "b1946ac9"}]}`,
			})
			got, err := config.Find(dir, checks)
			if err != nil {
				t.Fatal(err)
			}
			c.want.File = filepath.Join(dir, "nnvet.toml")
			if g := got.Declared.Goal; g != nil { // its directory is another each time
				g.Source.File = filepath.Base(g.Source.File)
			}
			if !reflect.DeepEqual(*got, c.want) {
				t.Errorf("%s\ngot  %+v\nwant %+v", c.text, *got, c.want)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"not TOML":            {"select = [", "nnvet.toml:1: "},
		"unknown key":         {"\nselct = []", `nnvet.toml:2: unknown setting "selct"; did you mean "select"?`},
		"unknown table":       {"[limit]\n\"lr-too-high.ratio\" = 1", `nnvet.toml:1: unknown setting "limit"; did you mean "limits"?`},
		"nothing near":        {"colour = 1", `nnvet.toml:1: unknown setting "colour"`},
		"first in the file":   {"zeta = 1\nalpha = 1", `nnvet.toml:1: unknown setting "zeta"`},
		"select a text":       {"select = 'dead-units'", `nnvet.toml:1: select must be a list of checks`},
		"unknown check":       {"select = [\n  'dead-units',\n  'lr-to-high',\n]", `nnvet.toml:3: unknown check "lr-to-high"; did you mean "lr-too-high"?`},
		"check is a number":   {"select = [601]", `nnvet.toml:1: 601 is not the name of a check`},
		"ignore names":        {"ignore = ['dead-units']", `nnvet.toml:1: ignore must be a list of {check = "...", reason = "..."}`},
		"no reason":           {"[[ignore]]\ncheck = 'dead-units'\n\n[[ignore]]\ncheck = 'dead-units'\nreason = ' '", `nnvet.toml:1: ignore needs a reason`},
		"second has none":     {"[[ignore]]\ncheck = 'dead-units'\nreason = 'x'\n[[ignore]]\ncheck = 'NN0601'", `nnvet.toml:4: ignore needs a reason`},
		"neither":             {"ignore = [{reason = 'x'}]", `nnvet.toml:1: ignore needs either a check or a fingerprint`},
		"both":                {"ignore = [{check = 'NN0801', fingerprint = 'b1946ac9', reason = 'x'}]", `nnvet.toml:1: ignore needs either a check or a fingerprint`},
		"ignore, unknown key": {"ignore = [{check = 'NN0801', reson = 'x'}]", `nnvet.toml:1: unknown key "reson" in ignore; did you mean "reason"?`},
		"reason a number":     {"ignore = [{check = 'NN0801', reason = 1}]", `nnvet.toml:1: reason must be a text`},
		"ignored check":       {"[[ignore]]\ncheck = 'dead'\nreason = 'x'", `nnvet.toml:2: unknown check "dead"; did you mean "dead-units"?`},
		"limits a number":     {"limits = 1", `nnvet.toml:1: limits must be a table`},
		"no limit":            {"[limits]\nlr-too-high = 1", `nnvet.toml:2: a limit is written "check.limit" = number`},
		"unknown limit":       {"[limits]\n\"lr-too-high.ratoi\" = 1", `nnvet.toml:2: check lr-too-high has no limit "ratoi"; did you mean "ratio"?`},
		"in a table":          {"[limits.lr-too-high]\nratio = 1\n\nraise = 1", `nnvet.toml:4: check lr-too-high has no limit "raise"; did you mean "rise"?`},
		"limit of no check":   {"[limits.lr-high]\nratio = 1", `nnvet.toml:1: unknown check "lr-high"`},
		"limit a text":        {"[limits]\n\"lr-too-high.ratio\" = '1'", `nnvet.toml:2: limit ratio must be a finite number`},
		"limit infinite":      {"[limits]\n\"lr-too-high.ratio\" = inf", `nnvet.toml:2: limit ratio must be a finite number`},
		"limit nan":           {"[limits]\n\"lr-too-high.ratio\" = nan", `nnvet.toml:2: limit ratio must be a finite number`},
		"severity":            {"[severities]\nlr-too-high = 'fatal'", `nnvet.toml:2: severity of lr-too-high: "fatal" is none of note, warning, error`},
		"overhead zero":       {"overhead = 0", `nnvet.toml:1: overhead: it must be above 0 and at most 50%`},
		"overhead large":      {"overhead = '51%'", `nnvet.toml:1: overhead: it must be above 0 and at most 50%`},
		"overhead nan":        {"overhead = nan", `nnvet.toml:1: overhead: it must be above 0 and at most 50%`},
		"overhead words":      {"overhead = 'little'", `nnvet.toml:1: overhead: "little" is not a share such as 2% or 0.02`},
		"fail-on note":        {"fail-on = 'note'", `nnvet.toml:1: fail-on: "note" is none of warning, error`},
		"goal a number":       {"goal = 2", `nnvet.toml:1: goal must be a text, as in "mae < 2"`},
		"goal, wrong way":     {"\ngoal = 'mae > 2'", `nnvet.toml:2: goal: mae is better the smaller it is: write mae < 2`},
		"goal, unknown":       {"goal = 'accurcy > 1'", `nnvet.toml:1: goal: unknown metric "accurcy" in a goal; did you mean "accuracy"?`},
		"data a text":         {"data = 'x'", `nnvet.toml:1: data must be a table`},
		"data, unknown key":   {"[data]\ngroup = []", `nnvet.toml:2: unknown key "group" in data; did you mean "groups"?`},
		"groups a table":      {"[data.groups]\nname = 'x'", `nnvet.toml:1: data.groups must be a list of {`},
		"group, unknown key":  {"[[data.groups]]\nname = 'x'\ncolums = ['a']", `nnvet.toml:3: unknown key "colums" in a group; did you mean "columns"?`},
		"group without name":  {"[[data.groups]]\nname = 'x'\ncolumns = ['a']\n[[data.groups]]\ncolumns = ['a']", `nnvet.toml:4: a group needs a name and columns`},
		"group, columns":      {"[[data.groups]]\nname = 'x'\ncolumns = 'a'", `nnvet.toml:3: columns must be a list of names, or of numbers from 0`},
		"group, a column":     {"[[data.groups]]\nname = 'x'\ncolumns = [1.5]", `nnvet.toml:3: 1.5 is neither the name of a column nor its number`},
		"baseline missing":    {"baseline = 'none.json'", `nnvet.toml:1: `},
		"baseline damaged":    {"baseline = 'nnvet.toml'", `nnvet.toml:1: `},
	} {
		t.Run(name, func(t *testing.T) {
			dir := write(t, map[string]string{"nnvet.toml": c.text})
			_, err := config.Find(dir, checks)
			if err == nil {
				t.Fatalf("%s\ngot no error, want %s", c.text, c.want)
			}
			if got := strings.TrimPrefix(err.Error(), dir+string(filepath.Separator)); !strings.HasPrefix(got, c.want) {
				t.Errorf("%s\ngot  %s\nwant %s", c.text, got, c.want)
			}
		})
	}
}

func TestFind(t *testing.T) {
	const own, python = "overhead = 0.1", "[tool.black]\nline = 1\n[tool.nnvet]\noverhead = 0.2"
	for name, c := range map[string]struct {
		files map[string]string
		want  config.Share
	}{
		"none":                       {map[string]string{}, 0},
		"beside":                     {map[string]string{"a/b/nnvet.toml": own}, 0.1},
		"above":                      {map[string]string{"nnvet.toml": own}, 0.1},
		"in pyproject.toml":          {map[string]string{"pyproject.toml": python}, 0.2},
		"own file first":             {map[string]string{"a/pyproject.toml": python, "a/nnvet.toml": own}, 0.1},
		"nearest first":              {map[string]string{"a/pyproject.toml": python, "nnvet.toml": own}, 0.2},
		"pyproject.toml of others":   {map[string]string{"a/pyproject.toml": "[tool.black]\nline = 1", "nnvet.toml": own}, 0.1},
		"pyproject.toml without any": {map[string]string{"a/pyproject.toml": "", "nnvet.toml": own}, 0.1},
		"above the repository":       {map[string]string{"a/.git/HEAD": "", "nnvet.toml": own}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			c.files["a/b/train.py"] = ""
			got, err := config.Find(filepath.Join(write(t, c.files), "a/b"), checks)
			if err != nil {
				t.Fatal(err)
			}
			if got.Overhead != c.want {
				t.Errorf("got overhead %v from %q, want %v", got.Overhead, got.File, c.want)
			}
		})
	}
}

func TestPyprojectErrors(t *testing.T) {
	for text, want := range map[string]string{
		"[tool.nnvet]\n\nselct = 1":                    `pyproject.toml:3: unknown setting "selct"; did you mean "select"?`,
		"[tool]\nnnvet = 1":                            `pyproject.toml:2: tool.nnvet is not a table`,
		"[tool.nnvet.limits]\n\"dead-units.shar\" = 1": `pyproject.toml:2: check dead-units has no limit "shar"; did you mean "share"?`,
	} {
		dir := write(t, map[string]string{"pyproject.toml": text})
		_, err := config.Find(dir, checks)
		if err == nil || strings.TrimPrefix(err.Error(), dir+"/") != want {
			t.Errorf("%s\ngot  %v\nwant %s", text, err, want)
		}
	}
}

func TestBaseline(t *testing.T) {
	findings := []nnvet.Finding{
		{Check: checks[0], Message: "too high"},
		{Check: checks[1], Site: "relu1", Message: "dead"},
		{Check: checks[1], Site: "relu1", Message: "dead again"},
	}
	path := filepath.Join(t.TempDir(), "known.json")
	if err := config.WriteBaseline(path, findings); err != nil {
		t.Fatal(err)
	}
	got, err := config.ReadBaseline(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{findings[0].Fingerprint(), findings[1].Fingerprint()}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestShare(t *testing.T) {
	for text, want := range map[string]string{"2%": "2%", "0.02": "2%", " 0.5 % ": "0.5%", "0.5": "50%", "50%": "50%", "1e-3": "0.1%"} {
		var s config.Share
		if err := s.Set(text); err != nil || s.String() != want {
			t.Errorf("%q: got %v, %v, want %s", text, s, err, want)
		}
	}
	for _, text := range []string{"", "%", "0", "-1%", "60%", "0.6", "nan", "inf", "2 percent"} {
		var s config.Share
		if err := s.Set(text); err == nil {
			t.Errorf("%q: got %v, want an error", text, s)
		}
	}
}

// TestDeclare holds that a trace's own words come first.
func TestDeclare(t *testing.T) {
	mae, r2 := &nnvet.Goal{Metric: "mae", Below: true, Value: 2}, &nnvet.Goal{Metric: "r2", Value: 0.9}
	s := &config.Settings{Declared: nnvet.Declared{Goal: mae, Groups: []nnvet.ColumnGroup{{Name: "a", Unit: "m"}, {Name: "b"}}}}
	for _, c := range []struct{ has, want nnvet.Declared }{
		{nnvet.Declared{}, s.Declared},
		{nnvet.Declared{Goal: r2, Groups: []nnvet.ColumnGroup{{Name: "a"}}}, nnvet.Declared{Goal: r2, Groups: []nnvet.ColumnGroup{{Name: "a"}, {Name: "b"}}}},
	} {
		trace := &nnvet.Trace{Declared: c.has}
		if s.Declare(trace); !reflect.DeepEqual(trace.Declared, c.want) {
			t.Errorf("%+v: got %+v, want %+v", c.has, trace.Declared, c.want)
		}
	}
}
