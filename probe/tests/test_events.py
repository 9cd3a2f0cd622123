"""What the probe notices as it happens, and what it must not take for a fault."""

import unittest

from harness import FIRST, Case, line, run


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


if __name__ == "__main__":
    unittest.main()
