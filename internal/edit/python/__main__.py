"""Reads a request as JSON from stdin: files, settings, and what the trace knows of places. Writes edits as bytes from, to
and the new text, file by file, or why there are none."""

import ast
import json
import sys

import best
import clip
import final
import hidden
import loop
import losses
import operation
import optimizer
import scales
import trained
import weights
from program import Program
from refusal import Refusal
from values import Values, asnumber, is_literal

# What has no one place in a program, and why.
NOWHERE = {
    "schedule": "a schedule is made, stepped and told how long the training is, in places of their own",
    "warmup": "a warm-up is made and stepped in places of its own",
    "input noise": "noise belongs to training batches alone, and where these are made is not certain",
    "class weights": "the rows of each class are counted where the data is read",
    "hidden layers": "a layer more or less is a change of the network's class and of its forward",
    "residual": "a residual connection is a change of the network's forward",
    "branch scale": "a factor on a branch is a change of the network's forward",
    "norm": "a normalization behind every layer is a change of the network's class and of its forward",
}
KNOBS = {
    "lr": optimizer.argument, "weight decay": optimizer.argument, "momentum": optimizer.argument, "eps": optimizer.argument,
    "beta1": optimizer.beta, "beta2": optimizer.beta, "optimizer": optimizer.kind, "clip": clip.norm,
    "early stopping": best.early_stopping, "zero_grad": loop.zero_grad, "batch": loop.batch, "epochs": loop.epochs, "shuffle": loop.shuffle,
    "final activation": final.activation, "loss": losses.kind, "delta": losses.delta,
    "activation": hidden.activation, "dropout": hidden.dropout, "units": hidden.units, "layer": hidden.take_out, "dim": hidden.dim,
    "weight init": weights.weights, "bias init": weights.biases, "output bias": weights.output_bias,
    "inputs": scales.inputs, "targets": scales.targets, "operation": operation.eps, "trained": trained.everything,
}


def answer(request):
    current = None
    try:
        program = Program(request)
        for i, setting in enumerate(request["settings"]):
            current = i
            if setting["name"] not in KNOBS:
                raise Refusal(NOWHERE.get(setting["name"], "no one place in the source says the %s" % setting["name"]))
            KNOBS[setting["name"]](program, setting)
        for at in request["edits"]:
            current = at["setting"]
            _own(program, at)
        current = None
        for source in program.sources.values():
            source.result()
    except Refusal as r:
        return {"refused": {"setting": current, "why": r.why, "instead": r.instead}}
    except RecursionError:
        return {"refused": {"setting": current, "why": "the source is nested too deep", "instead": ""}}
    return {"files": {s.path: s.sorted() for s in program.sources.values() if s.edits}, "keys": program.keys}


def _own(program, at):
    """Makes a change whose place the check knew. Where a name stands there, its value is what is changed, so that the
    user's own setting stays the one that counts."""
    source = program.sources[at["file"]]
    start, end = source.offset(at["line"], at["col"] - 1), source.offset(at["end_line"], at["end_col"] - 1)
    node = source.expression(start, end)
    if at["text"] == "Identity" and _took_out(program, source, end):
        return
    if asnumber(at["text"]) is not None and node is not None and not is_literal(node):
        Values(program).set(source, node, {"from": at["from"], "to": at["text"]})
    else:
        source.edit(start, end, at["text"])


def _took_out(program, source, end):
    """Takes out the module whose name ends there, in the place of making it the identity; not where that is not certain."""
    made = [n for n in ast.walk(source.tree) if isinstance(n, ast.Call) and source.end(n.func) == end]
    if len(made) != 1:
        return False
    before = len(source.edits)
    try:
        final.take_out_module(program, source, made[0])
    except Refusal:
        del source.edits[before:]
        return False
    return True


if __name__ == "__main__":
    sys.setrecursionlimit(10000)
    sys.stdout.write(json.dumps(answer(json.loads(sys.stdin.buffer.read().decode("utf-8")))))
