package nnvet_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The linters, pinned. Both are installed in the user's cache directory, never
// in the repository.
const (
	staticcheck = "honnef.co/go/tools/cmd/staticcheck@v0.8.2"
	ruff        = "ruff==0.17.6"
)

func TestLint(t *testing.T) {
	for _, l := range []struct {
		name string
		cmd  func(*testing.T) []string // skips where the linter is not to be had
	}{
		{"gofmt", is("gofmt", "-l", ".")},
		{"vet", is("go", "vet", "./...")},
		{"staticcheck", func(t *testing.T) []string { return []string{installStaticcheck(t), "./..."} }},
		{"ruff", func(t *testing.T) []string {
			return []string{installRuff(t), "check", "--no-cache", "--quiet", "--output-format", "concise"}
		}},
		{"sh", func(t *testing.T) []string { return append([]string{"sh", "-n"}, glob(t, "tools/*.sh")...) }},
		{"bash", is("bash", "-n", ".ci/run")},
	} {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			args := l.cmd(t)
			out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
			if err != nil || len(out) > 0 { // gofmt -l ends with 0
				t.Errorf("%s: %v\n%s", strings.Join(args, " "), err, out)
			}
		})
	}
}

func is(args ...string) func(*testing.T) []string {
	return func(*testing.T) []string { return args }
}

func installStaticcheck(t *testing.T) string {
	dir := cache(t, "staticcheck-v0.8.2")
	return install(t, filepath.Join(dir, "staticcheck"), func() *exec.Cmd {
		cmd := exec.Command("go", "install", staticcheck)
		cmd.Env = append(os.Environ(), "GOBIN="+dir, "GOFLAGS=")
		return cmd
	})
}

func installRuff(t *testing.T) string {
	dir := cache(t, "ruff-0.17.6")
	bin := filepath.Join(dir, "bin", "ruff")
	return install(t, bin, func() *exec.Cmd {
		return exec.Command("sh", "-c", `python3 -m venv "$0" && "$0/bin/pip" install -q "$1"`, dir, ruff)
	})
}

// install makes sure that a linter is there, and skips the test where it
// cannot be installed, as without a network.
func install(t *testing.T, bin string, cmd func() *exec.Cmd) string {
	t.Helper()
	if _, err := os.Stat(bin); err == nil {
		return bin
	}
	if out, err := cmd().CombinedOutput(); err != nil {
		t.Skipf("%s is not to be had: %v: %s", filepath.Base(bin), err, lastLine(out))
	}
	return bin
}

func cache(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.UserCacheDir()
	if err != nil {
		t.Skip(err)
	}
	return filepath.Join(dir, "nnvet", name)
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files match %s (%v)", pattern, err)
	}
	return files
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}
