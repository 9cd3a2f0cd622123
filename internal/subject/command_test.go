package subject

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEnviron(t *testing.T) {
	for name, c := range map[string]struct{ before, path string }{
		"no path":     {"HOME=/h", "/r/probe"},
		"empty path":  {"PYTHONPATH=", "/r/probe"},
		"a path":      {"PYTHONPATH=/a:/b", "/r/probe:/a:/b"},
		"nested":      {"PYTHONPATH=/outer/probe:/a NNVET_OUT=/outer", "/r/probe:/a"},
		"named alike": {"PYTHONPATH=/outer/probe:/a", "/r/probe:/outer/probe:/a"},
	} {
		w := Watch{Dir: "/r", Version: "0.1.0", Overhead: 0.02}
		got := make(map[string]string)
		for _, kv := range w.Environ(strings.Fields(c.before)) {
			name, value, _ := strings.Cut(kv, "=")
			got[name] = value
		}
		want := map[string]string{"PYTHONPATH": c.path, "NNVET_OUT": "/r", "NNVET_VERSION": "0.1.0", "NNVET_OVERHEAD": "0.02"}
		for key, v := range want {
			if got[key] != v {
				t.Errorf("%s: got %s=%q, want %q", name, key, got[key], v)
			}
		}
	}
}

func TestInstall(t *testing.T) {
	w := Watch{Dir: t.TempDir()}
	if err := w.Install(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"sitecustomize.py", "_nnvet/__init__.py"} {
		fi, err := os.Stat(filepath.Join(w.Dir, "probe", name))
		if err != nil {
			t.Fatal(err)
		}
		if fi.Mode() != 0o600 {
			t.Errorf("%s: got mode %v, want 0600", name, fi.Mode())
		}
	}
	w.Dir += "/a:b"
	if err := w.Install(); err == nil {
		t.Errorf("%s: got no error, want that PYTHONPATH cannot hold it", w.Dir)
	}
}

func TestFindErrors(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	if err := os.WriteFile("plain", []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct {
		code int
		text string
	}{
		"nosuch":      {127, "nosuch: command not found"},
		"./nosuch":    {127, "./nosuch: command not found"},
		"./plain":     {126, "./plain: cannot be run: permission denied"},
		"./plain/x":   {126, "./plain/x: cannot be run: not a directory"},
		dir:           {126, dir + ": cannot be run: is a directory"},
		"no/such/one": {127, "no/such/one: command not found"},
		"":            {127, ": command not found"},
	} {
		_, err := Find([]string{name})
		var s *StartError
		if !errors.As(err, &s) || s.Code != want.code || s.Error() != want.text {
			t.Errorf("%q: got %v, want %d: %s", name, err, want.code, want.text)
		}
	}
}

// TestNotAProgram starts a file that may be run but that the system cannot run.
func TestNotAProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "odd")
	if err := os.WriteFile(path, []byte("neither a program nor a script"), 0o700); err != nil {
		t.Fatal(err)
	}
	c, err := Find([]string{path})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Start(nil)
	var s *StartError
	if !errors.As(err, &s) || s.Code != 126 || s.Error() != path+": cannot be run: exec format error" {
		t.Errorf("got %v, want 126 and exec format error", err)
	}
}

func TestExitCodes(t *testing.T) {
	for script, want := range map[string]int{"exit 0": 0, "exit 3": 3, "exit 255": 255, "kill -9 $$": 137, "kill -15 $$": 143} {
		c, err := Find([]string{"sh", "-c", script})
		if err != nil {
			t.Fatal(err)
		}
		p, err := c.Start(nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Wait(); got != want {
			t.Errorf("%s: got %d, want %d", script, got, want)
		}
	}
}
