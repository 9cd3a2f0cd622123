package subject

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestIsolated(t *testing.T) {
	for command, want := range map[string]struct {
		python bool
		flag   string
	}{
		"python train.py":                {true, ""},
		"python -I train.py":             {true, "-I"},
		"/usr/bin/python3.11 -E x.py":    {true, "-E"},
		"python3 -uS train.py":           {true, "-S"},
		"python -W ignore -I x.py":       {true, "-I"},
		"python -Wignore:I -X dev x.py":  {true, ""},
		"python -X importtime -E x.py":   {true, "-E"},
		"python train.py -I":             {true, ""},
		"python -m train -S":             {true, ""},
		"python -uc pass -E":             {true, ""},
		"python - -I":                    {true, ""},
		"python --check-hash x -I t.py":  {true, ""},
		"pypy3 -I x.py":                  {true, "-I"},
		"python":                         {true, ""},
		"python -W":                      {true, ""},
		"torchrun -I train.py":           {false, ""},
		"sh -c python":                   {false, ""},
		"/opt/python/bin/torchrun -E.py": {false, ""},
	} {
		python, flag := isolated(strings.Fields(command))
		if python != want.python || flag != want.flag {
			t.Errorf("%s: got %v, %q, want %v, %q", command, python, flag, want.python, want.flag)
		}
	}
}

func TestUnwatched(t *testing.T) {
	for _, c := range []struct{ command, marks, want string }{
		{"python x.py", "seen-python seen-torch", "PyTorch was imported, but no network was trained"},
		{"python x.py", "seen-python", "PyTorch was never imported"},
		{"python -I x.py", "", "-I keeps Python from reading PYTHONPATH"},
		{"python x.py", "", "the Python that ran did not read PYTHONPATH"},
		{"make train", "", "the command started no Python that reads PYTHONPATH"},
		{"make train", "seen-python", "PyTorch was never imported"},
	} {
		dir := t.TempDir()
		for _, mark := range strings.Fields(c.marks) {
			if err := os.WriteFile(filepath.Join(dir, mark), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got := Unwatched(strings.Fields(c.command), dir); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s, %q: got %q, want %q", c.command, c.marks, got, c.want)
		}
	}
}
