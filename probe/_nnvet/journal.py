"""What is written: records, the header before the first of them, and events that are counted."""

import os
import sys
import time

UNSEEDED = 67280421310721  # the seed that PyTorch's generator holds until somebody sets one


class Journal:
    """Puts records into the file of this process."""

    def __init__(self, torch, wire):
        self.torch, self.wire = torch, wire
        self.begun = False
        self.begins = None  # called after the header
        self.events = {}  # (what, parameter, text): [first step, count last written, times]

    def put(self, record):
        if not self.begun:
            self.begun = True
            self.wire.put(self.header())
            self.begins()
        self.wire.put(record)

    def header(self):
        torch, env = self.torch, os.environ
        return {"k": "run", "v": 1, "nnvet": env.get("NNVET_VERSION", ""), "t": round(time.time(), 3), "pid": os.getpid(),
                "rank": int(env.get("RANK") or 0), "world": int(env.get("WORLD_SIZE") or 1),
                "fw": "torch", "fwv": str(torch.__version__), "py": sys.version.split()[0],
                "script": os.path.basename(sys.argv[0]) if sys.argv else "", "threads": torch.get_num_threads(),
                "device": "cuda" if torch.cuda.is_initialized() else "cpu",
                "det": bool(torch.are_deterministic_algorithms_enabled()), "seeded": torch.initial_seed() != UNSEEDED}

    def event(self, step, what, n=None, **fields):
        """Records an event, and again whenever its count has doubled: n, or how often this was called."""
        seen = self.events.setdefault((what, fields.get("p"), fields.get("text")), [step, 0, 0])
        seen[2] += 1
        n = seen[2] if n is None else n
        if n >= 2 * seen[1]:
            seen[1] = n
            record = dict(fields, k="event", what=what, s=seen[0], n=n)
            self.put({k: v for k, v in record.items() if v is not None})
