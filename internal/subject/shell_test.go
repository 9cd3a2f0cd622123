package subject

import "testing"

func TestShell(t *testing.T) {
	for word, want := range map[string]string{
		"houses.csv":      "houses.csv",
		"--resume=7f3ac1": "--resume=7f3ac1",
		"größe":           "größe",
		"":                "''",
		"my houses.csv":   "'my houses.csv'",
		"part-*.csv":      "'part-*.csv'",
		"it's":            `'it'\''s'`,
		"a$HOME`b`":       "'a$HOME`b`'",
	} {
		if got := shell("nnvet", word); got != "nnvet "+want {
			t.Errorf("%q: got %s, want %s", word, got, want)
		}
	}
}
