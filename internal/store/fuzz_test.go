package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/nnvet/nnvet/internal/store"
)

// FuzzMeta looks for a meta.json that is neither refused nor usable.
func FuzzMeta(f *testing.F) {
	f.Add([]byte(`{"id": "7f3ac1", "command": ["true"], "cwd": "../../..", "started": "2026-01-02T03:04:05Z", "exit": 0}`))
	f.Add([]byte(`{"exit": 1e99}`))
	f.Add([]byte(`{"started": "yesterday"}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		run := filepath.Join(dir, "runs", "7f3ac1")
		if err := os.MkdirAll(run, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(run, "meta.json"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		if ids, err := store.IDs(dir); err != nil || len(ids) != 1 {
			t.Errorf("%q: got %q, %v, want the run to be listed", data, ids, err)
		}
		if r, err := store.Find(dir, "7f"); (r == nil) == (err == nil) {
			t.Errorf("%q: got %v and %v", data, r, err)
		}
	})
}
