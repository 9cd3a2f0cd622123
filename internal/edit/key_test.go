package edit

import (
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
)

// TestKeys: what a program reads from a file of settings is changed there, where
// that says what the run used, and what a person does is said where it does not.
func TestKeys(t *testing.T) {
	const opened = "cfg = yaml.safe_load(open('conf.yaml'))\n"
	const file = "# of mine\nmodel:\n  hidden: 48\ntrain:\n  lr: 30  # high\n  batch: 32\n"
	for name, c := range map[string]struct{ made, path, file, to, want, instead string }{
		"an item":             {opened, "cfg['train']['lr']", file, "0.009", "+  lr: 0.009  # high", ""},
		"an attribute":        {"cfg = OmegaConf.load('conf.yaml')\n", "cfg.train.lr", file, "0.009", "+  lr: 0.009  # high", ""},
		"with a statement":    {"with open('conf.yaml') as f:\n    cfg = yaml.safe_load(f)\n", "float(cfg['train']['lr'])", file, "1e-5", "+  lr: 1.0e-5  # high", ""},
		"through names":       {opened + "part = cfg['train']\nlr = part['lr']\n", "lr", file, "0.009", "", "give the optimizer the learning rate 0.009 where it is set"},
		"another value":       {opened, "cfg['train']['lr']", strings.Replace(file, "30", "3", 1), "0.009", "", "set train.lr to 0.009 in conf.yaml"},
		"no such key":         {opened, "cfg['train']['rate']", file, "0.009", "", "set train.rate to 0.009 in conf.yaml"},
		"another form":        {"cfg = toml.load('conf.toml')\n", "cfg['lr']", file, "0.009", "", "set lr to 0.009 in conf.toml"},
		"outside":             {"cfg = yaml.safe_load(open('../conf.yaml'))\n", "cfg['lr']", file, "0.009", "", "set lr to 0.009 in ../conf.yaml"},
		"of the command line": {"p.add_argument('--lr', default=0.5)\nargs = p.parse_args()\n", "args.lr", file, "0.009", "", "give --lr 0.009 on the command line"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			text := begin + c.made + "opt = torch.optim.SGD(model.parameters(), lr=" + c.path + ")\n"
			write(t, dir, "a.py", text)
			write(t, dir, "conf.yaml", c.file)
			got := outcome(t, dir, small(text), nnvet.Treatment{Settings: []nnvet.Setting{{Name: "lr", From: "30", To: c.to}}})
			if c.want != "" && (!strings.Contains(got, "\n"+c.want+"\n") || strings.Count(got, "\n+") != 2) {
				t.Errorf("got  %s\nwant one line, %s", got, c.want)
			}
			if c.instead != "" && (!strings.HasPrefix(got, "refused") || !strings.HasSuffix(got, "instead: "+c.instead+"\n")) {
				t.Errorf("got  %s\nwant instead: %s", got, c.instead)
			}
		})
	}
}

// TestOwnEditOfAName: where a check was certain of a place and a name stands
// there, the value of the name is what is changed.
func TestOwnEditOfAName(t *testing.T) {
	text := begin + "@dataclass\nclass C:\n    lr: float = 0.5\ncfg = C()\nopt = torch.optim.SGD(model.parameters(), lr=cfg.lr)\n"
	dir := t.TempDir()
	write(t, dir, "a.py", text)
	col := strings.Index("opt = torch.optim.SGD(model.parameters(), lr=cfg.lr)", "cfg.lr") + 1
	tr := nnvet.Treatment{
		Settings: []nnvet.Setting{{Name: "lr", From: "0.5", To: "0.01"}},
		Edits:    []nnvet.Edit{{At: nnvet.Location{File: "a.py", Line: 15, Col: col, EndLine: 15, EndCol: col + 6}, New: "0.01"}},
	}
	if got := outcome(t, dir, small(text), tr); !strings.Contains(got, "\n+    lr: float = 0.01\n") || strings.Count(got, "\n+") != 2 {
		t.Errorf("got %s", got)
	}
}

// TestOwnIdentity: an activation that a check makes the identity is taken out.
func TestOwnIdentity(t *testing.T) {
	text := begin + "net = nn.Sequential(nn.Linear(2, 2), nn.Softmax(dim=1))\n"
	dir := t.TempDir()
	write(t, dir, "a.py", text)
	col := strings.Index("net = nn.Sequential(nn.Linear(2, 2), nn.Softmax(dim=1))", "Softmax") + 1
	tr := nnvet.Treatment{
		Settings: []nnvet.Setting{{Name: "final activation", From: "softmax", To: "none"}},
		Edits:    []nnvet.Edit{{At: nnvet.Location{File: "a.py", Line: 11, Col: col, EndLine: 11, EndCol: col + 7}, New: "Identity"}},
	}
	if got := outcome(t, dir, small(text), tr); !strings.Contains(got, "\n+net = nn.Sequential(nn.Linear(2, 2))\n") {
		t.Errorf("got %s", got)
	}
}
