package edit

import (
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
)

// begin is how most programs of these cases begin: ten lines.
const begin = `import torch
from torch import nn


class Net(nn.Module):
    def forward(self, x):
        return x


model = Net()
`

// step is how they end.
const step = `for x, y in loader:
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    opt.step()
`

// TestPlaces holds how far a value is followed, and where that ends.
func TestPlaces(t *testing.T) {
	for name, c := range map[string]struct{ text, setting, want string }{
		"attribute of a class":       {begin + "class C:\n    lr: float = 0.5\nopt = torch.optim.SGD(model.parameters(), C.lr)\n", "lr 0.5 0.1", "    lr: float = 0.1"},
		"data class":                 {begin + "@dataclass\nclass C:\n    lr: float = 0.5\ncfg = C()\nopt = torch.optim.SGD(model.parameters(), lr=cfg.lr)\n", "lr 0.5 0.1", "    lr: float = 0.1"},
		"given to a data class":      {begin + "@dataclass\nclass C:\n    lr: float = 0.9\ncfg = C(lr=0.5)\nopt = torch.optim.SGD(model.parameters(), lr=cfg.lr)\n", "lr 0.5 0.1", "cfg = C(lr=0.1)"},
		"item of a dict":             {begin + "cfg = {'lr': 5e-1, 'n': 3}\nopt = torch.optim.SGD(model.parameters(), lr=cfg['lr'])\n", "lr 0.5 0.1", "cfg = {'lr': 0.1, 'n': 3}"},
		"dict by keywords":           {begin + "cfg = dict(lr=0.5)\nopt = torch.optim.SGD(model.parameters(), lr=cfg['lr'])\n", "lr 0.5 0.1", "cfg = dict(lr=0.1)"},
		"positional":                 {begin + "opt = torch.optim.SGD(model.parameters(), 0.5) # ü\n", "lr 0.5 0.1", "opt = torch.optim.SGD(model.parameters(), 0.1) # ü"},
		"expression of numbers":      {begin + "opt = torch.optim.SGD(model.parameters(), lr=5 * 10**-1)\n", "lr 0.5 0.1", "opt = torch.optim.SGD(model.parameters(), lr=0.1)"},
		"by parameters twice":        {begin + "def make(lr):\n    return inner(lr)\ndef inner(rate):\n    return torch.optim.SGD(model.parameters(), lr=rate)\nopt = make(0.5)\n", "lr 0.5 0.1", "opt = make(0.1)"},
		"default of a method":        {begin + "class T:\n    def run(self, lr=0.5):\n        return torch.optim.SGD(model.parameters(), lr=lr)\nopt = T().run()\n", "lr 0.5 0.1", "    def run(self, lr=0.1):"},
		"trailing comma":             {begin + "opt = torch.optim.SGD(\n    model.parameters(),\n    lr=0.5,\n)\n", "momentum 0 0.9", "    lr=0.5, momentum=0.9,"},
		"keyword arguments unpacked": {begin + "opt = torch.optim.SGD(model.parameters(), **cfg)\n", "lr 0.5 0.1", "refused: lr: a.py:11: cfg is set in no file that the trace names"},
		"from a file":                {begin + "cfg = yaml.safe_load(open('c.yaml'))\nopt = torch.optim.SGD(model.parameters(), lr=cfg['lr'])\n", "lr 0.5 0.1", "refused: c.yaml: it cannot be read"},
		"unpacked":                   {begin + "cfg = {'optimizer': {'lr': 0.5, 'momentum': 0.9}}\nopt = torch.optim.SGD(model.parameters(), **cfg['optimizer'])\n", "lr 0.5 0.1", "cfg = {'optimizer': {'lr': 0.1, 'momentum': 0.9}}"},
		"dict within a dict":         {begin + "cfg = {'train': {'lr': 0.5}}\nopt = torch.optim.SGD(model.parameters(), lr=cfg['train']['lr'])\n", "lr 0.5 0.1", "cfg = {'train': {'lr': 0.1}}"},
		"set twice":                  {begin + "lr = 0.5\nlr = 0.4\nopt = torch.optim.SGD(model.parameters(), lr=lr)\n", "lr 0.5 0.1", "refused: lr: a.py: lr is set in 2 places"},
		"changed in place":           {begin + "lr = 0.5\nlr *= 2\nopt = torch.optim.SGD(model.parameters(), lr=lr)\n", "lr 0.5 0.1", "refused: lr: a.py: lr is set in 2 places"},
		"computed":                   {begin + "opt = torch.optim.SGD(model.parameters(), lr=0.5 * n)\n", "lr 0.5 0.1", "refused: lr: a.py:11: the value is computed: 0.5 * n"},
		"another value":              {begin + "opt = torch.optim.SGD(model.parameters(), lr=0.3)\n", "lr 0.5 0.1", "refused: lr: a.py:11 says 0.3, and the run used 0.5: it is set elsewhere, as on the command line"},
		"two calls":                  {begin + "def make(lr):\n    return torch.optim.SGD(model.parameters(), lr=lr)\na, b = make(0.5), make(0.5)\n", "lr 0.5 0.1", "refused: lr: a.py:11: 2 calls of make give lr, and 0 do not"},
		"called with stars":          {begin + "def make(lr):\n    return torch.optim.SGD(model.parameters(), lr=lr)\na = make(*a)\n", "lr 0.5 0.1", "refused: lr: a.py:13: make is called with starred arguments"},
		"rates of groups":            {begin + "opt = torch.optim.SGD([{'params': p, 'lr': 0.2}], lr=0.5)\n", "lr 0.5 0.1", "refused: lr: a.py:11: groups of parameters have their own lr"},
		"no default":                 {begin + "p.add_argument('--lr', type=float)\nargs = p.parse_args()\nopt = torch.optim.SGD(model.parameters(), lr=args.lr)\n", "lr 0.5 0.1", "refused: lr: a.py:11: --lr has no default: it is given on the command line"},
		"gathered gradients":         {begin + "opt = torch.optim.SGD(model.parameters(), 0.1)\nfor x, y in loader:\n    loss = f(x)\n    loss.backward()\n    if n % 4 == 0:\n        opt.step()\n", "zero_grad never step", "refused: zero_grad: a.py:16: the step is not taken beside backward(), so that gradients may be gathered on purpose"},
		"zeroed":                     {begin + "opt = torch.optim.SGD(model.parameters(), 0.1)\n" + step, "zero_grad never step", "    opt.zero_grad()"},
		"clipped":                    {begin + "opt = torch.optim.SGD(model.parameters(), 0.1)\n" + step, "clip none 2", "    nn.utils.clip_grad_norm_(model.parameters(), 2)"},
		"two losses":                 {begin + "opt = torch.optim.SGD(model.parameters(), 0.1)\n" + step + step, "zero_grad never step", "refused: zero_grad: there are 2 calls of backward()"},
		"two statements in a line":   {begin + "opt = torch.optim.SGD(model.parameters(), 0.1)\nfor x in y:\n    loss = f(x); loss.backward(); opt.step()\n", "zero_grad never step", "refused: zero_grad: a.py:13 holds several statements"},
		"the whole network already":  {begin + "opt = torch.optim.SGD(model.parameters(), 0.1)\n", "trained part all", "refused: trained: a.py:11: the optimizer has all of model: what else is trained has no name there"},
		"frozen on purpose":          {begin + "model.a.requires_grad_(False)\nopt = torch.optim.SGD(model.b.parameters(), 0.1)\n", "trained part all", "refused: trained: parts of the network are frozen on purpose"},
		"other knob":                 {begin, "residual none 2", "refused: residual: a residual connection is a change of the network's forward"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, "a.py", c.text)
			f := strings.Fields(c.setting)
			got := outcome(t, dir, small(c.text), nnvet.Treatment{Settings: []nnvet.Setting{{Name: f[0], From: f[1], To: f[2]}}})
			if strings.HasPrefix(c.want, "refused") {
				if got, _, _ = strings.Cut(got, "\n"); got != c.want {
					t.Errorf("got  %s\nwant %s", got, c.want)
				}
			} else if !strings.Contains(got, "\n+"+c.want+"\n") || strings.Count(got, "\n+") != 2 {
				t.Errorf("got  %s\nwant one line, %q", got, c.want)
			}
		})
	}
}

// small returns what a trace of Python 3.10, which knows no columns, says of a program.
func small(text string) *nnvet.Trace {
	var b nnvet.Builder
	line := func(what string) nnvet.Location {
		before, _, _ := strings.Cut(text, what)
		return nnvet.Location{File: "a.py", Line: strings.Count(before, "\n") + 1}
	}
	b.Calls = []nnvet.Call{{Func: "Net", Source: line("model = ")}}
	b.Layers = []nnvet.Layer{{Name: "Net", Kind: "Net", Source: line("model = ")}}
	if strings.Contains(text, "torch.optim.SGD(") {
		b.Optimizers = []nnvet.Optimizer{{Kind: "SGD", Source: line("torch.optim.SGD(")}}
	}
	b.Heads = []nnvet.Head{{Loss: nnvet.MSE}}
	return b.Snapshot()
}

// TestConstants: figures stand behind the import that they need.
func TestConstants(t *testing.T) {
	const text = "import os\n\nos.environ['X'] = '1'\nimport torch\nfrom torch import nn\n\n" +
		"class Net(nn.Module):\n    def forward(self, x):\n        return x\n\nmodel = Net()\n"
	dir := t.TempDir()
	write(t, dir, "a.py", text)
	var b nnvet.Builder
	b.Layers = small(text).Layers
	b.Profiles = []nnvet.Profile{{Role: nnvet.Input, Split: nnvet.Train, Site: "Net", Layout: "features", Shape: []int{8, 1}, Of: 1, Rows: 100,
		Columns: []nnvet.Column{{Moments: nnvet.Moments{N: 100, Mean: 50, Std: 10, Min: 3, Max: 80}}}}}
	got := outcome(t, dir, b.Snapshot(), nnvet.Treatment{Settings: []nnvet.Setting{{Name: "inputs", From: "as they are", To: "standardize"}}})
	torch, mean := strings.Index(got, "import torch\n"), strings.Index(got, "+INPUT_MEAN = torch.tensor(50.0)\n")
	if torch < 0 || mean < torch {
		t.Errorf("got %s", got)
	}
}

// TestBuiltByAFunction: a network that a function returns is started where its only call is kept.
func TestBuiltByAFunction(t *testing.T) {
	const text = "import torch\nfrom torch import nn\n\ndef build(n):\n    return nn.Sequential(nn.Linear(n, 3), nn.ReLU(), nn.Linear(3, 1))\n\nmodel = build(2).to('cpu')\n"
	dir := t.TempDir()
	write(t, dir, "a.py", text)
	at := nnvet.Location{File: "a.py", Line: 5}
	var b nnvet.Builder
	b.Layers = []nnvet.Layer{{Name: "Sequential", Kind: "Sequential", Source: at}, {Name: "0", Kind: "Linear", Source: at, Leaf: true}}
	got := outcome(t, dir, b.Snapshot(), nnvet.Treatment{Settings: []nnvet.Setting{{Name: "weight init", Site: "0", To: "he"}}})
	if !strings.Contains(got, " model = build(2).to('cpu')\n+nn.init.kaiming_normal_(model[0].weight") {
		t.Errorf("got %s", got)
	}
}

// TestBatchOfAllRows: a batch above the rows is what the run had, all of them.
func TestBatchOfAllRows(t *testing.T) {
	for from, want := range map[string]string{
		"1347": "+loader = torch.utils.data.DataLoader(rows, batch_size=32)",
		"64":   "refused: batch: a.py:11 says 2000, and the run used 64",
	} {
		text := begin + "loader = torch.utils.data.DataLoader(rows, batch_size=2000)\n"
		dir := t.TempDir()
		write(t, dir, "a.py", text)
		var b nnvet.Builder
		b.Profiles = []nnvet.Profile{{Role: nnvet.Input, Split: nnvet.Train, Site: "Net", Total: 1347}}
		b.Calls = small(text).Calls
		got := outcome(t, dir, b.Snapshot(), nnvet.Treatment{Settings: []nnvet.Setting{{Name: "batch", From: from, To: "32"}}})
		if !strings.Contains("\n"+got, "\n"+want) {
			t.Errorf("of %s: got %s", from, got)
		}
	}
}

// TestOwnEdits holds that what a check was certain of is written as it is.
func TestOwnEdits(t *testing.T) {
	const before, want = "# é\r\nx = F.softmax(a, dim=1)\r\n", "# é\r\nx = a\r\n"
	dir := t.TempDir()
	write(t, dir, "a.py", before)
	at := func(from, to int) nnvet.Location {
		return nnvet.Location{File: "a.py", Line: 2, Col: from, EndLine: 2, EndCol: to}
	}
	tr := nnvet.Treatment{
		Settings: []nnvet.Setting{{Name: "final activation", From: "softmax", To: "none"}},
		Edits:    []nnvet.Edit{{At: at(5, 15)}, {At: at(16, 24)}},
	}
	p, err := Python(t.Context(), python(t), dir, small(before), tr)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(p.Files[0].After); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
