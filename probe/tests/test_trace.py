"""What the probe records is true: figures are held against PyTorch's own, places against the script's lines."""

import math
import sys
import unittest

from harness import PRELUDE, Case, run

THOROUGH = {"NNVET_OVERHEAD": "50"}  # look at every step, however busy the machine is
FIRST = PRELUDE.count("\n") + 1  # the line of a script's first own line


def line(place):
    return int(place.split(":")[1])


class Figures(Case):
    def test_weights_gradients_and_updates(self):
        watched = run("""
            net = nn.Sequential(nn.Linear(8, 3))
            opt = torch.optim.SGD(net.parameters(), 0.5)
            x, y = batch()
            w = net[0].weight
            before = w.detach().clone()
            opt.zero_grad(); F.cross_entropy(net(x), y).backward(); opt.step()
            for t in (before, w.grad, w.detach() - before, net(x).detach()):
                print(t.mean().item(), t.std(unbiased=False).item(), t.min().item(), t.max().item(), t.norm().item(), int((t != 0).sum()))
            """)
        want = [[float(v) for v in text.split()] for text in watched.out.decode().splitlines()]
        tens = watched.one("tens")
        for block, figures in zip((tens["w"], tens["g"], tens["u"]), want):
            got = [block[k][0] for k in ("mean", "std", "min", "max", "l2", "nz")]
            for g, w in zip(got, figures):
                self.assertAlmostEqual(g, w, delta=1e-5 * max(1, abs(w)))

    def test_what_is_not_finite_is_counted_and_left_out(self):
        watched = run("""
            from _nnvet import stats
            t = torch.tensor([1.0, float("nan"), 3.0, float("inf"), -2.0, 0.0])
            print(stats.summary(t)); print(stats.summary(torch.full((3,), float("nan"))))
            big = torch.full((1000,), 1e4) + torch.arange(1000.0) * 1e-3
            print(stats.summary(big)[2], big.double().std(unbiased=False).item())
            """)
        some, none, stds = watched.out.decode().splitlines()
        n, mean, std, lo, hi, l2, nz, nf = eval(some)
        self.assertEqual((n, nf, nz, lo, hi), (6, 2, 5, -2, 3))
        self.assertAlmostEqual(mean, 0.5)
        self.assertAlmostEqual(l2, math.sqrt(14))
        self.assertEqual(eval(none.replace("nan", "None"))[7], 3)
        got, want = map(float, stds.split())
        self.assertAlmostEqual(got / want, 1, places=4)

    def test_columns_of_the_input(self):
        watched = run("""
            net = nn.Sequential(nn.Flatten(), nn.Linear(6, 3))
            opt = torch.optim.SGD(net.parameters(), 0.1)
            x = torch.arange(96.0).reshape(16, 2, 3) ** 2
            x[3, 0, 0] = float("nan")
            opt.zero_grad(); F.cross_entropy(net(x), torch.zeros(16).long()).backward(); opt.step()
            f = x.reshape(16, 6).double()[:, 1]
            print(f.mean().item(), f.std(unbiased=False).item(), f.min().item(), f.max().item())
            """)
        data = watched.one("data", role="input")
        self.assertEqual((data["layout"], data["of"], data["rows"], data["shape"]), ("features", 6, 16, [16, 6]))
        self.assertEqual((data["n"][0], data["nf"][0], data["whole"]), (15, 1, [1] * 6))
        for got, want in zip([data[k][1] for k in ("mean", "std", "min", "max")], map(float, watched.out.split())):
            self.assertAlmostEqual(got / want, 1, places=4)

    def test_images_have_channels_and_tokens_have_none(self):
        images = run("""
            net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4 * 36, 3))
            loss = F.cross_entropy(net(torch.rand(16, 3, 8, 8)), torch.zeros(16).long())
            opt = torch.optim.SGD(net.parameters(), 0.1); loss.backward(); opt.step()""")
        self.assertEqual((images.one("data", role="input")["layout"], images.one("data", role="input")["of"]), ("channels", 3))
        tokens = run("""
            net = nn.Sequential(nn.Embedding(50, 8), nn.Flatten(), nn.Linear(32, 3))
            opt = torch.optim.SGD(net.parameters(), 0.1)
            F.cross_entropy(net(torch.randint(0, 50, (16, 4))), torch.zeros(16).long()).backward(); opt.step()""")
        self.assertEqual((tokens.one("data", role="input")["dt"]), "int64")

    def test_losses_rates_and_clipping(self):
        watched = run("""
            net = mlp()
            opt = torch.optim.SGD(net.parameters(), 0.5)
            sched = torch.optim.lr_scheduler.ExponentialLR(opt, 0.5)
            for _ in range(300):
                x, y = batch()
                opt.zero_grad(); loss = F.cross_entropy(net(x), y); loss.backward()
                norm = torch.nn.utils.clip_grad_norm_(net.parameters(), 0.01)
                print(loss.item(), norm.item(), opt.param_groups[0]["lr"])
                opt.step()
                if _ < 4: sched.step()
            """)
        want = [[float(v) for v in text.split()] for text in watched.out.decode().splitlines()]
        steps = watched.all("step")
        losses = [v for r in steps for v in r["loss"]]
        self.assertEqual(len(losses), 300)
        norms = dict(pair for r in steps for pair in zip(r["clip"]["s"], r["clip"]["norm"]))
        self.assertEqual(len(norms), 300)
        for i, (loss, norm, _) in enumerate(want):
            self.assertAlmostEqual(losses[i], loss, places=4)
            self.assertAlmostEqual(norms[i] / norm, 1, places=3)
        for r in steps:
            self.assertEqual(r["lr"], [[want[r["s"][1]][2]]])
        self.assertEqual(steps[0]["clip"]["max"], 0.01)

    def test_validation(self):
        watched = run("""
            net = mlp(); opt = torch.optim.SGD(net.parameters(), 0.1); criterion = nn.CrossEntropyLoss()
            loop(net, opt, 10)
            net.eval()
            total = right = 0
            with torch.no_grad():
                for n in (40, 24):
                    x, y = batch(n)
                    out = net(x)
                    total += criterion(out, y).item() * n
                    right += (out.argmax(1) == y).sum().item()
            print(total / 64, right / 64)
            net.train(); loop(net, opt, 10)
            """)
        loss, accuracy = map(float, watched.out.split())
        e = watched.one("eval")
        self.assertAlmostEqual(e["loss"], loss, places=5)
        self.assertAlmostEqual(e["acc"], accuracy)
        self.assertEqual((e["s"], e["rows"], e["accn"], e["h"], e["train_mode"]), (10, 64, 64, 0, False))
        self.assertEqual(sum(watched.all("data", role="target", split="val")[0]["classes"]), 40)

    def test_losses_of_evaluations_and_others(self):
        """A loss may be computed after the block without gradients; one of a training batch is no evaluation."""
        watched = run("""
            net = mlp(); opt = torch.optim.SGD(net.parameters(), 0.1)
            for e in range(3):
                for _ in range(100):
                    x, y = batch(); out = net(x)
                    opt.zero_grad(); F.cross_entropy(out, y).backward(); opt.step()
                    F.cross_entropy(out.detach(), y)
                net.eval()
                x, y = batch(40)
                with torch.no_grad(): out = net(x)
                F.cross_entropy(out, y)
                net.train()
            """)
        self.assertEqual([(e["rows"], e.get("h")) for e in watched.all("eval")], [(40, 0)] * 3)

    def test_evaluation_without_a_loss(self):
        for how in ("net.eval()\nwith torch.no_grad(): net(batch(40)[0])\nnet.train()", "with torch.no_grad(): net(batch(40)[0])",
                    "net.eval(); net(batch(40)[0]); net.train()"):
            watched = run("net = mlp(); opt = torch.optim.SGD(net.parameters(), 0.1); loop(net, opt, 400)\n" + how + "\nloop(net, opt, 10)")
            self.assertEqual([e["rows"] for e in watched.all("eval")], [40], how)
            self.assertEqual(len(watched.all("data", role="input", split="val")), 1, how)

    def test_dead_units(self):
        watched = run("""
            net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
            with torch.no_grad(): net[0].bias[:5] = -100
            loop(net, torch.optim.SGD(net.parameters(), 0.01), 150)
            """, env=THOROUGH)
        dead = watched.all("units")[0]
        self.assertGreaterEqual(dead["rows"], 1000)
        ids = {p["i"]: p["n"] for p in watched.one("model")["params"]}
        self.assertEqual({ids[i]: (d, n) for i, d, n in zip(dead["dead"]["i"], dead["dead"]["dead"], dead["dead"]["units"])},
                         {"0.weight": (5, 16), "2.weight": (0, 3)})

    def test_saturated_units(self):
        watched = run("""
            net = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 3))
            with torch.no_grad(): net[0].bias[:8] = 100; net[0].bias[8:] = 0; net[0].weight.mul_(0.01)
            loop(net, torch.optim.SGD(net.parameters(), 0.001), 150)
            """, env=THOROUGH)
        self.assertEqual(watched.all("units")[0]["sat"]["share"], [0.5])


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


class Events(Case):
    def check(self, script, what):
        watched = run(script)
        self.assertNotIn(b"nnvet probe", watched.err, watched.err.decode())
        return watched.event(what), watched

    NOT_ZEROED = """
        net = mlp(); opt = torch.optim.SGD(net.parameters(), 0.01)
        for _ in range(200):
            x, y = batch()
            %s
            F.cross_entropy(net(x), y).backward()
            opt.step()
        """

    def test_gradients_not_zeroed(self):
        event, _ = self.check(self.NOT_ZEROED % "", "grad_not_zeroed")
        self.assertGreater(event["n"], 10)
        self.assertEqual((event["n"], line(event["src"]) - FIRST), (event["of"], 5))

    def test_gradients_zeroed_in_any_way(self):
        for way in ("opt.zero_grad()", "net.zero_grad()", "for p in net.parameters(): p.grad = None",
                    "for p in net.parameters():\n                if p.grad is not None: p.grad.zero_()"):
            event, _ = self.check(self.NOT_ZEROED % way, "grad_not_zeroed")
            self.assertIsNone(event, way)

    def test_accumulation_and_gan_are_no_faults(self):
        event, _ = self.check("""
            net = mlp(); opt = torch.optim.SGD(net.parameters(), 0.01)
            for _ in range(50):
                for _ in range(4):
                    x, y = batch(); (F.cross_entropy(net(x), y) / 4).backward()
                opt.step(); opt.zero_grad()""", "grad_not_zeroed")
        self.assertIsNone(event)
        event, _ = self.check("""
            g, d = nn.Linear(4, 8), nn.Linear(8, 1)
            og, od = torch.optim.SGD(g.parameters(), 0.01), torch.optim.SGD(d.parameters(), 0.01)
            for _ in range(50):
                og.zero_grad(); d(g(torch.randn(16, 4))).mean().backward(); og.step()
                od.zero_grad(); (d(torch.randn(16, 8)).mean() - d(g(torch.randn(16, 4)).detach()).mean()).backward(); od.step()
            """, "grad_not_zeroed")
        self.assertIsNone(event)

    CLOSURE = """
        net = mlp(); opt = torch.optim.%s
        x, y = batch()
        for _ in range(40):
            def closure():
                opt.zero_grad()
                loss = F.cross_entropy(net(x), y)
                loss.backward()
                return loss
            opt.zero_grad(set_to_none=True)
            opt.step(closure)
        """

    def test_closures_are_no_faults(self):
        for optimizer in ("LBFGS(net.parameters(), max_iter=3)", "SGD(net.parameters(), 0.1)"):
            watched = run(self.CLOSURE % optimizer)
            self.assertNotIn(b"nnvet probe", watched.err, watched.err.decode())
            self.assertIsNone(watched.event("grad_not_zeroed"), optimizer)
            self.assertIsNone(watched.event("no_gradient"), optimizer)
            self.assertTrue(all("g" in r for r in watched.all("tens")), optimizer)
            self.assertEqual(watched.one("end")["s"], 40)

    def test_a_step_that_fails_is_not_the_end(self):
        watched = run("""
            net = mlp(); opt = torch.optim.SGD(net.parameters(), 0.1)
            loop(net, opt, 10)
            keep, opt.param_groups[0]["lr"] = opt.param_groups[0]["lr"], None
            try: loop(net, opt, 1)
            except TypeError: pass
            opt.param_groups[0]["lr"] = keep
            loop(net, opt, 50)""")
        self.assertGreaterEqual(watched.one("end")["s"], 60)

    def test_log_of_zero(self):
        event, _ = self.check("""
            net = nn.Sequential(nn.Linear(8, 3), nn.ReLU())
            opt = torch.optim.SGD(net.parameters(), 0.01)
            for _ in range(5):
                x, y = batch()
                opt.zero_grad()
                loss = -(F.one_hot(y, 3) * torch.log(net(x))).sum(1).mean()
                loss.backward(); opt.step()""", "nonfinite")
        self.assertEqual((event["s"], event["text"], line(event["src"]) - FIRST), (0, "operation log", 7))

    def test_gradient_of_a_square_root(self):
        event, _ = self.check("""
            net = nn.Sequential(nn.Linear(8, 1))
            opt = torch.optim.SGD(net.parameters(), 0.01)
            for i in range(5):
                x = torch.randn(16, 8)
                opt.zero_grad()
                z = net(x) * (0.0 if i == 2 else 1.0)
                loss = z.square().sum(1).sqrt().mean()
                loss.backward(); opt.step()""", "nonfinite")
        self.assertEqual((event["s"], event["text"]), (2, "operation sqrt"))

    def test_bad_data(self):
        for place, what in (("x[0, 0] = float('nan')", "input"), ("t[0] = float('inf')", "target")):
            event, _ = self.check("""
                net = nn.Sequential(nn.Linear(8, 1)); opt = torch.optim.SGD(net.parameters(), 0.01)
                for i in range(30):
                    x, t = torch.randn(16, 8), torch.randn(16, 1)
                    if i == 20: %s
                    opt.zero_grad(); F.mse_loss(net(x), t).backward(); opt.step()""" % place, "nonfinite")
            self.assertEqual((event["s"], event["text"]), (20, what))

    def test_divergence(self):
        event, _ = self.check("""
            net = nn.Sequential(nn.Linear(8, 8), nn.Linear(8, 1)); opt = torch.optim.SGD(net.parameters(), 1e6)
            for i in range(30):
                opt.zero_grad(); F.mse_loss(net(torch.randn(16, 8)), torch.randn(16, 1)).backward(); opt.step()""", "nonfinite")
        self.assertIn(event["text"], ("gradient", "loss", "update") + ("operation linear", "operation pow"))
        self.assertLess(event["s"], 10)

    def test_a_parameter_without_gradient(self):
        event, watched = self.check("""
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.used, self.unused = nn.Linear(8, 3), nn.Linear(8, 3)
                def forward(self, x):
                    return self.used(x)
            net = Net(); loop(net, torch.optim.SGD(net.parameters(), 0.01), 30)""", "no_gradient")
        names = {p["i"]: p["n"] for p in watched.one("model")["params"]}
        self.assertEqual({names[e["p"]] for e in watched.all("event", what="no_gradient")}, {"unused.weight", "unused.bias"})

    def test_modes(self):
        event, _ = self.check("net = mlp().eval(); loop(net, torch.optim.SGD(net.parameters(), 0.01), 10)", "backward_in_eval")
        self.assertIsNotNone(event)
        event, _ = self.check("""
            net = mlp(); opt = torch.optim.SGD(net.parameters(), 0.01); loop(net, opt, 10)
            with torch.no_grad(): net(batch()[0])
            loop(net, opt, 10)""", "val_in_train_mode")
        self.assertIn("Dropout", event["text"])

    def test_counts_of_events_are_learned(self):
        for full, name in ((False, "poisson_nll_loss"), (True, "poisson_nll_full")):
            head = run("""
                net = nn.Linear(8, 1); opt = torch.optim.SGD(net.parameters(), 0.01)
                loss = nn.PoissonNLLLoss(full=%s)
                for _ in range(5): opt.zero_grad(); loss(net(torch.randn(16, 8)), torch.ones(16, 1)).backward(); opt.step()""" % full).one("head")
            self.assertEqual((head["loss"], head["red"], head["root"], head.get("weighted")), (name, "mean", True, None))

    def test_a_body_that_is_used_again(self):
        """What a second network trains in is its own mode, and not that of the first, which ended in evaluation mode."""
        two = """
            body = nn.Sequential(nn.Linear(8, 8), nn.BatchNorm1d(8))
            a = nn.Sequential(body, nn.Linear(8, 3)); loop(a, torch.optim.SGD(a.parameters(), 0.01), 10)
            a.eval()
            with torch.no_grad():
                for _ in range(%d): x, y = batch(); F.cross_entropy(a(x), y)
            b = nn.Sequential(body, nn.Linear(8, 3)); opt = torch.optim.SGD(b.parameters(), 0.01)
            b.%s(); loop(b, opt, 10)"""
        for batches in (1, 9):
            self.assertIsNone(run(two % (batches, "train")).event("backward_in_eval"))
            self.assertIsNotNone(run(two % (batches, "eval")).event("backward_in_eval"))
        back = run("""
            net = mlp(); opt = torch.optim.SGD(net.parameters(), 0.01); loop(net, opt, 10); net.eval()
            with torch.no_grad():
                for _ in range(9): x, y = batch(); F.cross_entropy(net(x), y)
            loop(net, opt, 10)""")
        self.assertIn(back.event("backward_in_eval")["s"], (10, 11))


class Ends(Case):
    KEEPS = """
        import copy
        net = mlp(); opt = torch.optim.SGD(net.parameters(), 0.1)
        start, states = copy.deepcopy(net.state_dict()), []
        for e in range(4):
            loop(net, opt, 10)
            net.eval()
            with torch.no_grad(): x, y = batch(); F.cross_entropy(net(x), y)
            net.train()
            states.append(copy.deepcopy(net.state_dict()))
        """

    def test_the_best_weights_are_kept(self):
        for end, step in (("net.load_state_dict(states[1])", 20), ("torch.save(states[2], 'b.pt'); net.load_state_dict(torch.load('b.pt'))", 30)):
            kept = run(self.KEEPS + end).event("best_kept")
            self.assertEqual((kept["s"], kept["text"], line(kept["src"]) - FIRST), (40, "weights of step %d" % step, 10))
        for end in ("pass", "net.load_state_dict(start)", "net.load_state_dict(states[1]); loop(net, opt, 1)", "net.load_state_dict(mlp().state_dict())"):
            self.assertIsNone(run(self.KEEPS + end).event("best_kept"), end)

    def test_counts(self):
        """What happens twenty times is recorded again each time its count has doubled."""
        r = run("""
            net = mlp(); opt = torch.optim.SGD(net.parameters(), 0.1)
            for _ in range(20):
                loop(net, opt, 4)
                with torch.no_grad():
                    x, y = batch(); F.cross_entropy(net(x), y)
            loop(net, opt, 1)""")
        self.assertEqual([e["n"] for e in r.all("event", what="val_in_train_mode")], [1, 2, 4, 8, 16])

    def test_the_end(self):
        loop = "net = mlp(); loop(net, torch.optim.SGD(net.parameters(), 0.01), 20)\n"
        self.assertEqual((run(loop).one("end")["why"], run(loop).one("end")["s"]), ("exit", 20))
        failed = run(loop + "raise KeyError('x')").one("end")
        self.assertEqual((failed["why"], failed["exc"]), ("exception", "KeyError"))
        self.assertEqual(run(loop + "sys.exit(3)").one("end")["why"], "exit")

    def test_nothing_trained(self):
        self.assertEqual(run("print(torch.ones(2).sum())").files, [])
        self.assertEqual(run("import json", prelude=False).files, [])

    def test_a_child_that_was_forked_first_trains(self):
        watched = run("""
            pid = os.fork()
            if pid == 0:
                net = mlp(); loop(net, torch.optim.SGD(net.parameters(), 0.01), 20); sys.exit(0)
            os.waitpid(pid, 0)""")
        self.assertEqual((len(watched.files), watched.one("end")["s"]), (1, 20))


if __name__ == "__main__":
    unittest.main()
