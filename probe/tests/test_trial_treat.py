"""Settings that are changed at run time do what the same change of the source does."""

import json
import unittest

from harness import Case, run

LOOP = """
from torch.utils.data import DataLoader, TensorDataset
x = torch.randn(64, 8, generator=torch.Generator().manual_seed(1))
y = x[:, 0].gt(0).long()
def train(net, opt, clip=None, zero=True, shuffle=False):
    loader = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=shuffle)
    for epoch in range(3):
        for a, b in loader:
            if zero: opt.zero_grad()
            F.nll_loss(F.log_softmax(net(a), 1), b).backward()
            if clip: nn.utils.clip_grad_norm_(net.parameters(), max_norm=clip)
            opt.step()
    print(len(loader)); bits(net)
def by_hand(net, f):
    opt = torch.optim.SGD(net.parameters(), 0.1)
    for _ in range(5):
        opt.zero_grad(); F.nll_loss(F.log_softmax(f(x), 1), y).backward(); opt.step()
    bits(net)
"""


def sgd(**settings):
    return "net = mlp(); train(net, torch.optim.SGD(net.parameters(), %s))" % ", ".join("%s=%r" % s for s in settings.items())


# name: (to, as it is written, as it would be edited)
SAME = {
    "lr": ("0.3", sgd(lr=0.1), sgd(lr=0.3)),
    "momentum": ("0.9", sgd(lr=0.1), sgd(lr=0.1, momentum=0.9)),
    "weight decay": ("0.01", sgd(lr=0.1), sgd(lr=0.1, weight_decay=0.01)),
    "beta1": ("0.5", "net = mlp(); train(net, torch.optim.Adam(net.parameters(), 0.1))",
              "net = mlp(); train(net, torch.optim.Adam(net.parameters(), 0.1, betas=(0.5, 0.999)))"),
    "eps": ("0.1", "net = mlp(); train(net, torch.optim.Adam(net.parameters(), 0.1))",
            "net = mlp(); train(net, torch.optim.Adam(net.parameters(), 0.1, eps=0.1))"),
    "clip": ("0.1", sgd(lr=0.5), sgd(lr=0.5)[:-1] + ", clip=0.1)"),
    "clip ": ("0.1", sgd(lr=0.5)[:-1] + ", clip=0.5)", sgd(lr=0.5)[:-1] + ", clip=0.1)"),
    "clip  ": ("none", sgd(lr=0.5)[:-1] + ", clip=0.1)", sgd(lr=0.5)),
    "zero_grad": ("every step", sgd(lr=0.1)[:-1] + ", zero=False)", sgd(lr=0.1)),
    "batch": ("8", sgd(lr=0.1)[:-1] + ", shuffle=True)", (sgd(lr=0.1)[:-1] + ", shuffle=True)", LOOP.replace("batch_size=16", "batch_size=8"))),
    "activation": ("leaky_relu(0.02)", sgd(lr=0.1), "nn.ReLU = lambda: nn.LeakyReLU(0.02)\n" + sgd(lr=0.1)),
    "activation ": ("tanh", "net = nn.Linear(8, 3); by_hand(net, lambda x: net(F.relu(x)) + torch.relu(x[:, :3]) + x[:, :3].relu())",
                    "net = nn.Linear(8, 3); by_hand(net, lambda x: net(x.tanh()) + x[:, :3].tanh() + x[:, :3].tanh())"),
    "dropout": ("0", sgd(lr=0.1), "nn.Dropout = lambda p: nn.Identity()\n" + sgd(lr=0.1)),
    "final activation": ("none", "net = nn.Sequential(mlp(), nn.Softmax(1)); train(net, torch.optim.SGD(net.parameters(), 0.1))", sgd(lr=0.1)),
    "bias init": ("0", sgd(lr=0.1),
                  "net = mlp(); [nn.init.zeros_(m.bias) for m in net if hasattr(m, 'bias')]; train(net, torch.optim.SGD(net.parameters(), lr=0.1))"),
}
NOTES = """
notes = os.path.join(os.environ["NNVET_OUT"], "applied")
print("applied", sorted(open(notes).read().split()) if os.path.exists(notes) else [])
"""


def treated(script, *settings, **more):
    """Runs a script with settings; its last line says what was applied."""
    env = {"NNVET_TREAT": json.dumps([dict({"site": "", "from": ""}, **s) for s in settings])}
    return run(script + NOTES, env=env, **more)


class Treatments(Case):
    def test_the_same_as_an_edit(self):
        for name, (to, written, edited) in SAME.items():
            with self.subTest(name):
                loop = LOOP
                if isinstance(edited, tuple):
                    edited, loop = edited
                name = name.strip()
                done = treated(LOOP + written, {"name": name, "to": to})
                want = run(loop + edited)
                lines = done.out.decode().splitlines()
                self.assertEqual(lines[:-1], want.out.decode().splitlines(), done.err.decode())
                self.assertEqual(lines[-1], "applied %s" % sorted(name.split()))

    def test_weights_are_drawn_anew(self):
        script = """
            net = nn.Sequential(nn.Linear(1000, 500), nn.ReLU(), nn.Conv1d(1, 1, 3))
            opt = torch.optim.SGD(net.parameters(), 0.1)
            print(torch.rand(1).item(), float(net[0].weight.std()))"""
        plain = run(script).out.split()
        for to, std in (("he", 0.002 ** 0.5), ("xavier", (2 / 1500) ** 0.5), ("lecun", 0.001 ** 0.5), ("std 0.5", 0.5)):
            with self.subTest(to):
                out = treated(script.replace("\n            ", "\n"), {"name": "weight init", "to": to}).out.split()
                self.assertEqual(out[0], plain[0], "the random numbers that follow are others")
                self.assertAlmostEqual(float(out[1]) / std, 1, delta=0.02)

    def test_groups_keep_their_ratio(self):
        script = """
net = mlp()
opt = torch.optim.Adam([{"params": net[0].parameters(), "lr": 0.01}, {"params": net[3].parameters()}], lr=0.1)
print([round(g["lr"], 6) for g in opt.param_groups])"""
        out = treated(script, {"name": "lr", "to": "0.5"}).out.decode()
        self.assertIn("[0.05, 0.5]\napplied ['lr']", out)

    def test_what_cannot_be_applied_is_not(self):
        script = LOOP + sgd(lr=0.1)
        plain = run(script).out.decode()
        for s in ({"name": "batch", "to": "8"}, {"name": "beta1", "to": "0.5"}, {"name": "units", "to": "3"}, {"name": "activation", "to": "swish"},
                  {"name": "dropout", "to": "0.5", "site": "2"}, {"name": "final activation", "to": "none"}):
            with self.subTest(s["name"]):
                self.assertEqual(treated(script, s).out.decode(), plain + "applied []\n")

    def test_the_trace_sees_what_is_changed(self):
        done = treated(LOOP + sgd(lr=0.5), {"name": "lr", "to": "0.25"}, {"name": "clip", "to": "0.125"})
        self.assertEqual(done.one("optim")["groups"][0]["a"]["lr"], 0.25)
        self.assertEqual({r["clip"]["max"] for r in done.all("step")}, {0.125})

    def test_steps_end_a_run(self):
        done = run("net = mlp(); loop(net, torch.optim.SGD(net.parameters(), 0.1)); print('no')", env={"NNVET_STEPS": "7"})
        self.assertEqual((done.code, done.out, done.one("end")["s"], done.one("end")["why"]), (0, b"", 7, "exit"))


if __name__ == "__main__":
    unittest.main()
