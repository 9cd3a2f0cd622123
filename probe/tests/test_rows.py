"""What the probe records of rows is true: predictions beside the truth, layers, gradients of rows, the set they are from."""

import math
import unittest

from harness import Case, run

THOROUGH = {"NNVET_OVERHEAD": "50"}


def printed(watched):
    """Returns the lines that a script printed, as Python values."""
    return [eval(text.replace("nan", "math.nan"), {"math": math}) for text in watched.out.decode().splitlines()]


class Results(Case):
    def close(self, got, want, places=4):
        self.assertEqual(len(got), len(want))
        for g, w in zip(got, want):
            self.assertAlmostEqual(g, w, delta=10 ** -places * max(1, abs(w)))

    REGRESSION = """
        net = nn.Linear(8, 2); opt = torch.optim.SGD(net.parameters(), 0.01)
        def train():
            x = torch.randn(32, 8)
            opt.zero_grad(); F.mse_loss(net(x), torch.randn(32, 2)).backward(); opt.step()
        for _ in range(10): train()
        ps, ys = [], []
        net.eval()
        with torch.no_grad():
            for n in (100, 60, 40, 7):
                x = torch.randn(n, 8)
                y = 1000 + 3 * x[:, :2] + torch.randn(n, 2)
                p = 500 + net(x)
                F.mse_loss(p, y)
                ps.append(p.clone()); ys.append(y); p.zero_()
        net.train()
        for _ in range(3): train()
        p, y = torch.cat(ps).double(), torch.cat(ys).double()
        for i in (0, 1):
            a, b = y[:, i], p[:, i]
            print([a.mean().item(), a.std(unbiased=False).item(), b.mean().item(), b.std(unbiased=False).item(),
                   ((a - a.mean()) * (b - b.mean())).mean().item(), (a - b).abs().mean().item()])
        order = ((p - y) ** 2).mean(1).sort()
        print([(order[0][-2:].sum() / order[0].sum()).item()])
        print(order[1].tolist())
        """

    def test_numbers(self):
        watched = run(self.REGRESSION, env=THOROUGH)
        first, second, top, order = printed(watched)
        got = watched.one("results", split="val")
        self.assertEqual((got["s"], got["h"], got["rows"], [o["n"] for o in got["outs"]]), (10, 0, 207, [207, 207]))
        for out, want in zip(got["outs"], (first, second)):
            self.close([out[k] for k in ("y", "ystd", "p", "pstd", "cov", "mae")], want)
        self.close([got["top"]], top)
        self.assertEqual((got["best"], got["median"], got["worst"]), (order[:8], order[99:107], order[:-9:-1]))
        self.assertEqual((len(got["edges"]), sum(map(sum, got["joint"]))), (17, 414))

    def test_what_time_does_not_pay_for_is_not_looked_at(self):
        watched = run(self.REGRESSION.replace("(100, 60, 40, 7)", "[10] * 500"), env={"NNVET_OVERHEAD": "1e-9"})
        got = watched.one("results", split="val")
        self.assertGreaterEqual(got["rows"], 20)
        self.assertLess(max(got["worst"] + got["best"]), 5000)

    def test_classes(self):
        watched = run("""
            net = nn.Linear(8, 3); opt = torch.optim.SGD(net.parameters(), 0.1)
            loop(net, opt, 5)
            with torch.no_grad():
                p, y = torch.randn(90, 3), torch.randint(0, 3, (90,))
                y[:10] = -100
                F.cross_entropy(p, y)
            loop(net, opt, 5)
            p, y = p[10:], y[10:]
            print([[int(((y == a) & (p.argmax(1) == b)).sum()) for b in range(3)] for a in range(3)])
            sure = p.softmax(1).max(1)[0].sort()
            print([sure[0][:8].mean().item(), (p.argmax(1) == y)[sure[1]][:8].double().mean().item()])
            print((F.cross_entropy(p, y, reduction="none").sort()[1] + 10).tolist()[-8:][::-1])
            """, env=THOROUGH)
        matrix, least, worst = printed(watched)
        got = watched.one("results", split="val")
        self.assertEqual((got["rows"], got["matrix"], len(got["bins"]), got["bins"][0]["n"], got["worst"]), (90, matrix, 10, 8, worst))
        self.close([got["bins"][0]["conf"], got["bins"][0]["right"]], least)

    def test_two_classes_and_training_batches(self):
        watched = run("""
            net = nn.Linear(8, 1); opt = torch.optim.SGD(net.parameters(), 0.1)
            for i in range(40):
                x = torch.randn(64, 8); y = (x[:, :1] > 0).float()
                opt.zero_grad(); F.binary_cross_entropy_with_logits(net(x), y).backward(); opt.step()
            with torch.no_grad():
                x = torch.randn(200, 8); y = (x[:, :1] > 0).float(); p = net(x)
                F.binary_cross_entropy_with_logits(p, y)
                print([[int(((y == a) & ((p > 0) == b)).sum()) for b in (0, 1)] for a in (0, 1)])
                print([p.sigmoid().mean().item(), y.mean().item()])
            """, env=THOROUGH)
        matrix, (sure, ones) = printed(watched)
        got = watched.one("results", split="val")
        self.assertEqual(got["matrix"], matrix)
        n = sum(b["n"] for b in got["bins"])
        self.close([sum(b["n"] * b["conf"] for b in got["bins"]) / n, sum(b["n"] * b["right"] for b in got["bins"]) / n], [sure, ones])
        training = watched.all("results", split="train")
        self.assertTrue(2 <= len(training) <= 6, training)
        self.assertTrue(all(r["rows"] >= 8 and "worst" not in r for r in training))
        self.assertEqual(training[-1]["s"], 40)

    def test_other_shapes(self):
        watched = run("""
            net = nn.Linear(8, 15); opt = torch.optim.SGD(net.parameters(), 0.1)
            def loss(n, bad=0.0):
                p = net(torch.randn(n, 8)).reshape(n, 3, 5)
                return F.cross_entropy(p, torch.randint(0, 3, (n, 5))) + F.nll_loss(p[:, :, 0].log_softmax(1), torch.randint(0, 3, (n,))) \\
                    + F.huber_loss(p[:, 0], torch.randn(n, 5), delta=0.5) + F.smooth_l1_loss(p[:, 1], torch.randn(n, 5)) \\
                    + F.binary_cross_entropy(p[:, 0].sigmoid(), torch.rand(n, 5)) + F.l1_loss(p[:, 0, :1], torch.randn(n, 1)) \\
                    + F.mse_loss(p[:, 0, :1], torch.randn(n, 1) + bad)
            for _ in range(3): opt.zero_grad(); loss(20).backward(); opt.step()
            with torch.no_grad(): loss(30, float("nan"))
            """, env=THOROUGH)
        self.assertNotIn(b"nnvet probe", watched.err, watched.err.decode())
        names = {h["h"]: h["loss"] for h in watched.all("head")}
        got = {names[r["h"]]: r for r in watched.all("results", split="val")}
        self.assertEqual(sorted(got), ["binary_cross_entropy", "cross_entropy", "huber_loss", "l1_loss", "nll_loss", "smooth_l1_loss"])
        self.assertEqual((sum(map(sum, got["cross_entropy"]["matrix"])), max(got["cross_entropy"]["worst"]) < 30), (150, True))


class Layers(Case):
    def test_depth(self):
        watched = run("""
            net = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 3))
            opt = torch.optim.SGD(net.parameters(), 0.1)
            x, y = batch(20)
            import copy
            twin = copy.deepcopy(net)
            opt.zero_grad(); F.cross_entropy(net(x), y).backward(); opt.step()
            loop(net, opt, 30)
            hs = []
            h = x
            for m in twin: h = m(h); h.retain_grad(); hs.append(h)
            F.cross_entropy(h, y).backward()
            for h in hs:
                g = h.grad.double(); u = F.normalize(h.detach().double(), dim=1)
                c = torch.cov(h.detach().double().t(), correction=0)
                print([((u @ u.t()).sum().item() - 20) / 380, (c.trace() ** 2 / (c * c).sum()).item(), 20 * g.square().mean().sqrt().item()])
            """, env=THOROUGH)
        names = {m["i"]: m["n"] for m in watched.all("model")[0]["mods"]}
        got = {}
        self.assertEqual(len(watched.all("depth", s=0)), 3)
        for r in watched.all("depth", s=0):
            for key in ("cos", "rank", "grad"):
                for i, v in zip(r["i"], r.get(key, ())):
                    got[names[i], key] = v
        for i, want in enumerate(printed(watched)):
            for key, w in zip(("cos", "rank", "grad"), want):
                self.assertAlmostEqual(got[str(i), key] / w, 1, places=4)
        self.assertEqual(sorted({r["s"] for r in watched.all("depth")}), [0, 8, 16])

    NOISE = """
        net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(inplace=%s), nn.Linear(16, 3))
        opt = torch.optim.SGD(net.parameters(), 0.1)
        x, y = batch(32)
        import copy
        twin, params = copy.deepcopy(net), list(net.parameters())
        opt.zero_grad(); %s; opt.step()
        total = 0
        params = list(twin.parameters())
        for i in range(32):
            gs = torch.autograd.grad(F.cross_entropy(twin(x[i:i + 1]), y[i:i + 1]), params)
            total += sum(g.double().square().sum().item() for g in gs) / 32
        gs = torch.autograd.grad(F.cross_entropy(twin(x), y), params)
        print([total, sum(g.double().square().sum().item() for g in gs)])
        """

    def noise(self, loss, inplace=False):
        watched = run(self.NOISE % (inplace, loss))
        self.assertNotIn(b"nnvet probe", watched.err, watched.err.decode())
        return watched.all("noise"), printed(watched)[0]

    def test_noise(self):
        for loss in ("F.cross_entropy(net(x), y).backward()", "F.cross_entropy(net(x), y, reduction='sum').backward()",
                     "F.cross_entropy(net(x), y).backward(); torch.nn.utils.clip_grad_norm_(params, 1e-3)"):
            for inplace in (False, True):
                (got,), (row, batch) = self.noise(loss, inplace)
                self.assertAlmostEqual(got["row"] / row, 1, delta=1e-4, msg=loss)
                self.assertAlmostEqual(got["batch"] / batch, 1, delta=1e-4, msg=loss)

    def test_noise_that_is_not_that_of_the_rows(self):
        for loss in ("(F.cross_entropy(net(x), y) + sum(p.square().sum() for p in params)).backward()",
                     "[F.cross_entropy(net(x), y).backward() for _ in range(2)]",
                     "F.cross_entropy(net(x) + net(x), y).backward()",
                     "F.cross_entropy(net(x), y).backward(); torch.nn.utils.clip_grad_value_(params, 1e-4)"):
            got, _ = self.noise(loss)
            self.assertEqual(got, [], loss)

    def test_bounds(self):
        watched = run("""
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.a, self.six, self.b, self.hard = nn.Linear(8, 8), nn.ReLU6(), nn.Linear(8, 8), nn.Hardtanh(-1, 2)
                def forward(self, x):
                    return self.hard(self.b(self.six(self.a(x)))).clamp(-0.5, 100)
            net = Net()
            with torch.no_grad():
                for p in net.parameters(): p.zero_()
                net.a.bias[:2] = 7; net.a.bias[2:4] = -1; net.b.bias[:4] = 5; net.b.bias[4:6] = -5
            opt = torch.optim.SGD(net.parameters(), 1e-9)
            for _ in range(40): opt.zero_grad(); F.mse_loss(net(torch.randn(64, 8)), torch.randn(64, 8)).backward(); opt.step()
            """, env=THOROUGH)
        names = {m["i"]: m["n"] for m in watched.one("model")["mods"]}
        got = watched.all("units")[0]["bound"]
        self.assertEqual(dict(zip([names[i] for i in got["i"]], got["share"])), {"six": 0.25, "hard": 0.75, "Net": 0.25})


class Sets(Case):
    def totals(self, feeding):
        watched = run("""
            from torch.utils.data import DataLoader, TensorDataset, RandomSampler, SubsetRandomSampler, IterableDataset
            net = mlp(); opt = torch.optim.SGD(net.parameters(), 0.1)
            X, Y = torch.randn(96, 8), torch.randint(0, 3, (96,))
            data = TensorDataset(X, Y)
            class Stream(IterableDataset):
                def __iter__(self): return iter(data)
            def train(x, y):
                opt.zero_grad(); F.cross_entropy(net(x), y).backward(); opt.step()
            """ + feeding, env=THOROUGH)
        self.assertNotIn(b"nnvet probe", watched.err, watched.err.decode())
        return {r.get("total") for r in watched.all("data")}, watched

    def test_totals(self):
        self.assertEqual(self.totals("""
            for x, y in DataLoader(data, 16, shuffle=True): train(x, y)""")[0], {96})
        self.assertEqual(self.totals("""
            for x, y in DataLoader(data, 16, sampler=SubsetRandomSampler(range(64))): train(x, y)""")[0], {64})
        self.assertEqual(self.totals("""
            for x, y in DataLoader(data, 16, sampler=RandomSampler(data, replacement=True, num_samples=1000)): train(x, y)""")[0], {96})
        self.assertEqual(self.totals("""
            for x, y in DataLoader(Stream(), 16): train(x, y)""")[0], {None})
        self.assertEqual(self.totals("""
            for i in range(0, 96, 16): train(X[i:i + 16], Y[i:i + 16])""")[0], {96})
        self.assertEqual(self.totals("""
            for _ in range(3): train(X, Y)""")[0], {None, 96})
        self.assertEqual(self.totals("""
            for _ in range(6): train(X[torch.randperm(96)[:16]], Y[:16])""")[0], {96})
        self.assertEqual(self.totals("""
            X_train, same = X[:80].clone(), torch.zeros(500, 8)
            for _ in range(6): train(X_train[torch.randperm(80)[:16]], Y[:16])""")[0], {80})
        self.assertEqual(self.totals("""
            X = X.sign()
            for _ in range(6): train(X[torch.randperm(96)[:16]] * 0, Y[:16])""")[0], {None})

    def test_rows_are_told_apart(self):
        _, watched = self.totals("""
            X[10:14], Y[10:14] = X[:4], Y[:4]
            X[20:22], Y[20:22] = X[5:7], (Y[5:7] + 1) % 3
            V = torch.cat((torch.randn(30, 8), X[40:50]))
            for _ in range(4):
                for x, y in DataLoader(data, 16, shuffle=True): train(x, y)
                net.eval()
                with torch.no_grad():
                    for x, y in DataLoader(data, 16): F.cross_entropy(net(x), y)
                    for i in (0, 20): F.cross_entropy(net(V[i:i + 20]), Y[:20])
                net.train()""")
        got = watched.all("survey")[-1]
        self.assertEqual((got["rows"], got["repeated"], got["contra"], got["h"], got["site"]), (92, 4, 2, 0, "Sequential"))
        self.assertEqual({k: got["overlap"][k] for k in ("rows", "shared", "coverage")}, {"rows": 40, "shared": 10, "coverage": 1.0})
        self.assertEqual({e["rows"] for e in watched.all("eval")}, {40})

    def test_sorted_rows(self):
        _, watched = self.totals("""
            Y, _ = Y.sort()
            for _ in range(3):
                for x, y in DataLoader(TensorDataset(X, Y), 4): train(x, y)""")
        self.assertGreater(watched.all("survey")[-1]["order"], 0.9)

    def test_wide_and_whole_rows(self):
        watched = run("""
            net = nn.Sequential(nn.Flatten(), nn.Linear(3 * 40 * 40, 3)); opt = torch.optim.SGD(net.parameters(), 0.01)
            for _ in range(5):
                grey = torch.rand(40, 1, 40, 40)
                opt.zero_grad(); F.cross_entropy(net(grey + 0.01 * torch.rand(40, 3, 40, 40)), torch.randint(0, 3, (40,))).backward(); opt.step()
            net = nn.Sequential(nn.Embedding(50, 8), nn.Flatten(), nn.Linear(32, 3)); opt = torch.optim.SGD(net.parameters(), 0.01)
            """, env=THOROUGH)
        got = watched.all("survey")[-1]
        self.assertEqual((got["of"], got["rows"], got["cols"][1] - got["cols"][0], len(got["cols"]) <= 256), (4800, 200, 19, True))
        self.assertGreater(got["bright"], 0.99)
        self.assertNotIn("alone", got)

    def test_no_value_of_a_few_rows(self):
        watched = run("""
            X = torch.randn(6, 8)
            net = mlp(); opt = torch.optim.SGD(net.parameters(), 0.1)
            for _ in range(20): opt.zero_grad(); F.cross_entropy(net(X), torch.zeros(6).long()).backward(); opt.step()
            """, env=THOROUGH)
        for kind in ("survey", "noise", "depth"):
            self.assertEqual(watched.all(kind), [], kind)


if __name__ == "__main__":
    unittest.main()
