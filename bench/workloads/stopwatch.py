"""What the workloads share: their arguments, the clocks around their loop, and the line that they print."""

import argparse
import hashlib
import json
import time

# How users would switch the peer on, by the name of the arm in overhead.py.
PEERS = {"gradients": {}, "all": {"log": "all", "log_freq": 50}}


def arguments():
    """Returns the number of steps to train for, and what wandb.watch gets, or None where there is no peer."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--wandb", choices=PEERS)
    args = parser.parse_args()
    return args.steps, PEERS.get(args.wandb)


class Stopwatch:
    """Hands out the steps of a loop and times it: wall seconds, and CPU seconds of all threads of this process.

    The second half is timed on its own too: what a tool does once, at the start of training, is over by then."""

    def __init__(self, steps):
        self.count = steps

    def steps(self):
        wall, cpu = time.perf_counter(), time.process_time()
        for step in range(self.count):
            if step == self.count // 2:
                half = time.process_time()
            yield step
        end = time.process_time()
        self.wall, self.cpu, self.late = time.perf_counter() - wall, end - cpu, end - half

    def report(self, net, loss):
        """Prints the times, the last loss, and a checksum of the weights."""
        weights = hashlib.md5()
        for name, tensor in net.state_dict().items():
            weights.update(name.encode())
            weights.update(tensor.numpy().tobytes())
        print(json.dumps({"steps": self.count, "wall": self.wall, "cpu": self.cpu, "late": self.late, "loss": loss.item(),
                          "md5": weights.hexdigest(), "process": time.process_time()}))
