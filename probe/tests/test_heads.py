"""What losses compare, and what predictions went through on their way there."""

import sys
import unittest

from harness import FIRST, THOROUGH, Case, line, run


class Heads(Case):
    def head(self, end, loss, target="torch.randint(0, 3, (16,))", width=3):
        watched = run("""
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(8, %d)
                    self.soft = nn.Softmax(dim=1)
                def forward(self, x):
                    z = self.fc(x)
                    return %s
            net = Net(); opt = torch.optim.SGD(net.parameters(), 0.1)
            x, y = torch.randn(16, 8), %s
            opt.zero_grad(); %s.backward(); opt.step()
            """ % (width, end, target, loss))
        return watched.one("head"), watched

    def test_logits(self):
        head, _ = self.head("z", "F.cross_entropy(net(x), y)")
        self.assertEqual((head["loss"], head["red"], head["root"], [c["op"] for c in head["chain"]]), ("cross_entropy", "mean", True, ["linear"]))

    def test_smoothed_labels(self):
        head, _ = self.head("z", "F.cross_entropy(net(x), y, label_smoothing=0.1)")
        self.assertEqual(head["smooth"], 0.1)

    def test_softmax_module(self):
        head, _ = self.head("self.soft(z)", "nn.CrossEntropyLoss()(net(x), y)")
        self.assertEqual([(c["op"], c.get("size")) for c in head["chain"]], [("softmax", 3), ("linear", None)])
        self.assertEqual(line(head["chain"][0]["src"]), FIRST + 5)

    def test_softmax_function(self):
        head, _ = self.head("F.softmax(z, dim=1)", "F.cross_entropy(net(x), y)")
        self.assertEqual([c["op"] for c in head["chain"]], ["softmax", "linear"])
        self.assertEqual(line(head["chain"][0]["src"]), FIRST + 8)

    def test_softmax_over_one_unit(self):
        for end in ("torch.softmax(z, 1)", "torch.softmax(z, dim=-1).squeeze(1)"):
            head, _ = self.head(end, "F.binary_cross_entropy(net(x).reshape(-1), y)", "torch.rand(16)", 1)
            sizes = [c.get("size") for c in head["chain"] if c["op"] == "softmax"]
            if sys.argv and run("print(torch.__version__ >= '2.1')", probe=False).out.strip() == b"True":
                self.assertEqual(sizes, [1], end)
            else:
                self.assertIn(sizes, ([1], [None]), end)

    def test_tanh_and_mse(self):
        head, watched = self.head("torch.tanh(z)", "F.mse_loss(net(x), y)", "torch.full((16, 1), -2.0)", 1)
        self.assertEqual([c["op"] for c in head["chain"]], ["tanh", "linear"])
        self.assertEqual(watched.one("data", role="target")["ranges"], {"n": 16, "lm1": 16, "l0": 16, "g0": 0, "g1": 0, "am1": 0, "a0": 0, "a1": 0})

    def test_clamp(self):
        head, _ = self.head("z.clamp(-1, 1)", "F.l1_loss(net(x), y)", "torch.randn(16, 3)")
        self.assertEqual([(c["op"], c.get("lo"), c.get("hi")) for c in head["chain"]], [("clamp", -1, 1), ("linear", None, None)])

    def test_squared_error_by_hand(self):
        for loss in ("((net(x) - y) ** 2).mean()", "((y - net(x)) ** 2).mean()", "(net(x) - y).pow(2).mean()"):
            head, watched = self.head("z", loss, "torch.full((16, 1), 5.0)", 1)
            self.assertEqual((head["loss"], head["root"]), ("mse_loss", True), loss)
            self.assertAlmostEqual(watched.one("data", role="target")["mean"][0], 5, places=4)

    FORMS = [  # how a loss is written, what its head says: the loss, the reduction, root, and the shapes of prediction and target
        ("((one(x).squeeze(1) - y1) ** 2).mean()", ("mse_loss", "mean", True, [16], [16])),
        ("((y1 - one(x).view(-1)) ** 2).sum()", ("mse_loss", "sum", True, [16], [16])),
        ("(torch.square(one(x).flatten() - y1).mean() / 2)", ("mse_loss", "mean", False, [16], [16])),
        ("(one(x)[:, 0] - y1).abs().mean()", ("l1_loss", "mean", True, [16], [16])),
        ("torch.sqrt(torch.pow(one(x).reshape(16) - y1, 2).mean())", ("mse_loss", "mean", False, [16], [16])),
        ("(((one(x) - y) ** 2).sum() / 16)", ("mse_loss", "mean", True, [16, 1], [16, 1])),
        ("((one(x) - y1) ** 2).mean()", ("mse_loss", "mean", True, [16, 1], [16])),
        ("((one(x)[:, 0] - y) ** 2).mean()", ("mse_loss", "mean", True, [16], [16, 1])),
        ("bce(torch.sigmoid(one(x)), b).mean()", ("binary_cross_entropy", "mean", True, [16, 1], [16, 1])),
        ("bce(torch.sigmoid(one(x)).squeeze(), b1).sum()", ("binary_cross_entropy", "sum", True, [16], [16])),
        ("bce(torch.sigmoid(one(x)), b1).mean()", ("binary_cross_entropy", "mean", True, [16, 1], [16])),
        ("(-torch.log(torch.softmax(three(x), 1)[range(16), c]).mean())", ("nll_loss", "mean", True, [16, 3], [16])),
        ("(-three(x).log_softmax(1).gather(1, c[:, None]).mean())", ("nll_loss", "mean", True, [16, 3], [16])),
        ("(-(F.one_hot(c, 3) * torch.log(torch.softmax(three(x), 1) + 1e-9)).sum(1).mean())", ("nll_loss", "mean", True, [16, 3], [16])),
        ("(-(three(x).log_softmax(1).gather(1, c[:, None])[:, 0] * y1).mean())", None),  # rewards
        ("(-one(x)).exp().mean()", None),
    ]

    def test_losses_by_hand(self):
        watched = run("""
            one, three = nn.Linear(8, 1), nn.Linear(8, 3)
            x, y = torch.randn(16, 8), torch.randn(16, 1) + 5
            b, c = (y > 5).float(), torch.randint(0, 3, (16,))
            y1, b1 = y[:, 0], b[:, 0]
            def bce(p, t):
                p = p.clamp(1e-7, 1 - 1e-7)
                return -(t * p.log() + (1 - t) * (1 - p).log())
            opt = torch.optim.SGD(list(one.parameters()) + list(three.parameters()), 1e-6)
            print([y.mean().item(), b.mean().item(), c.bincount(minlength=3).tolist()])
            """ + "".join("\n            opt.zero_grad(); %s.backward(); opt.step()" % loss for loss, _ in self.FORMS), env=THOROUGH)
        self.assertNotIn(b"nnvet probe", watched.err, watched.err.decode())
        ys, bs, classes = eval(watched.out)
        got = []
        for h in watched.all("head"):
            t = watched.all("data", role="target", site=str(h["h"]))[0]
            got.append((h["loss"], h["red"], h["root"], h["shape"], t["shape"]))
            if "classes" in t:
                self.assertEqual(t["classes"], classes)
            else:
                self.assertAlmostEqual(t["mean"][0], ys if h["loss"] in ("mse_loss", "l1_loss") else bs, places=4)
        self.assertEqual(got, [want for _, want in self.FORMS if want])

    def test_loose_tensors(self):
        for fit, shape in (("w * x + b", [64]), ("x[:, None] @ w + b", [64]), ("x[:, None] * w + b", [64, 1])):
            for optimizer in ("", "opt = torch.optim.SGD([w, b], 0.01)"):
                watched = run("""
                    x = torch.randn(64); y = 3 * x + 5
                    w, b = torch.zeros(1, requires_grad=True), torch.zeros(1, requires_grad=True)
                    %s
                    for _ in range(40):
                        p = %s
                        (((p - y.reshape(p.shape)) ** 2).mean() / 2).backward()
                        if "opt" in globals(): opt.step(); opt.zero_grad()
                        else:
                            with torch.no_grad():
                                for t in (w, b): t -= 0.01 * t.grad; t.grad = None
                    """ % (optimizer, fit), env=THOROUGH)
                self.assertNotIn(b"nnvet probe", watched.err, watched.err.decode())
                head = watched.one("head")
                self.assertEqual((head["loss"], head["red"], head["root"], head["shape"]), ("mse_loss", "mean", False, shape), fit)
                inputs = watched.all("data", role="input")[0]
                self.assertEqual((inputs["site"], inputs["rows"], watched.all("step")[-1]["bs"]), ("", 64, 64), fit)
                self.assertAlmostEqual(watched.all("pred")[0]["loss"] / 2, watched.all("step")[0]["loss"][0], places=3)

    def test_scaled_loss_is_not_the_root(self):
        head, _ = self.head("z", "(F.cross_entropy(net(x), y) / 4)")
        self.assertFalse(head["root"])


if __name__ == "__main__":
    unittest.main()
