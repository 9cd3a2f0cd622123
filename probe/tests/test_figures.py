"""What the probe measures is true: figures are held against PyTorch's own."""

import math
import unittest

from harness import THOROUGH, Case, run


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


if __name__ == "__main__":
    unittest.main()
