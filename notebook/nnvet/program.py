"""The program nnvet, and what it says of a run."""

import json
import os
import shutil
import subprocess


class NnvetError(Exception):
    """nnvet cannot be called, or has no answer."""


def call(*args, text=None):
    """Runs `nnvet notebook` with some arguments and returns the object that it prints."""
    program = os.environ.get("NNVET_PROGRAM") or shutil.which("nnvet")
    if not program:
        raise NnvetError("the program nnvet is not on PATH: install it, or name it in the variable NNVET_PROGRAM")
    try:
        done = subprocess.run([program, "notebook"] + list(args), input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    except OSError as e:
        raise NnvetError("%s: it cannot be run: %s" % (program, e)) from e
    if done.returncode:
        raise NnvetError(done.stderr.strip() or "%s: exit code %d" % (program, done.returncode))
    return json.loads(done.stdout)


class Report:
    """A diagnosis, as a notebook shows it: text, Markdown, or HTML with its pictures and without a script."""

    def __init__(self, bundle):
        self.bundle = bundle

    def __repr__(self):
        return self.bundle["text/plain"]

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {kind: text for kind, text in self.bundle.items() if (not include or kind in include) and kind not in (exclude or ())}


def show(run="last"):
    """Returns the diagnosis of a run: its id, the beginning of it, or its directory."""
    return Report(call("show", "--", run))
