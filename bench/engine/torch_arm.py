"""PyTorch's arm of the benchmark of engines: trains one network for some seconds and prints a line of JSON.

It does no more than a training has to: batches are views of one tensor, and the loss is not read."""

import argparse
import itertools
import json
import re
import time

import networks
import numpy as np
import torch
from torch import nn

WARM = 20  # steps that are not timed: libraries choose how to compute in the first ones
CHANNELS = 32  # of the last convolution, on images of 7x7


def images(x):
    return x.reshape(-1, 28, 28, 1).permute(0, 3, 1, 2).contiguous()


def dense(*sizes):
    layers = [m for pair in zip(sizes, sizes[1:]) for m in (nn.Linear(*pair), nn.ReLU())]
    return layers[:-1]


def convolution(channels, filters):
    return [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]


def network(name):
    return nn.Sequential(*{
        "mlp": lambda: dense(784, 256, 256, 10),
        "tiny": lambda: dense(20, 32, 32, 10),
        "cnn": lambda: [*convolution(1, 16), *convolution(16, CHANNELS), nn.Flatten(), *dense(7 * 7 * CHANNELS, 64, 10)],
    }[name]())


class Training:
    """Trainings of one network, one after another, from the same weights."""

    def __init__(self, args):
        self.args = args
        inputs, labels = (f"{args.dir}/{name}" for name in networks.NETWORKS[args.net].inputs())
        self.labels = torch.from_numpy(np.fromfile(labels, "<i4").astype(np.int64))
        self.x = torch.from_numpy(np.fromfile(inputs, "<f4")).reshape(len(self.labels), -1)
        self.first = torch.from_numpy(np.fromfile(f"{args.dir}/{args.net}.weights", "<f4"))
        self.net = network(args.net)
        if args.net == "cnn":
            self.x = images(self.x)
            if args.channels_last:
                self.net.to(memory_format=torch.channels_last)
                self.x = self.x.to(memory_format=torch.channels_last)
        self.criterion = nn.CrossEntropyLoss()
        self.begin()

    @torch.no_grad()
    def begin(self):
        at = 0
        for parameter in self.net.parameters():
            value = self.first[at : at + parameter.numel()].reshape(parameter.shape)
            if parameter.dim() == 2 and parameter.shape[1] == 7 * 7 * CHANNELS:  # pixels with their channels together
                value = value.reshape(-1, 7, 7, CHANNELS).permute(0, 3, 1, 2).reshape(parameter.shape)
            parameter.copy_(value)
            at += parameter.numel()
        way = {} if self.args.adam == "default" else {self.args.adam: True}
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=1e-3, **way)
        self.row = 0

    def step(self):
        batch = slice(self.row, self.row + networks.BATCH)
        self.row = batch.stop % len(self.x)
        self.optimizer.zero_grad()
        loss = self.criterion(self.net(self.x[batch]), self.labels[batch])
        loss.backward()
        self.optimizer.step()
        return loss

    def timed(self, steps, seconds):
        """Trains until the time is over, at which it looks after every step."""
        for _ in range(WARM):
            self.step()
        wall, cpu = time.perf_counter(), time.process_time()
        for done in itertools.count():
            if time.perf_counter() - wall >= seconds:
                break
            if done % steps == 0:
                self.begin()
            self.step()
        return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall, "steps": done, "rows": networks.BATCH}


def peak_memory():
    """Returns the most bytes that were in memory at once, 0 where that cannot be known. What getrusage has would include the parent's."""
    try:
        with open("/proc/self/status") as status:
            return int(re.search(r"VmHWM:\s*(\d+)", status.read())[1]) << 10
    except OSError:
        return 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--net", choices=networks.NETWORKS, default="mlp")
    parser.add_argument("--dir", default=".")
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--adam", choices=("default", "foreach", "fused"), default="default")
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--check", type=int, default=0)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    training = Training(args)
    if args.check:
        print(json.dumps([training.step().item() for _ in range(args.check)]))
        return
    took = training.timed(args.steps, args.seconds)
    print(json.dumps(dict(took, peak=peak_memory(), about=torch.__version__)))


main()
