package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/config"
)

func TestWaive(t *testing.T) {
	const reason = `it's "meant"`
	for name, c := range map[string]struct {
		file, before string
		refused      bool
	}{
		"no file":                {"nnvet.toml", "", false},
		"settings":               {"nnvet.toml", "fail-on = 'warning'\n[limits]\nlr-too-high.rise = 3", false},
		"notes":                  {"nnvet.toml", "[[ignore]]\ncheck = 'NN0801'\nreason = 'a'\n", false},
		"list on a line":         {"nnvet.toml", "ignore = [{check = 'NN0801', reason = 'a'}]\n", true},
		"broken":                 {"nnvet.toml", "fail-on = \n", true},
		"pyproject":              {"pyproject.toml", "[project]\nname = 'x'\n[tool.nnvet]\noverhead = 0.1\n[tool.ruff]\nline-length = 100\n", false},
		"pyproject without ours": {"pyproject.toml", "[project]\nname = 'x'\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, c.file)
			if c.before != "" {
				if err := os.WriteFile(path, []byte(c.before), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			err := config.Waive(path, "b1946ac9", reason, checks)
			after, _ := os.ReadFile(path) // empty where there is none
			if c.refused {
				if err == nil || string(after) != c.before {
					t.Errorf("got %v and %q, want an error and the file as it was", err, after)
				}
				return
			}
			if err != nil || !strings.HasPrefix(string(after), c.before) {
				t.Fatalf("got %v and %q, want a note behind %q", err, after, c.before)
			}
			s, err := config.Read(path, checks)
			if err != nil || s.Options.Ignore["b1946ac9"] != reason {
				t.Errorf("got %v, %v of\n%s", s, err, after)
			}
		})
	}
}
