"""Attaches nnvet's probe to a Python process that was started under `nnvet run`.

Python imports this file at start because nnvet puts its directory on PYTHONPATH. It must never fail, print, or import
anything heavy. It hides itself again, and then runs the sitecustomize that it hid.
"""

import os
import sys


def _attach():
    if not os.environ.get("NNVET_OUT"):
        return
    try:
        import _nnvet

        _nnvet.install()
    except Exception as e:  # training goes on without us
        if os.environ.get("NNVET_DEBUG"):
            sys.stderr.write("nnvet: probe not attached: %r\n" % (e,))


def _run_hidden(here):
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    spec = PathFinder.find_spec("sitecustomize", [p for p in sys.path if os.path.abspath(p or ".") != here])
    if spec is None or spec.loader is None:
        return
    module = module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)


_here = os.path.dirname(os.path.abspath(__file__))
_attach()
# This process no longer needs the path; its children inherit PYTHONPATH.
sys.path[:] = [p for p in sys.path if os.path.abspath(p or ".") != _here]
_run_hidden(_here)
