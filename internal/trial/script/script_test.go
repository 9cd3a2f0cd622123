package script

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nnvet/nnvet"
)

// interpreter returns a Python that can import PyTorch.
func interpreter(t *testing.T) string {
	t.Helper()
	for _, name := range []string{os.Getenv("NNVET_TEST_PYTHON"), "python3", "/usr/bin/python3"} {
		if name == "" {
			continue
		}
		if exec.Command(name, "-c", "import torch, numpy, sklearn").Run() == nil {
			path, err := exec.LookPath(name)
			if err != nil {
				t.Fatal(err)
			}
			return path
		}
	}
	t.Skip("no Python with PyTorch: set NNVET_TEST_PYTHON")
	return ""
}

// training is the beginning of scripts that train a small network.
const training = `
import torch, torch.nn as nn, torch.nn.functional as F
torch.set_num_threads(1)
def data(n=64):
    g = torch.Generator().manual_seed(5)
    x = torch.randn(n, 4, generator=g)
    return x, x[:, :1] * 2 + 1
def train(net, opt, steps=12, clip=None):
    x, y = data()
    for i in range(steps):
        loss = F.mse_loss(net(x), y)
        opt.zero_grad()
        loss.backward()
        if clip: nn.utils.clip_grad_norm_(net.parameters(), clip)
        opt.step()
        print(i, repr(loss.item()))
`

// project writes files into a new directory, by real path.
func project(t *testing.T, files map[string]string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
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

// bench opens a bench, warm or not, and closes it at the end of the test.
func bench(t *testing.T, dir string, o Options, isWarm bool, command ...string) *Bench {
	t.Helper()
	opener := open
	if isWarm {
		opener = Open
	}
	b, err := opener(t.Context(), Program{command, dir}, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(b.root); err == nil {
			t.Errorf("%s is left", b.root)
		}
		if left := startedWith(b.root); len(left) > 0 {
			t.Errorf("processes %v are left", left)
		}
	})
	if isWarm && !b.Warm() {
		t.Fatal("there is no warm process")
	}
	return b
}

// sound runs an order that must end well.
func sound(t *testing.T, b *Bench, o Order) Outcome {
	t.Helper()
	out, err := b.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if out.Exit != 0 || out.Ended != Exit {
		t.Fatalf("ended by %s with exit code %d\n%s", out.Ended, out.Exit, out.Output)
	}
	return out
}

// both runs a subtest with plain processes and with a warm one.
func both(t *testing.T, f func(t *testing.T, isWarm bool)) {
	for _, isWarm := range []bool{false, true} {
		t.Run(map[bool]string{false: "plain", true: "warm"}[isWarm], func(t *testing.T) { f(t, isWarm) })
	}
}

// losses returns what a trace holds of losses, in words that show every bit.
func losses(t *testing.T, tr *nnvet.Trace) string {
	t.Helper()
	if tr == nil {
		t.Fatal("no trace")
	}
	var b strings.Builder
	for s := range tr.All(nnvet.Loss) {
		fmt.Fprintf(&b, "%v %v %x\n", s.Key, s.Steps, s.Values)
	}
	return b.String()
}

func TestWarmIsPlain(t *testing.T) {
	py := interpreter(t)
	text, err := os.ReadFile("../../../examples/broken/digits_mlp.py")
	if err != nil {
		t.Fatal(err)
	}
	odd := `
import sys, os, atexit, numpy as np
` + training + `
from torch.utils.data import DataLoader, TensorDataset
import own
atexit.register(lambda: print("left", __name__, train.__module__, own.where))
print(sys.argv, os.getcwd() == os.path.realpath(os.curdir), os.path.basename(__file__), __name__, __spec__ is None, sys.path[0] == os.getcwd())
print(torch.get_num_threads(), torch.initial_seed(), sorted({"a", "b", "c"}), list({"a", "b", "c"}), __doc__, sys.stdin.read() == "")
np.random.seed(4)
torch.manual_seed(1)
net = nn.Linear(4, 1)
print(net.weight, np.random.rand())
train(net, torch.optim.SGD(net.parameters(), 0.1))
for (x,) in DataLoader(TensorDataset(torch.arange(6.0)), 2, shuffle=True, num_workers=1): print(x)
raise ValueError("the end")
`
	dir := project(t, map[string]string{"digits.py": string(text), "odd.py": odd, "own.py": "where = __name__", "pkg/__init__.py": "", "pkg/__main__.py": odd})
	for name, c := range map[string]struct {
		args []string
		exit int
	}{
		"digits": {[]string{py, "digits.py"}, 0},
		"odd":    {[]string{py, "-u", "-W", "ignore", "odd.py", "--x", "1"}, 1},
		"module": {[]string{py, "-m", "pkg", "y"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			plain, warm := bench(t, dir, Options{}, false, c.args...), bench(t, dir, Options{}, true, c.args...)
			for _, seed := range []int64{0, 3} {
				a, err := plain.Run(t.Context(), Order{Seed: seed})
				if err != nil {
					t.Fatal(err)
				}
				b, err := warm.Run(t.Context(), Order{Seed: seed})
				if err != nil {
					t.Fatal(err)
				}
				as, bs := strings.ReplaceAll(string(a.Output), plain.root, "ROOT"), strings.ReplaceAll(string(b.Output), warm.root, "ROOT")
				if as != bs && name != "module" || a.Exit != c.exit || b.Exit != c.exit {
					t.Errorf("seed %d: plain printed, with exit code %d,\n%s\nwarm, with %d,\n%s", seed, a.Exit, as, b.Exit, bs)
				}
				if x, y := losses(t, a.Trace), losses(t, b.Trace); x != y || x == "" {
					t.Errorf("seed %d: plain has losses\n%s\nwarm\n%s", seed, x, y)
				}
				if a.Trace.Run.Steps != b.Trace.Run.Steps {
					t.Errorf("seed %d: plain has %d steps, warm %d", seed, a.Trace.Run.Steps, b.Trace.Run.Steps)
				}
				t.Logf("seed %d: plain %v, warm %v", seed, a.Wall, b.Wall)
			}
		})
	}
}

var _ = []any{bytes.Equal, context.Background, fs.ErrExist, slices.Sort[[]int], syscall.Kill, time.Now}
