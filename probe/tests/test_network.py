"""What the network is made of: its layers and their places in the script, first weights, and parameters that nobody trains."""

import sys
import unittest

from harness import FIRST, PRELUDE, Case, line, run


class Network(Case):
    def test_places(self):
        watched = run("""
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.one = nn.Linear(8, 16)
                    self.two = nn.Sequential(
                        nn.ReLU(),
                        nn.Linear(16, 3))
                def forward(self, x):
                    return self.two(self.one(x))
            net = Net()
            opt = torch.optim.SGD(net.parameters(), lr=0.25, momentum=0.5)
            loop(net, opt, 3)
            """)
        model, optim = watched.one("model"), watched.one("optim")
        lines = {m["n"]: line(m["src"]) - FIRST for m in model["mods"]}
        self.assertEqual(lines, {"Net": 10, "one": 4, "two": 5, "two.0": 6, "two.1": 7})
        self.assertEqual((line(optim["src"]) - FIRST, optim["groups"][0]["a"]["lr"], optim["groups"][0]["a"]["momentum"]), (11, 0.25, 0.5))
        calls = {c["f"]: c for c in watched.one("source")["calls"]}
        arg = next(a for a in calls["SGD"]["args"] if a["n"] == "lr")
        text = (PRELUDE + "\n" * 12).splitlines()
        self.assertEqual((arg["v"], line(arg["src"]) - FIRST), ("0.25", 11))
        column = int(arg["src"].split(":")[2])
        self.assertEqual('opt = torch.optim.SGD(net.parameters(), lr=0.25, momentum=0.5)'[column - 1:][:4], "0.25", text)
        if sys.version_info >= (3, 11):
            self.assertEqual(optim["src"].split(":")[2:], ["7", optim["src"].split(":")[1], "63"])

    def test_constant_initialization(self):
        watched = run("""
            net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
            for p in net.parameters(): nn.init.constant_(p, 0.1)
            loop(net, torch.optim.SGD(net.parameters(), 0.1), 3)""")
        self.assertEqual((watched.one("init")["rows"], watched.one("init")["dup"]), ([16, 0, 3, 0], [16, 0, 3, 0]))
        self.assertEqual(watched.one("initgrad"), {"k": "initgrad", "i": [0, 2], "dup": [16, 0]})

    def test_zero_output_layer_is_no_twin(self):
        watched = run("""
            net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
            nn.init.zeros_(net[2].weight)
            loop(net, torch.optim.SGD(net.parameters(), 0.1), 3)""")
        self.assertEqual(watched.one("init")["dup"], [0, 0, 3, 0])
        self.assertEqual(watched.one("initgrad")["dup"], [0, 0])

    def test_zero_gradients_are_no_twins(self):
        """Zero branches before a zero output layer: their gradient is 0 at first, and then each unit's is another."""
        watched = run("""
            net = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 8), nn.Tanh(), nn.Linear(8, 3))
            for l in (net[2], net[4]): nn.init.zeros_(l.weight); nn.init.normal_(l.bias)
            loop(net, torch.optim.SGD(net.parameters(), 0.1), 3)""")
        self.assertEqual([r["dup"] for r in watched.all("initgrad")], [[0, 8, 0], [0]])

    def test_zero_gradients_of_twins(self):
        """All weights zero: the gradient reaches the hidden units at the second step, and all of them alike."""
        watched = run("""
            net = nn.Sequential(nn.Linear(8, 16), nn.Sigmoid(), nn.Linear(16, 3))
            for p in net.parameters(): nn.init.zeros_(p)
            loop(net, torch.optim.SGD(net.parameters(), 0.1), 3)""")
        self.assertEqual([r["dup"] for r in watched.all("initgrad")], [[16, 0], [16]])

    def test_layers_in_a_plain_list(self):
        watched = run("""
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.hidden = [nn.Linear(8, 8)]
                    self.out = nn.Linear(8, 3)
                def forward(self, x):
                    return self.out(F.relu(self.hidden[0](x)))
            net = Net()
            loop(net, torch.optim.SGD(net.parameters(), 0.1), 3)""")
        orphans = {(o["n"], o["c"], line(o["src"]) - FIRST) for o in watched.all("orphan")}
        self.assertEqual(orphans, {("Linear.weight", "Linear", 4), ("Linear.bias", "Linear", 4)})

    def test_plain_tensors_get_their_names(self):
        watched = run("""
            weight = (torch.randn(8, 3) / 3).requires_grad_()
            bias = torch.zeros(3, requires_grad=True)
            opt = torch.optim.SGD([weight, bias], 0.1)
            for _ in range(5):
                x, y = batch()
                opt.zero_grad(); F.cross_entropy(x @ weight + bias, y).backward(); opt.step()""")
        self.assertEqual([p["n"] for p in watched.one("model")["params"]], ["weight", "bias"])
        self.assertEqual(watched.one("head")["root"], True)


if __name__ == "__main__":
    unittest.main()
