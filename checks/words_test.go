package checks

import (
	"strings"
	"testing"
)

// TestWords holds that every word is explained, in lines that fit a terminal,
// and that none hides a check or a pitfall from nnvet explain.
func TestWords(t *testing.T) {
	all := Words()
	if len(all) < 5 {
		t.Fatalf("got %d words", len(all))
	}
	for _, w := range all {
		if w.Text == "" {
			t.Errorf("%s is not explained", w.Name)
		}
		if _, ok := FindChapter(w.Name); ok || Find(w.Name) != nil {
			t.Errorf("%s is a check or a pitfall as well", w.Name)
		}
		for line := range strings.Lines(w.Text) {
			if n := len(strings.TrimSuffix(line, "\n")); n > 80 {
				t.Errorf("%s: a line of %d characters, and 80 fit everywhere: %s", w.Name, n, line)
			}
		}
	}
	if w, ok := FindWord("Skill"); !ok || !strings.Contains(w.Text, "1 - loss / loss of the best constant") {
		t.Errorf("got %+v, %v for skill", w, ok)
	}
}

func TestWordsIn(t *testing.T) {
	tests := []struct{ page, want string }{
		{"Nothing was learned.", ""},
		{"It ends with a skill below 0.3, and is no better than a constant. Skill is all.", "skill"},
		{"Skill and the loss of the best constant, a constant column.", "skill best constant"},
		{"It ends below `skill`.", ""},
		{"    skill = 1\n", ""},
		{"A skillful hand.", ""},
	}
	for _, tt := range tests {
		var got []string
		for _, w := range WordsIn(tt.page) {
			got = append(got, w.Name)
		}
		if got := strings.Join(got, " "); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.page, got, tt.want)
		}
	}
}
