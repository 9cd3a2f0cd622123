"""What is kept for the engine's twin is what the network was trained on, no more, and does no harm."""

import json
import os
import stat
import struct
import tempfile
import unittest

from harness import Case, run
from test_harmless import SCRIPTS


class Kept:
    """The file that a run left."""

    def __init__(self, path):
        self.mode = stat.S_IMODE(os.stat(path).st_mode)
        with open(path, "rb") as f:
            text = f.read()
        n = struct.unpack("<Q", text[:8])[0]
        self.header = json.loads(text[8:8 + n])
        self.about = self.header.pop("__metadata__")
        self.rest = text[8 + n:]

    def rows(self, name):
        """Returns the rows of a tensor, flat."""
        entry = self.header.get(name)
        if entry is None:
            return []
        at, end = entry["data_offsets"]
        values = struct.unpack("<%df" % ((end - at) // 4), self.rest[at:end])
        width = len(values) // entry["shape"][0]
        return [values[i:i + width] for i in range(0, len(values), width)]


class Twin(Case):
    def keep(self, script, **more):
        with tempfile.TemporaryDirectory() as out:
            env = dict({"NNVET_TWIN": "1", "NNVET_OUT": out}, **more)
            done = run(script, env=env)
            self.assertEqual(done.code, 0, done.err.decode())
            self.assertNotIn(b"nnvet probe", done.err, done.err.decode())
            path = os.path.join(out, "twin.safetensors")
            self.assertEqual([n for n in os.listdir(out) if n.startswith("twin")], ["twin.safetensors"] if os.path.exists(path) else [])
            return done, Kept(path) if os.path.exists(path) else None

    EPOCHS = """
        data = torch.utils.data.TensorDataset(torch.arange(40.).reshape(40, 1).repeat(1, 8), torch.arange(40) % 3)
        loader = torch.utils.data.DataLoader(data, 16, shuffle=True)
        vx, vy = -1 - torch.arange(12.).reshape(12, 1).repeat(1, 8), torch.arange(12) % 3
        net = mlp(); opt = torch.optim.SGD(net.parameters(), 1e-6)
        for _ in range(5):
            net.train()
            for x, y in loader:
                opt.zero_grad(); F.cross_entropy(net(x), y).backward(); opt.step()
            net.eval()
            with torch.no_grad():
                F.cross_entropy(net(vx), vy)
                F.cross_entropy(net(data.tensors[0]), data.tensors[1])
        """

    def test_rows_once_and_apart(self):
        _, kept = self.keep(self.EPOCHS)
        self.assertEqual(kept.mode, 0o600)
        self.assertEqual(kept.about["why"], "")
        x, y = kept.rows("train.x"), kept.rows("train.y")
        self.assertEqual(sorted(r[0] for r in x), list(range(40)))
        self.assertTrue(all(r[0] % 3 == t[0] for r, t in zip(x, y)))
        self.assertEqual(sorted(-1 - r[0] for r in kept.rows("val.x")), list(range(12)))
        self.assertEqual((kept.about["total"], kept.about["skipped"]), ("40", "0"))

    def test_only_where_asked_for(self):
        self.assertIsNone(self.keep(self.EPOCHS, NNVET_TWIN="")[1])

    def test_images_keep_their_shape(self):
        _, kept = self.keep("""
            net = nn.Sequential(nn.Conv2d(2, 3, 3), nn.Flatten(), nn.Linear(3 * 4 * 2, 1)); opt = torch.optim.SGD(net.parameters(), 0.01)
            x = torch.randn(20, 2, 6, 4); y = torch.randn(20, 1)
            for _ in range(3):
                opt.zero_grad(); F.mse_loss(net(x), y).backward(); opt.step()
            """)
        self.assertEqual(kept.header["train.x"]["shape"], [20, 2, 6, 4])
        facts = json.loads(kept.about["facts"])
        self.assertIn([1, 1], [f.get("stride") for f in facts.values()])

    def test_what_the_first_layer_is_fed(self):
        _, kept = self.keep("""
            class Net(nn.Module):
                def __init__(self):
                    super().__init__(); self.fc = nn.Linear(8, 1)
                def forward(self, x):
                    return self.fc(x / 10)
            net = Net(); opt = torch.optim.SGD(net.parameters(), 0.01)
            x = torch.full((16, 8), 5.) * torch.arange(16.).reshape(16, 1)
            for _ in range(3):
                opt.zero_grad(); F.mse_loss(net(x), x[:, :1]).backward(); opt.step()
                x.add_(0)
            """)
        self.assertEqual(sorted(r[0] for r in kept.rows("train.x")), [0.5 * i for i in range(16)])

    def test_evaluation_with_gradients_is_none_of_training(self):
        _, kept = self.keep("""
            net = mlp(); opt = torch.optim.SGD(net.parameters(), 0.01)
            x, y = batch(32); vx, vy = batch(24)
            for _ in range(4):
                net.train(); opt.zero_grad(); F.cross_entropy(net(x), y).backward(); opt.step()
                net.eval(); F.cross_entropy(net(vx), vy)
            """)
        self.assertEqual((len(kept.rows("train.x")), len(kept.rows("val.x"))), (32, 24))

    def test_too_much_keeps_nothing_and_says_so(self):
        _, kept = self.keep("""
            import _nnvet.twin
            _nnvet.twin.MOST = 10_000
            net = mlp(); loop(net, torch.optim.SGD(net.parameters(), 0.1), 60)
            """)
        self.assertEqual((kept.header, kept.rest), ({}, b""))
        self.assertIn("more than", kept.about["why"])

    def test_time_is_bounded(self):
        _, kept = self.keep("""
            import _nnvet.twin
            _nnvet.twin.GRACE = _nnvet.twin.SHARE = 0.0
            net = mlp(); loop(net, torch.optim.SGD(net.parameters(), 0.1), 40)
            """)
        self.assertGreater(int(kept.about["skipped"]), 30)
        self.assertLess(len(kept.rows("train.x")), 40 * 16 / 2)

    def test_an_error_ends_the_keeping_alone(self):
        done, kept = self.keep("""
            import _nnvet.twin
            _nnvet.twin.keysof = lambda x, y: 1 / 0
            net = mlp(); loop(net, torch.optim.SGD(net.parameters(), 0.1)); bits(net)
            """, NNVET_DEBUG="")
        self.assertIn("ZeroDivisionError", kept.about["why"])
        self.assertTrue(done.out.startswith(b"bits"))

    def test_harmless(self):
        for name in ("evaluation between epochs", "forked workers", "closure", "torchscript", "two optimizers", "checkpointing", "saved and loaded",
                     "losses that nobody trains on", "graphs that go", "loaders of all kinds", "training in a thread"):
            with self.subTest(name):
                self.assertHarmless(SCRIPTS[name], env={"NNVET_TWIN": "1"})


if __name__ == "__main__":
    unittest.main()
