"""How a run ends, and with which weights."""

import unittest

from harness import FIRST, Case, line, run


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
