"""Changes of the whole network, of the rate's course and of the loss, at run time, do what an edit does."""

import json
import unittest

from harness import Case, run
from test_trial_treat import NOTES

DATA = """
torch.set_default_dtype(torch.float64)  # so that the two ways agree but for the last digits
g = torch.Generator().manual_seed(1)
X = torch.randn(64, 3, generator=g) * torch.tensor([1.0, 20.0, 5.0]) + torch.tensor([3.0, 100.0, 0.0])
y = (X @ torch.tensor([[1.0], [2.0], [-3.0]])) / 10 + 50
net = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
MEAN, STD = torch.tensor([3.0, 100.0, 0.5]), torch.tensor([1.0, 20.0, 5.0])
def show(*more):
    print(*("%.9g" % float(v) for p in net.parameters() for v in p.detach().flatten()), *more)
def train(opt, loss=F.mse_loss, fed=lambda x: x, out=lambda o: o, scale=1, before=lambda: None, after=lambda: None, steps=6):
    for i in range(steps):
        opt.zero_grad()
        loss(out(net(fed(X))) / scale, y / scale).backward()
        before(); opt.step(); after()
    with torch.no_grad():
        show("%.6g" % F.mse_loss(out(net(fed(X))), y).item(), "%.6g" % opt.param_groups[0]["lr"])
sgd = lambda lr=0.01: torch.optim.SGD(net.parameters(), lr)
"""
INPUTS = {"mean": ["3.0", "100.0", "0.5"], "scale": ["1.0", "20.0", "5.0"]}
HOW = {"root": "Sequential", "inputs": INPUTS, "targets": {"mean": ["50.0"], "scale": ["4.0"]}, "loss": "mse", "steps": 6}

# name: (to, as written, as it would be edited, what the trace knows beside HOW)
SAME = {
    "inputs": ("standardize", "train(sgd())", "train(sgd(), fed=lambda x: (x - MEAN) / STD)", {}),
    "inputs ": ("/255", "train(sgd())", "train(sgd(), fed=lambda x: x / 255)", {}),
    "inputs  ": ("log", "X = X.abs(); train(sgd())", "X = X.abs(); train(sgd(), fed=lambda x: x.log1p())", {}),
    "targets": ("standardize", "train(sgd())", "train(sgd(), out=lambda o: o * 4 + 50, scale=4)", {}),
    "targets ": ("standardize", "train(sgd(), F.l1_loss)", "train(sgd(), F.l1_loss, out=lambda o: o * 4 + 50, scale=4)", {"loss": "l1"}),
    "warmup": ("4", "train(sgd())", "o = sgd(); n = iter(range(1, 99))\ndef b(): o.param_groups[0]['lr'] = 0.01 * min(1, next(n) / 4)\n"
               "def a(): o.param_groups[0]['lr'] = 0.01\ntrain(o, before=b, after=a)", {}),
    "schedule": ("cosine", "o = sgd(); train(o, after=torch.optim.lr_scheduler.StepLR(o, 1, 0.1).step)",
                 "import math; o = sgd(); n = iter(range(99)); s = torch.optim.lr_scheduler.StepLR(o, 1, 0.1); kept = []\n"
                 "def b(): kept.append(o.param_groups[0]['lr']); o.param_groups[0]['lr'] = 0.01 * (1 + math.cos(math.pi * next(n) / 6)) / 2\n"
                 "def a(): o.param_groups[0]['lr'] = kept.pop(); s.step()\ntrain(o, before=b, after=a)", {}),
    "schedule ": ("none", "o = sgd(); train(o, after=lambda: o.param_groups[0].update(lr=0.001)); o.param_groups[0]['lr']",
                  "o = sgd(); train(o, after=lambda: o.param_groups[0].update(lr=0.001), before=lambda: o.param_groups[0].update(lr=0.01))", {}),
    "loss": ("l1", "train(sgd(), nn.MSELoss())", "train(sgd(), nn.L1Loss())", {}),
    "loss ": ("huber", "train(sgd())", "train(sgd(), F.huber_loss)", {}),
    "trained": ("all", "train(torch.optim.SGD(net[2].parameters(), 0.01))", "train(sgd())", {}),
    "trained ": ("all", "for p in net[0].parameters(): p.requires_grad = False\ntrain(sgd())", "train(sgd())", {}),
}


def treated(script, *settings):
    return run(DATA + script + NOTES, env={"NNVET_TREAT": json.dumps(settings)})


class Whole(Case):
    def test_the_same_as_an_edit(self):
        for name, (to, written, edited, more) in SAME.items():
            with self.subTest(name):
                name = name.strip()
                done = treated(written, {"name": name, "site": "", "from": "", "to": to, "how": dict(HOW, **more)})
                want = run(DATA + edited)
                self.assertEqual(want.code, 0, want.err.decode())
                lines = done.out.decode().splitlines()
                self.assertEqual(lines[-1], "applied [%r]" % name, done.err.decode())
                got, want = lines[0].split(), want.out.decode().split()
                if name == "loss":  # the last line takes the loss itself
                    got, want = got[:-2], want[:-2]
                self.assertEqual(len(got), len(want))
                for a, b in zip(got, want):
                    self.assertAlmostEqual(float(a), float(b), delta=1e-6 * max(1, abs(float(b))))

    def test_a_list_of_layers_is_trained(self):
        script = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(3, 8)]
        self.head = nn.Linear(8, 1)
    def forward(self, x):
        return self.head(self.layers[0](x).tanh())
net = Net(); first = net.layers[0].weight.clone()
train(sgd()); print(bool((net.layers[0].weight != first).any()))
"""
        out = treated(script, {"name": "trained", "site": "", "to": "all", "how": dict(HOW, root="Net")}).out.decode()
        self.assertTrue(out.endswith("True\napplied ['trained']\n"), out)

    def test_noise_is_of_training_alone_and_of_its_own(self):
        script = """
seen = []
class Net(nn.Linear):
    def forward(self, x):
        seen.append((x - X).std(0)); return super().forward(x)
net = Net(3, 1)
train(sgd(1e-5), steps=1)
net.eval(); net(X); print(seen[0].tolist(), float(seen[1].abs().max()), float(seen[2].abs().max()), torch.rand(1).item())
"""
        plain = run(DATA + script).out.decode().splitlines()[1]
        done = treated(script, {"name": "input noise", "site": "", "to": "0.5", "how": dict(HOW, root="Net")})
        line = done.out.decode().splitlines()[1]
        self.assertEqual(line.split()[-3:], plain.split()[-3:], done.err.decode())
        stds = json.loads(line[:line.index("]") + 1])
        for got, want in zip(stds, (0.5, 10, 2.5)):
            self.assertAlmostEqual(got / want, 1, delta=0.35)

    def test_what_does_not_fit_is_left_alone(self):
        script = "train(sgd())"
        plain = run(DATA + script).out.decode()
        for s in (
            {"name": "inputs", "to": "standardize", "how": dict(HOW, inputs={"mean": ["1"] * 7, "scale": ["1"] * 7})},
            {"name": "inputs", "to": "standardize", "how": dict(HOW, root="Other")}, {"name": "inputs", "to": "onehot", "how": HOW},
            {"name": "inputs", "to": "standardize"}, {"name": "targets", "to": "standardize", "how": dict(HOW, loss="huber")},
            {"name": "loss", "to": "cross-entropy", "how": HOW}, {"name": "early stopping", "to": "on", "how": HOW},
        ):
            with self.subTest(s):
                self.assertEqual(treated(script, s).out.decode(), plain + "applied []\n")

    def test_two_optimizers_keep_their_rates(self):
        script = "a, b = sgd(), sgd(); train(a); train(b)"
        plain = run(DATA + script).out.decode()
        self.assertEqual(treated(script, {"name": "warmup", "to": "4", "how": HOW}).out.decode(), plain + "applied []\n")


if __name__ == "__main__":
    unittest.main()
