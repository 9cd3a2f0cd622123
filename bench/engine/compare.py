#!/usr/bin/env python3
"""Measures the embedded engine against PyTorch and GoMLX, and against its own aims. See README.md here.

Needs Go, and for PyTorch a Python that has it. A peer that is missing is said to be."""

import argparse
import json
import pathlib
import random
import sys
import tempfile

import arms
import figures
import networks

PARTS = ("one", "two", "watch", "trials", "products", "binary")


def say(text):
    print(text, file=sys.stderr, flush=True)


def in_rounds(count, ways, run):
    """Runs every way once a round, in a random order that is the same every time. Returns their results by way."""
    results = {way: [] for way in ways}
    for n in range(count):
        order = list(ways)
        random.Random(f"{ways} {n}").shuffle(order)
        for way in order:
            results[way].append(run(way))
            say(f"round {n + 1} of {count}: {way}")
    return results


class Bench:
    """Measures each part; its figures are what the tables show."""

    def __init__(self, built, args):
        self.arms, self.args = built, args
        self.figures = {"missing": built.missing}

    def one(self):
        """Trains on one thread, in every arm."""
        for net in self.args.nets:
            torch = [t for t in arms.TORCH if net == "cnn" or t != "torch-channels-last"]
            ways = self.arms.has("nnvet", *torch, *arms.GOMLX)
            self.figures["one", net] = in_rounds(self.args.rounds, ways, lambda way, net=net: self.train(way, net))
            say(f"{net}, one thread: done")

    def train(self, way, net, *options, threads=1):
        return self.arms.train(way, net, self.args.seconds, networks.NETWORKS[net].steps, *options, threads=threads)

    def two(self):
        """Trains on two threads: what each can do with them."""
        for net in self.args.nets:
            best = figures.fastest(self.figures.get(("one", net), {}), self.arms.has(*arms.TORCH))
            ways = ["nnvet", *[f"{best} {how}" for how in ("together", "apart") if best], *self.arms.has("gomlx-simd")]
            self.figures["two", net] = in_rounds(self.args.rounds, ways, lambda way, net=net: self.train_two(way, net))
            say(f"{net}, two threads: done")

    def train_two(self, way, net):
        name, _, how = way.partition(" ")
        if how == "apart":
            return self.arms.train_pair(name, net, self.args.seconds, networks.NETWORKS[net].steps)
        return self.train(name, net, threads=2)

    def watch(self):
        """Trains with nothing recorded, by default, and every step, in files as nnvet run does."""
        for net in ("mlp", "tiny"):
            self.figures["watch", net] = in_rounds(self.args.rounds, ("none", "default", "every"),
                                                   lambda watch, net=net: self.train("nnvet", net, "-watch", watch))

    def trials(self):
        """Trains the tiny network again and again, as races and proofs do; watched, its trace is in memory."""
        self.figures["trials"] = in_rounds(self.args.rounds, ("64 none", "64 memory", "32 none", "32 memory"), self.trial)

    def trial(self, way):
        batch, watch = way.split()
        return self.train("nnvet", "tiny", "-batch", batch, "-watch", watch)

    def products(self):
        self.figures["products"] = in_rounds(self.args.rounds, ("nnvet",), lambda way: self.arms.products())["nnvet"]

    def binary(self):
        self.figures["binary"] = self.arms.binary()

    def agreement(self):
        """Compares the losses of the first steps: arms that train something else are not comparable."""
        for net in self.args.nets:
            steps = networks.NETWORKS[net].check
            ways = self.arms.has("nnvet", "torch-default", "gomlx", *(["torch-channels-last"] if net == "cnn" else []))
            self.figures["losses", net] = {way: self.arms.losses(way, net, steps) for way in ways}
            say(f"{net}: losses of {steps} steps compared")


def arguments():
    parser = argparse.ArgumentParser(description="Measures the embedded engine.")
    parser.add_argument("--torch", metavar="PYTHON", default="", help="a Python that has PyTorch")
    parser.add_argument("--seconds", type=float, default=3, help="of one run")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default=",".join(PARTS), metavar="PART,...", help="of " + ", ".join(PARTS))
    parser.add_argument("--nets", default=",".join(networks.NETWORKS), metavar="NET,...", help="of " + ", ".join(networks.NETWORKS))
    parser.add_argument("--out", help="file for the raw figures, as JSON")
    args = parser.parse_args()
    args.only, args.nets = args.only.split(","), args.nets.split(",")
    for given, known in ((args.only, PARTS), (args.nets, networks.NETWORKS)):
        if unknown := [g for g in given if g not in known]:
            parser.error(f"no such part or network: {', '.join(unknown)}")
    return args


def main():
    args = arguments()
    with tempfile.TemporaryDirectory() as directory:
        networks.write(directory)
        bench = Bench(arms.Arms(directory, args.torch), args)
        bench.agreement()
        for part in args.only:
            getattr(bench, part)()
    if args.out:
        raw = {"/".join(map(str, k)) if isinstance(k, tuple) else k: v for k, v in bench.figures.items()}
        pathlib.Path(args.out).write_text(json.dumps(raw, indent=1))
    for warning in figures.warnings(bench.figures):
        say(f"compare.py: {warning}")
    print("\n".join(figures.report(bench.figures, args.nets)))
    print(f"{arms.machine()}. Medians of {args.rounds} rounds of {args.seconds:g} s each, with the least and the greatest in brackets.")


if __name__ == "__main__":
    try:
        main()
    except arms.Failed as e:
        sys.exit(f"compare.py: {e}")
