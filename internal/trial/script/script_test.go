package script

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
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
print(torch.get_num_threads(), sorted({"a", "b", "c"}), list({"a", "b", "c"}), __doc__, sys.stdin.read() == "")
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

// TestSeeds: the same seed gives the same run bit by bit, another one another.
func TestSeeds(t *testing.T) {
	py := interpreter(t)
	dir := project(t, map[string]string{"seeded.py": training + `
import random, numpy as np
from sklearn.model_selection import train_test_split
random.seed(1); np.random.seed(2); torch.manual_seed(3)
print("split", train_test_split(range(8), random_state=4))
print("drawn", random.random(), np.random.rand(), np.random.default_rng(5).random(), np.random.RandomState(6).rand(),
      torch.rand(1, generator=torch.Generator().manual_seed(7)).item())
print("kind", isinstance(np.random.RandomState(0), np.random.RandomState), isinstance(torch.default_generator, torch.Generator))
net = nn.Linear(4, 1)
print("weights", net.weight.tolist())
train(net, torch.optim.SGD(net.parameters(), 0.1), 3)
`, "unseeded.py": training + `
import random, numpy as np
print("drawn", random.random(), np.random.rand(), np.random.default_rng().random(), np.random.RandomState().rand(), torch.rand(1).item())
print("weights", nn.Linear(4, 1).weight.tolist())
`})
	plainly := make(map[string]string) // what a script printed without the warm process
	both(t, func(t *testing.T, isWarm bool) {
		for _, script := range []string{"seeded.py", "unseeded.py"} {
			b := bench(t, dir, Options{}, isWarm, py, script)
			var got []string
			for _, seed := range []int64{7, 7, 8, 0, 0} {
				got = append(got, string(sound(t, b, Order{Seed: seed}).Output))
			}
			if !isWarm {
				plainly[script] = got[0]
			} else if got[0] != plainly[script] {
				t.Errorf("%s: a warm trial gave\n%s\nand a plain one\n%s", script, got[0], plainly[script])
			}
			if got[0] != got[1] {
				t.Errorf("%s: one seed gave\n%s\nand\n%s", script, got[0], got[1])
			}
			if seeded := script == "seeded.py"; (got[3] == got[4]) != seeded {
				t.Errorf("%s as written gave\n%s\nand\n%s", script, got[3], got[4])
			}
			a, c, plain := said(got[0]), said(got[2]), said(got[3])
			for i, word := range strings.Fields(a["drawn"]) {
				if word == strings.Fields(c["drawn"])[i] || word == strings.Fields(plain["drawn"])[i] {
					t.Errorf("%s: draw %d is the same with another seed: %s", script, i, word)
				}
			}
			if a["weights"] == c["weights"] || a["split"] != c["split"] || a["split"] != plain["split"] || a["kind"] != plain["kind"] {
				t.Errorf("%s: seeds 7, 8 and none gave\n%s%s%s", script, got[0], got[2], got[3])
			}
		}
	})
}

// said returns the lines of an output by their first word.
func said(output string) map[string]string {
	out := make(map[string]string)
	for line := range strings.Lines(output) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		out[word] = rest
	}
	return out
}

func TestSteps(t *testing.T) {
	py := interpreter(t)
	dir := project(t, map[string]string{"train.py": training + `
import atexit
atexit.register(print, "left")
net = nn.Linear(4, 1)
try:
    train(net, torch.optim.Adam(net.parameters(), 0.1))
finally:
    print("finally")
print("not here")
`})
	both(t, func(t *testing.T, isWarm bool) {
		out := sound(t, bench(t, dir, Options{}, isWarm, py, "train.py"), Order{Steps: 5})
		if s := string(out.Output); !strings.HasSuffix(s, "finally\nleft\n") || strings.Contains(s, "not here") || out.Trace.Run.Steps != 5 {
			t.Errorf("got %d steps and\n%s", out.Trace.Run.Steps, s)
		}
		if out.Trace.Run.Ended != "exit" {
			t.Errorf("the trace says that it ended by %q", out.Trace.Run.Ended)
		}
	})
}

// state returns all that git status and make see of what lies below a
// directory.
func state(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Lstat(path)
		if err != nil {
			return err
		}
		s := info.Sys().(*syscall.Stat_t)
		fmt.Fprintln(&b, path, info.Mode(), info.Size(), info.ModTime(), s.Ino, s.Ctim, s.Nlink)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// writes is a script that writes wherever scripts write.
const writes = `
import glob, json, logging, os, pathlib, shutil, sqlite3, subprocess, sys, tempfile
import numpy as np
home, here, above = os.path.expanduser("~"), "HERE", os.path.dirname("HERE")
net = nn.Linear(4, 1)
for path in ["net.pt", "HERE/net2.pt", home + "/net3.pt", home + "/ckpt/new.pt", "../beside/net4.pt", "big.bin"]:
    if path == "big.bin":
        open(path, "r+b").write(b"changed")
        assert open(path, "rb").read(9) == b"changed\0\0"
        continue
    torch.save(net.state_dict(), path)
    assert os.path.exists(path) and os.path.getsize(path) > 100, path
    torch.load(path)
assert open("data.txt").read() == open("HERE/data.txt").read() == open("../proj/data.txt").read() == "data"
open("data.txt", "a").write(" and more")
assert open("HERE/data.txt").read() == "data and more"
assert open("../beside/there.txt").read() == "there" and open(above + "/beside/there.txt").read() == "there"
open("../beside/there.txt", "a").write(" too")
assert open(above + "/beside/there.txt").read() == pathlib.Path("../beside/there.txt").read_text() == "there too"
open("../new.txt", "w").write("new")
pathlib.Path(home, "kept.txt").write_text("other")
assert pathlib.Path(home, "kept.txt").read_text() == "other"
pathlib.Path(home, "runs/1").mkdir(parents=True)
open(home + "/runs/1/log", "w").write("x")
assert sorted(os.listdir(home)) == ["ckpt", "gone.txt", "kept.txt", "net3.pt", "old", "runs"], os.listdir(home)
assert sorted(glob.glob(home + "/*/*")) and sorted(map(os.path.basename, glob.glob(home + "/ckpt/*"))) == ["new.pt", "old.pt"]
os.replace(home + "/runs/1/log", home + "/runs/2")
assert open(home + "/runs/2").read() == "x" and not os.path.exists(home + "/runs/1/log")
os.remove(home + "/gone.txt")
shutil.rmtree(home + "/old")
shutil.rmtree("HERE/sub")
assert not os.path.exists("sub")
os.makedirs("out/a/b", exist_ok=True)
os.makedirs("HERE/out/c")
shutil.rmtree("out")
os.rename(home + "/kept.txt", home + "/kept2.txt")
os.chmod("HERE/data.txt", 0o640)
np.save(home + "/array", np.zeros(3))
np.load(home + "/array.npy")
json.dump({}, open("HERE/metrics.json", "w"))
logging.basicConfig(filename="HERE/train.log", level=logging.INFO)
logging.info("hello")
sqlite3.connect(home + "/runs.db").execute("create table t (x)")
with tempfile.TemporaryDirectory() as d: open(d + "/x", "w").write("x")
subprocess.run([sys.executable, "-c", "open('HERE/child.txt', 'w').write('c')"], check=True)
assert open("child.txt").read() == "c"
os.chdir("HERE")
open("relative.txt", "w").write("r")
import lib
assert lib.where == "LIB", lib.where
import matplotlib.pyplot as plt
`

// TestUserTreeStays: a trial of a script that writes everywhere changes
// nothing but its own directory.
func TestUserTreeStays(t *testing.T) {
	py := interpreter(t)
	root := project(t, map[string]string{
		"proj/data.txt": "data", "proj/sub/x": "x", "proj/src/lib.py": "where = 'original'", "beside/there.txt": "there",
		"home/kept.txt": "kept", "home/gone.txt": "gone", "home/old/x": "x", "home/ckpt/old.pt": "old",
	})
	dir, home := filepath.Join(root, "proj"), filepath.Join(root, "home")
	t.Setenv("HOME", home)
	t.Setenv("PYTHONPATH", filepath.Join(dir, "src"))
	text := strings.ReplaceAll(training+writes, "HERE", dir)
	text = strings.ReplaceAll(text, "import matplotlib.pyplot as plt\n", plot(py))
	script := filepath.Join(dir, "train.py")
	big, err := os.Create(filepath.Join(dir, "big.bin"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errorsOf(big.Truncate(large+1), big.Close(), os.WriteFile(script, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
	git(t, dir, "init", "-q")
	git(t, dir, "add", "data.txt", "train.py", "sub", "src")
	git(t, dir, "-c", "user.name=x", "-c", "user.email=x@y", "commit", "-qm", "x")
	status := git(t, dir, "status", "--porcelain")
	both(t, func(t *testing.T, isWarm bool) {
		before := state(t, root)
		b := bench(t, dir, Options{}, isWarm, py, script)
		out := sound(t, b, Order{Files: map[string][]byte{"src/lib.py": []byte("where = 'LIB'")}})
		if after := state(t, root); after != before {
			t.Errorf("before\n%s\nafter\n%s", before, after)
		}
		if now := git(t, dir, "status", "--porcelain"); now != status {
			t.Errorf("git status says %q, before %q", now, status)
		}
		for _, path := range []string{home + "/net3.pt", home + "/ckpt/new.pt", home + "/gone.txt", home + "/old", dir + "/net2.pt", root + "/beside/there.txt", dir + "/big.bin"} {
			if !slices.Contains(out.Redirected, path) {
				t.Errorf("%s is not among %q", path, out.Redirected)
			}
		}
	})
}

// plot returns a script's end that would show a window, where it can.
func plot(py string) string {
	if exec.Command(py, "-c", "import matplotlib").Run() != nil {
		return ""
	}
	return "import matplotlib\nmatplotlib.use('TkAgg')\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show(); plt.savefig('HERE/plot.png')\n"
}

func errorsOf(errs ...error) error { return errors.Join(errs...) }

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git: the status of the user's tree is not compared")
	}
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v: %s", args, err, out)
	}
	return string(out)
}

// TestInPlace: a program that runs in its own directory may write there.
func TestInPlace(t *testing.T) {
	py := interpreter(t)
	dir := project(t, map[string]string{"train.py": "open('new', 'w').write('x')"})
	b := bench(t, dir, Options{InPlace: true}, false, py, "train.py")
	sound(t, b, Order{})
	if !has(dir, "new") {
		t.Error("there is no new file")
	}
	if _, err := b.Run(t.Context(), Order{Files: map[string][]byte{"train.py": nil}}); err == nil {
		t.Error("edited files in place gave no error")
	}
}

// TestLimits: what takes too long or too much is ended, and so is all that it
// started.
func TestLimits(t *testing.T) {
	py := interpreter(t)
	dir := project(t, map[string]string{"stubborn.py": `
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for own in False, True:
    if os.fork() == 0:
        if own:
            os.setpgid(0, 0)
        if os.fork() == 0:
            time.sleep(600)
        time.sleep(600)
print("x" * (3 << 20), flush=True)
print("begun", flush=True)
if sys.argv[1] == "memory":
    x = bytearray(1 << 30)
    x[::4096] = b"x" * len(x[::4096])
if sys.argv[1] != "leave":
    time.sleep(600)
`, "apart.py": `
import os, subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
`})
	both(t, func(t *testing.T, isWarm bool) {
		for _, c := range []struct {
			way, ended string
			options    Options
			exit       int
		}{
			{"time", Time, Options{Time: time.Second}, 137},
			{"memory", Memory, Options{Memory: 900 << 20, Time: time.Minute}, 137},
			{"leave", Exit, Options{Time: time.Minute}, 0},
		} {
			if isWarm && c.ended == Memory {
				continue // looks at processes in the same way
			}
			b := bench(t, dir, c.options, isWarm, py, "stubborn.py", c.way)
			out, err := b.Run(t.Context(), Order{})
			if err != nil {
				t.Fatal(err)
			}
			if out.Ended != c.ended || out.Exit != c.exit {
				t.Errorf("%s: ended by %s with %d", c.way, out.Ended, out.Exit)
			}
			if len(out.Output) > maxOutput || !bytes.HasSuffix(out.Output, []byte("begun\n")) {
				t.Errorf("%s: %d bytes of output end in %q", c.way, len(out.Output), out.Output[max(0, len(out.Output)-20):])
			}
			if isWarm {
				b.Close()
			}
			if left := startedWith(b.root); len(left) > 0 {
				t.Errorf("%s: processes %v are left", c.way, left)
			}
		}
		b := bench(t, dir, Options{}, isWarm, py, "stubborn.py", "ctx")
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if out, err := b.Run(ctx, Order{}); !errors.Is(err, context.DeadlineExceeded) || out.Ended != Killed {
			t.Errorf("got %q, %v, want that it was killed", out.Ended, err)
		}
		b = bench(t, dir, Options{}, isWarm, py, "apart.py")
		sound(t, b, Order{})
		if left := startedWith("=" + b.root + "/1/out"); len(left) > 0 {
			t.Errorf("apart: processes %v are left", left)
		}
	})
}

// TestTogether runs several trials at once.
func TestTogether(t *testing.T) {
	py := interpreter(t)
	dir := project(t, map[string]string{"train.py": training + `
torch.manual_seed(0)
net = nn.Linear(4, 1)
train(net, torch.optim.SGD(net.parameters(), 0.1))
`})
	b := bench(t, dir, Options{Jobs: 3}, true, py, "train.py")
	var outs [6]Outcome
	var all sync.WaitGroup
	for i := range outs {
		all.Go(func() { outs[i] = sound(t, b, Order{Seed: int64(1 + i%3)}) })
	}
	all.Wait()
	for i := range 3 {
		if a, c := outs[i], outs[i+3]; !bytes.Equal(a.Output, c.Output) || bytes.Equal(a.Output, outs[(i+1)%3].Output) {
			t.Errorf("seed %d gave\n%s\nand\n%s", i+1, a.Output, c.Output)
		}
	}
}
