"""Runs scripts without the probe in forks of one process that has imported PyTorch: each would spend most of its time on
that import. The fork has run nothing of PyTorch before, so that what a script computes and prints is the same."""

import atexit
import multiprocessing
import os
import sys
import threading
import traceback
import types
from subprocess import CompletedProcess

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(["torch", __name__])


def run(text, work, args, environ, timeout):
    """Runs the text of a script in a directory; returns what subprocess.run would."""
    names = [os.path.join(work, name) for name in ("stdout", "stderr")]
    child = _SERVER.Process(target=_run, args=(text, work, args, environ, names))
    child.start()
    child.join(timeout)
    if child.exitcode is None:
        child.kill()
        raise TimeoutError("still running after %d s" % timeout)
    out, err = (_read(name) for name in names)
    return CompletedProcess(args, child.exitcode, out, err)


def _read(name):
    with open(name, "rb") as f:
        return f.read()


def _run(text, work, args, environ, names):
    """Becomes the script, as far as it can tell."""
    for fd, name in enumerate(names, 1):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT, 0o600), fd)
    os.chdir(work)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = ["train.py", *args]
    sys.path[0:0] = [work]
    main = sys.modules["__main__"] = types.ModuleType("__main__")
    main.__file__ = os.path.join(work, "train.py")
    code = 0
    try:
        exec(compile(text, "train.py", "exec"), main.__dict__)
    except SystemExit as e:
        code = e.code if isinstance(e.code, int) else 0 if e.code is None else 1
    except BaseException:
        traceback.print_exc()
        code = 1
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
