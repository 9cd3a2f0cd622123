"""The probe never hurts: with and without it, training ends with the same bits."""

import unittest

from harness import Case, run

SCRIPTS = {
    "plain loop": "net = mlp(); loop(net, torch.optim.SGD(net.parameters(), 0.1)); bits(net)",
    "adam and a schedule": """
        net = mlp()
        opt = torch.optim.Adam(net.parameters(), 0.01)
        sched = torch.optim.lr_scheduler.StepLR(opt, 5, 0.5)
        for _ in range(30):
            x, y = batch()
            opt.zero_grad(); F.cross_entropy(net(x), y).backward(); opt.step(); sched.step()
        bits(net)""",
    "evaluation between epochs": """
        net = mlp()
        opt = torch.optim.SGD(net.parameters(), 0.1)
        for _ in range(4):
            net.train(); loop(net, opt, 10)
            net.eval()
            with torch.no_grad():
                x, y = batch(64)
                print(F.cross_entropy(net(x), y).item())
        bits(net)""",
    "forked workers": """
        class Data(torch.utils.data.Dataset):
            def __len__(self): return 128
            def __getitem__(self, i):
                g = torch.Generator().manual_seed(i)
                return torch.randn(8, generator=g), i % 3
        net = mlp()
        opt = torch.optim.SGD(net.parameters(), 0.1)
        for x, y in torch.utils.data.DataLoader(Data(), 16, num_workers=2, multiprocessing_context="fork"):
            opt.zero_grad(); F.cross_entropy(net(x), y).backward(); opt.step()
        bits(net)""",
    "closure": """
        net = mlp()
        opt = torch.optim.SGD(net.parameters(), 0.1)
        for _ in range(30):
            def closure():
                x, y = batch()
                opt.zero_grad()
                loss = F.cross_entropy(net(x), y)
                loss.backward()
                return loss
            opt.step(closure)
        bits(net)""",
    "lbfgs": """
        net = mlp()
        opt = torch.optim.LBFGS(net.parameters())
        x, y = batch()
        for _ in range(5):
            def closure():
                opt.zero_grad()
                loss = F.cross_entropy(net(x), y)
                loss.backward()
                return loss
            opt.step(closure)
        bits(net)""",
    "torchscript": """
        net = torch.jit.script(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3)))
        loop(net, torch.optim.SGD(net.parameters(), 0.1))
        for loss in (nn.CrossEntropyLoss(), nn.MSELoss(), nn.NLLLoss(), nn.BCELoss(), nn.BCEWithLogitsLoss(), nn.SmoothL1Loss()):
            torch.jit.script(loss)
        torch.jit.trace(mlp().eval(), torch.randn(2, 8))
        @torch.jit.script
        def f(a, b):
            return F.cross_entropy(a, b)
        x, y = torch.randn(4, 3), torch.randint(0, 3, (4,))
        print(float(f(x, y)) == float(F.cross_entropy(x, y)))
        bits(net)""",
    "two optimizers": """
        a, b = mlp(), mlp()
        oa, ob = torch.optim.Adam(a.parameters()), torch.optim.Adam(b.parameters())
        for _ in range(20):
            loop(a, oa, 1); loop(b, ob, 1)
        bits(a, b)""",
    "accumulation and clipping": """
        net = mlp()
        opt = torch.optim.SGD(net.parameters(), 0.1)
        for _ in range(20):
            for _ in range(4):
                x, y = batch()
                (F.cross_entropy(net(x), y) / 4).backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            opt.step(); opt.zero_grad()
        bits(net)""",
    "checkpointing": """
        from torch.utils.checkpoint import checkpoint
        net = mlp()
        opt = torch.optim.SGD(net.parameters(), 0.1)
        for reentrant in (True, False):
            for _ in range(10):
                x, y = batch()
                opt.zero_grad()
                h = checkpoint(net[0], x.requires_grad_(), use_reentrant=reentrant)
                F.cross_entropy(net[3](F.relu(h)), y).backward()
                opt.step()
        bits(net)""",
    "checkpointing and nan": """
        from torch.utils.checkpoint import checkpoint
        net = mlp()
        opt = torch.optim.SGD(net.parameters(), 0.1)
        for i in range(10):
            x, y = batch()
            if i == 3: x = x * float("nan")
            opt.zero_grad()
            h = checkpoint(net, x, use_reentrant=False)
            F.cross_entropy(h, y).backward()
            opt.step()
        bits(net)""",
    "autocast": """
        net = mlp()
        opt = torch.optim.SGD(net.parameters(), 0.1)
        for _ in range(20):
            x, y = batch()
            opt.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = F.cross_entropy(net(x).float(), y)
            loss.backward(); opt.step()
        bits(net)""",
    "saved and loaded": """
        import copy, io, pickle
        net = mlp()
        opt = torch.optim.Adam(net.parameters(), 0.01)
        loop(net, opt, 7)
        file = io.BytesIO()
        torch.save((net.state_dict(), opt.state_dict()), file)
        again, optimizer = pickle.loads(pickle.dumps((copy.deepcopy(net), opt)))
        print(len(file.getvalue()), sorted(vars(again[0])), sorted(vars(optimizer)))
        bits(net)""",
    "a module that compares oddly": """
        class Odd(nn.Linear):
            def __eq__(self, other): return False
            __hash__ = None
        net = nn.Sequential(nn.Linear(8, 3))
        odd = Odd(8, 3)
        loop(net, torch.optim.SGD(net.parameters(), 0.1)); bits(net, odd)""",
    "an optimizer subclass": """
        class Mine(torch.optim.Adam):
            def step(self, closure=None):
                return super().step(closure)
        net = mlp()
        loop(net, Mine(net.parameters(), 0.01)); bits(net)""",
    "in-place activations": """
        net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(inplace=True), nn.Linear(16, 3))
        loop(net, torch.optim.SGD(net.parameters(), 0.1, momentum=0.9)); bits(net)""",
    "sparse embedding": """
        net = nn.Sequential(nn.Embedding(50, 8, sparse=True), nn.Flatten(), nn.Linear(32, 3))
        opt = torch.optim.SGD(net.parameters(), 0.1)
        for _ in range(20):
            opt.zero_grad()
            F.cross_entropy(net(torch.randint(0, 50, (16, 4))), torch.randint(0, 3, (16,))).backward()
            opt.step()
        bits(net)""",
    "double precision and a penalty": """
        net = mlp().double()
        opt = torch.optim.SGD(net.parameters(), 0.1)
        for _ in range(20):
            x, y = batch()
            opt.zero_grad()
            (F.cross_entropy(net(x.double()), y) + 1e-3 * sum(p.square().sum() for p in net.parameters())).backward()
            opt.step()
        bits(net)""",
    "gradients without backward": """
        net = mlp()
        for _ in range(20):
            x, y = batch()
            grads = torch.autograd.grad(F.cross_entropy(net(x), y), list(net.parameters()))
            with torch.no_grad():
                for p, g in zip(net.parameters(), grads):
                    p -= 0.1 * g
        bits(net)""",
    "updates by hand": """
        w = torch.randn(8, 1, requires_grad=True)
        x = torch.randn(64, 8)
        for _ in range(30):
            loss = ((x @ w - x[:, :1]) ** 2).mean()
            loss.backward()
            with torch.no_grad():
                w -= 0.1 * w.grad
                w.grad = None
        print(w.detach().numpy().tobytes().hex())""",
    "a script that fails": "net = mlp(); loop(net, torch.optim.SGD(net.parameters(), 0.1), 3); raise ValueError('no')",
    "a script that exits": "net = mlp(); loop(net, torch.optim.SGD(net.parameters(), 0.1), 3); sys.exit(7)",
    "an optimizer that fails once": """
        class Fails(torch.optim.SGD):
            def step(self, closure=None):
                if len(sys.argv) == 1:
                    sys.argv.append("failed")
                    raise RuntimeError("once")
                return super().step(closure)
        net = mlp(); opt = Fails(net.parameters(), 0.1)
        for _ in range(60):
            x, y = batch()
            opt.zero_grad(); F.cross_entropy(net(x), y).backward()
            try: opt.step()
            except RuntimeError as e: print(e)
        bits(net)""",
    "functions by name": """
        import pickle
        for f in (torch.binary_cross_entropy_with_logits, F.mse_loss, F.cross_entropy, torch.nn.utils.clip_grad_norm_, torch.autograd.backward):
            print(pickle.loads(pickle.dumps(f)) is f)
        net = mlp(); loop(net, torch.optim.SGD(net.parameters(), 0.1)); bits(net)""",
    "losses that nobody trains on": """
        import gc, weakref
        net = mlp(); opt = torch.optim.SGD(net.parameters(), 0.1)
        refs = []
        for _ in range(100):
            x, y = batch()
            out = net(x)
            refs.append(weakref.ref(out))
            F.cross_entropy(out, y)
        del out
        gc.collect()
        print("few are kept", sum(r() is not None for r in refs) < 10)
        loop(net, opt); bits(net)""",
    "what a function deletes": """
        import gc, weakref
        def main():
            raw = torch.randn(10)
            ref = weakref.ref(raw)
            net = mlp(); opt = torch.optim.SGD(list(net.parameters()) + [torch.zeros(1, requires_grad=True)], 0.1)
            loop(net, opt, 5)
            del raw
            gc.collect()
            print("gone", ref() is None)
        main()""",
    "only inference": """
        net = mlp().eval()
        with torch.no_grad():
            for _ in range(100):
                net(torch.randn(4, 8))
        bits(net)""",
    "losses by hand": """
        one, three = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 1)), nn.Linear(8, 3)
        opt = torch.optim.SGD(list(one.parameters()) + list(three.parameters()), 0.01)
        for i in range(30):
            x, c = batch(); y = x.sum(1, keepdim=True); b = (y > 0).float()
            p = torch.sigmoid(one(x)).clamp(1e-7, 1 - 1e-7)
            loss = [lambda: ((one(x) - y) ** 2).mean(), lambda: ((one(x) - y[:, 0]) ** 2).mean(), lambda: (one(x).squeeze() - y[:, 0]).abs().sum() / 2,
                    lambda: -(b * p.log() + (1 - b) * (1 - p).log()).mean(), lambda: -three(x).log_softmax(1)[range(16), c].mean()][i % 5]()
            opt.zero_grad(); loss.backward(); opt.step()
            gap = one(x) - y
            loss = (gap * gap).mean(); gap.detach().mul_(2)
            try: loss.backward()
            except RuntimeError: print("changed in place")
        bits(one, three)""",
    "losses by hand behind a checkpoint": """
        from torch.utils.checkpoint import checkpoint
        net = nn.Linear(8, 1); opt = torch.optim.SGD(net.parameters(), 0.01)
        def error(x, y):
            print("computed")
            return (F.dropout(net(x), 0.2) - y) ** 2
        for i in range(6):
            x, _ = batch()
            opt.zero_grad(); checkpoint(error, x.requires_grad_(), x[:, :1].detach(), use_reentrant=False).mean().backward(); opt.step()
        bits(net)""",
    "loose vectors": """
        w, b, X = torch.randn(8, requires_grad=True), torch.zeros(1, requires_grad=True), torch.randn(64, 8)
        opt = torch.optim.Adam([w, b], 0.01)
        for _ in range(30):
            i = torch.randint(0, 64, (16,))
            opt.zero_grad(); ((X[i] @ w + b - X[i, 0]) ** 2).mean().backward(); opt.step()
        print(w.detach().numpy().tobytes().hex(), torch.rand(1).item())""",
    "outputs that change in place": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a, self.b, self.act, self.c = nn.Linear(8, 8), nn.Linear(8, 8), nn.ReLU(inplace=True), nn.Linear(8, 3)
            def forward(self, x):
                h = self.a(x)
                h += x
                h, g = self.act(self.b(h)).chunk(2, 1)
                z = self.c(torch.cat((g, h), 1))
                z[:, 0] *= 2
                x.zero_()
                return z
        net = Net(); loop(net, torch.optim.SGD(net.parameters(), 0.1, momentum=0.9)); bits(net)""",
    "a gradient penalty": """
        net = mlp(); opt = torch.optim.Adam(net.parameters())
        for _ in range(20):
            x, y = batch(); x.requires_grad_()
            out = net(x)
            g, = torch.autograd.grad(out.sum(), x, create_graph=True)
            opt.zero_grad(); (F.cross_entropy(out, y) + (g.norm(dim=1) - 1).square().mean()).backward(); opt.step()
        bits(net)""",
    "backward twice": """
        net = mlp(); opt = torch.optim.SGD(net.parameters(), 0.1)
        for _ in range(20):
            x, y = batch()
            loss = F.cross_entropy(net(x), y)
            opt.zero_grad(); loss.backward(retain_graph=True); opt.step(); opt.zero_grad()
            try: loss.backward()
            except RuntimeError as e: print("changed")
        bits(net)""",
    "outputs that are saved": """
        import io, warnings
        warnings.simplefilter("error")
        net = mlp(); opt = torch.optim.SGD(net.parameters(), 0.1)
        for _ in range(3):
            x, y = batch()
            out = net(x); file = io.BytesIO(); torch.save(out, file)
            opt.zero_grad(); F.cross_entropy(out, y).backward(); opt.step()
        bits(net)""",
    "evaluation in inference mode": """
        net = mlp().double(); opt = torch.optim.SGD(net.parameters(), 0.1)
        X, Y = torch.randn(400, 8).double(), torch.randn(400, 3).double()
        for e in range(4):
            for i in range(0, 400, 50):
                x = X[i:i + 50].clone()
                opt.zero_grad(); loss = F.mse_loss(net(x), Y[i:i + 50]); x.zero_(); loss.backward(); opt.step()
            with torch.inference_mode():
                for i in range(0, 400, 50): print(F.mse_loss(net(X[i:i + 50]), Y[i:i + 50]).item())
                print(F.mse_loss(net(torch.ones(9000, 8).double()), torch.ones(9000, 3).double()).item())
        bits(net)""",
    "graphs that go": """
        import weakref
        net = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 3)); opt = torch.optim.SGD(net.parameters(), 0.1)
        kept = 0
        for i in range(30):
            x, y = batch()
            outs = [x]
            for m in net: outs.append(m(outs[-1]))
            outs.append(net(x))
            loss = F.cross_entropy(outs[-1], y)
            refs = [weakref.ref(o) for o in outs + [loss, y]]
            opt.zero_grad(); loss.backward(); opt.step()
            del x, y, outs, loss
            kept += sum(r() is not None for r in refs)
        print("kept", kept); bits(net)""",
    "loaders of all kinds": """
        from torch.utils.data import DataLoader, TensorDataset, RandomSampler, BatchSampler
        X, Y = torch.randn(300, 8), torch.randint(0, 3, (300,))
        data = TensorDataset(X, Y)
        net = mlp(); opt = torch.optim.SGD(net.parameters(), 0.1)
        loaders = [DataLoader(data, 50, shuffle=True), DataLoader(list(zip(X, Y)), 50), DataLoader(data, sampler=BatchSampler(RandomSampler(data), 50, False)),
                   DataLoader(data, 50, sampler=RandomSampler(data, replacement=True), drop_last=True)]
        for loader in loaders:
            for x, y in loader:
                x, y = x.reshape(-1, 8), y.reshape(-1)
                opt.zero_grad(); F.cross_entropy(net(x), y).backward(); opt.step()
            net.eval()
            with torch.no_grad(): print(sum(F.cross_entropy(net(x.reshape(-1, 8)), y.reshape(-1)).item() for x, y in loader))
            net.train()
        it = iter(loaders[0]); next(it); print(len(list(it)), type(it).__name__)
        bits(net)""",
    "training in a thread": """
        import threading
        net = mlp()
        t = threading.Thread(target=loop, args=(net, torch.optim.SGD(net.parameters(), 0.1)))
        t.start(); t.join(); bits(net)""",
}


class Harmless(Case):
    pass


def _add(name, script):
    def test(self):
        self.assertHarmless(script)

    setattr(Harmless, "test_" + name.replace(" ", "_"), test)


for _name, _script in SCRIPTS.items():
    _add(_name, _script)


class Spawned(Case):
    """Scripts that need to be importable by their children."""

    def test_two_ranks(self):
        script = """
            def train(rank):
                os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=sys.argv[1], RANK=str(rank), WORLD_SIZE="2")
                torch.distributed.init_process_group("gloo", rank=rank, world_size=2)
                torch.manual_seed(rank)
                net = nn.parallel.DistributedDataParallel(mlp())
                loop(net, torch.optim.SGD(net.parameters(), 0.1))
                torch.distributed.barrier()
                if rank == 0:
                    bits(net)

            if __name__ == "__main__":
                import socket
                with socket.socket() as s:
                    s.bind(("127.0.0.1", 0))
                    sys.argv[1:] = [str(s.getsockname()[1])]
                import torch.multiprocessing as mp
                os.environ["PORT"] = sys.argv[1]
                mp.start_processes(train, nprocs=2, start_method="fork")
            """
        watched = self.assertHarmless(script)
        self.assertEqual(len(watched.files), 2, watched.files)
        self.assertEqual({r["rank"] for r in watched.all("run")}, {0, 1})
        self.assertEqual({p["n"] for p in watched.all("model")[0]["params"]}, {"0.weight", "0.bias", "3.weight", "3.bias"})

    def test_compiled(self):
        script = """
            net = mlp()
            f = torch.compile(net, backend="eager")
            loop(f, torch.optim.SGD(net.parameters(), 0.1), 10)
            bits(net)"""
        if run("print(hasattr(torch, 'compile') and sys.version_info < (3, 14))", probe=False).out.strip() != b"True":
            self.skipTest("this PyTorch has no torch.compile")
        watched = self.assertHarmless(script)
        self.assertIn("compiled", watched.event("not_watched")["text"])

    def test_compiled_loss(self):
        script = """
            net = mlp()
            @torch.compile(backend="eager", fullgraph=True)
            def loss_of(x, y):
                return F.cross_entropy(net(x), y)
            opt = torch.optim.SGD(net.parameters(), 0.1)
            for _ in range(10):
                x, y = batch()
                opt.zero_grad(); loss_of(x, y).backward(); opt.step()
            bits(net)"""
        if run("print(hasattr(torch, 'compile') and sys.version_info < (3, 14))", probe=False).out.strip() != b"True":
            self.skipTest("this PyTorch has no torch.compile")
        self.assertHarmless(script)


class Read(Case):
    """Programs that torch.compile and torch.export read are read as they were written."""

    def newer(self):
        if run("print(hasattr(torch, 'compile') and sys.version_info < (3, 14))", probe=False).out.strip() != b"True":
            self.skipTest("this PyTorch has no torch.compile")

    def test_compiled_clipping(self):
        self.newer()
        self.assertHarmless("""
            net = mlp(); opt = torch.optim.SGD(net.parameters(), 0.1)
            @torch.compile(backend="eager", fullgraph=True)
            def clip():
                return torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            for _ in range(10):
                x, y = batch()
                opt.zero_grad(); F.cross_entropy(net(x), y).backward(); clip(); opt.step()
            bits(net)""")

    def test_export(self):
        self.newer()
        self.assertHarmless("""
            net = mlp().eval()
            exported = torch.export.export(net, (torch.randn(2, 8),))
            print(len(exported.graph.nodes))
            net.train(); loop(net, torch.optim.SGD(net.parameters(), 0.1)); bits(net)""")


class Misfortune(Case):
    """Training goes on whatever happens to the trace, and a written line is never lost."""

    TRAIN = "net = mlp(); loop(net, torch.optim.SGD(net.parameters(), 0.1), 200); bits(net)"

    def check(self, before):
        plain, watched = run(self.TRAIN, probe=False), run(before + "\n" + self.TRAIN)
        self.assertEqual(plain.out, watched.out, watched.err.decode())
        return watched

    def test_the_disk_is_full(self):
        watched = self.check("import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))")
        self.assertTrue(watched.all("run") and watched.all("model"))

    def test_the_run_directory_vanishes(self):
        self.check("import shutil; shutil.rmtree(os.environ.get('NNVET_OUT', '/nonexistent'), ignore_errors=True)")

    def test_the_run_directory_vanishes_later(self):
        script = """
            import shutil
            net = mlp(); opt = torch.optim.SGD(net.parameters(), 0.1)
            loop(net, opt, 10)
            if os.environ.get("NNVET_OUT"): shutil.rmtree(os.environ["NNVET_OUT"])
            loop(net, opt, 100); bits(net)"""
        self.assertHarmless(script)

    def test_killed(self):
        watched = run("import signal\nnet = mlp(); loop(net, torch.optim.SGD(net.parameters(), 0.1), 6); os.kill(os.getpid(), signal.SIGKILL)")
        self.assertEqual(watched.code, -9)
        self.assertEqual([r["s"] for r in watched.all("tens")], [0, 1, 2, 3, 4, 5])
        self.assertEqual(watched.all("end"), [])

    def test_errors_in_hooks_switch_the_probe_off(self):
        script = """
            if os.environ.get("NNVET_OUT"):
                import _nnvet.stats
                _nnvet.stats.summary = None
            net = mlp(); loop(net, torch.optim.SGD(net.parameters(), 0.1), 200); bits(net)"""
        plain, watched = run(script, probe=False), run(script)
        self.assertEqual(plain.out, watched.out)
        self.assertIn("5 errors", watched.event("probe_disabled")["text"])

    def test_raw_data_stays(self):
        watched = run("""
            secret = 123456.789
            net = nn.Sequential(nn.Linear(2, 1))
            opt = torch.optim.SGD(net.parameters(), 1e-12)
            for _ in range(3):
                opt.zero_grad(); F.mse_loss(net(torch.tensor([[secret, 1.0]])), torch.tensor([[2.0]])).backward(); opt.step()
            """, env={"TOKEN": "hunter2"}, args=("--password", "hunter2"))
        self.assertNotIn("hunter2", str(watched.records))
        self.assertNotIn("12345", str(watched.records))
        self.assertEqual([r for r in watched.all("data") if "min" in r or "max" in r], [])


if __name__ == "__main__":
    unittest.main()
