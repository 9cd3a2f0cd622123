package edit

import (
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// TestPositions edits random sources.
func TestPositions(t *testing.T) {
	if n := positions(t, 400, 1); n < 200 {
		t.Errorf("only %d sources were Python", n)
	}
}

func FuzzPositions(f *testing.F) {
	f.Add(int64(2))
	f.Fuzz(func(t *testing.T, seed int64) { positions(t, 20, seed) })
}

func positions(t *testing.T, n int, seed int64) int {
	t.Helper()
	room := t.TempDir()
	if err := install(room); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), python(t), "-I", "-B", "testdata/positions.py", room, strconv.Itoa(n), strconv.FormatInt(seed, 10)).CombinedOutput()
	if err != nil {
		t.Fatalf("seed %d: %v\n%s", seed, err, out)
	}
	tried, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	return tried
}
