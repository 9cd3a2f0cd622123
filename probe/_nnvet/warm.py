"""A process that has imported what a program imports, and forks a child for every trial of it.

    python -c 'import sys; sys.path.insert(0, sys.argv[1]); from _nnvet import warm; del sys.path[0]; warm.serve()' PROBE SCRIPT REPLIES

It reads orders from its standard input, a line of JSON each, and writes its replies to the descriptor REPLIES:

    {"id", "argv", "dir", "env", "output", "module"}  ->  {"id", "pid"}, and at the end {"id", "status", "cpu"}

The child's standard output and error go to the file `output`. `argv` begins with the script, or with the name of a
module where "module" is true. First of all it writes {"ready": true}, or {"ready": false, "why"} where a program could
not be forked as it would have started by itself.
"""

import ast
import functools
import gc
import importlib
import json
import os
import select
import signal
import sys

from . import _Finder, install, isolate

# Packages that take nothing from PyTorch when they are imported, so that what is wrapped later is what they use, and
# that start no work. Others are imported by the trial itself.
PACKAGES = {"torch", "numpy", "scipy", "pandas", "sklearn", "matplotlib", "PIL", "yaml", "tqdm"}

FIRST_SEED = 67280421310721  # that PyTorch's generator begins with; builds before 2.0 may draw one


def serve():
    """Imports, and runs orders until there are no more."""
    replies = int(sys.argv[3])
    sys.path[:] = [p for p in sys.path if p]
    here = os.getcwd()
    sys.meta_path.insert(0, _Finder())
    isolate.wrap()
    try:
        if sys.argv[2]:
            import_like(sys.argv[2])
        importlib.import_module("torch")
        why = threads()
    except BaseException as e:  # of somebody else's package
        why = repr(e)
    _reply(replies, {"ready": not why, "why": why})
    order = None if why else _wait(replies)
    if order is not None:  # this is a child
        os.close(replies)
        _run(order, here)


def import_like(script):
    """Imports the installed packages that a script imports at its top, in its order."""
    with open(script, "rb") as f:
        tree = ast.parse(f.read())
    here = os.path.dirname(os.path.realpath(script))
    for node in tree.body:
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module] + [node.module + "." + a.name for a in node.names]
        for name in names:
            root = name.partition(".")[0]
            own = os.path.exists(os.path.join(here, root)) or os.path.exists(os.path.join(here, root + ".py"))
            if root in PACKAGES and not own:
                try:
                    importlib.import_module(name)
                except ImportError:  # it was no module but a name in one, or the script knows what to do
                    pass


def threads():
    """Says why a fork would not be safe: a fork copies no thread but its own. A first child is forked and ends, since
    libraries of linear algebra end their threads before a fork and start them again when they need them."""
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    try:
        n = len(os.listdir("/proc/self/task"))
    except OSError:
        return "how many threads there are is not known"
    return "%d threads run after the imports" % n if n > 1 else ""


def _wait(replies):
    """Forks a child for every order. Returns the order in the child, and None at the end of the orders."""
    gc.collect()
    gc.freeze()  # collections of the children need not touch, and so copy, what is there
    children, rest = {}, b""
    while True:
        ready, _, _ = select.select([0], [], [], 0.01 if children else None)
        for pid in list(children):
            done, status, usage = os.wait4(pid, os.WNOHANG)
            if done:
                _reply(replies, {"id": children.pop(pid), "status": status, "cpu": usage.ru_utime + usage.ru_stime})
        if not ready:
            continue
        text = os.read(0, 1 << 16)
        if not text:
            break
        *lines, rest = (rest + text).split(b"\n")
        for line in lines:
            order = json.loads(line)
            pid = _fork()
            if pid == 0:
                return order
            children[pid] = order["id"]
            _reply(replies, {"id": order["id"], "pid": pid})
    for pid in children:
        try:
            os.killpg(pid, signal.SIGKILL)
        except OSError:
            pass
    return None


def _fork():
    """Forks a child that leads a session of its own when this returns."""
    began, begins = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        os.close(began)
        os.close(begins)
        return 0
    os.close(begins)
    os.read(began, 1)  # until the child has closed its end
    os.close(began)
    return pid


def _reply(fd, record):
    os.write(fd, (json.dumps(record) + "\n").encode())


def _run(order, here):
    """Turns this process, which began in the directory `here`, into what `python script args` would be."""
    argv = order["argv"]
    null = os.open(os.devnull, os.O_RDONLY)
    output = os.open(order["output"], os.O_WRONLY)
    for fd, to in ((null, 0), (output, 1), (output, 2)):
        os.dup2(fd, to)
    os.close(null)
    os.close(output)
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["dir"])
    for i, path in enumerate(sys.path):  # what is relative in PYTHONPATH
        if path == here or path.startswith(here + "/"):
            sys.path[i] = os.getcwd() + path[len(here):]
    sys.argv[:] = argv
    if not getattr(sys.flags, "safe_path", False):
        sys.path[:0] = [os.getcwd() if order["module"] else os.path.dirname(os.path.realpath(argv[0]))]
    _forget()
    install()
    if order["module"]:
        import runpy

        runpy._run_module_as_main(argv[0])
    else:
        _script(argv[0])


def _forget():
    """Undoes what this process knows from before the fork, where a new one would find something else."""
    tempfile = sys.modules.get("tempfile")
    if tempfile is not None:
        tempfile.tempdir = None
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()  # of its own entropy, as in a new process; Python's own generator does so itself
    torch = sys.modules["torch"]
    if torch.initial_seed() != FIRST_SEED:
        torch.seed()


def _script(path):
    """Runs a script as __main__. It replaces what is in that module, so that what is left at the end, for functions
    that run then, is there."""
    import types
    from importlib.machinery import SourceFileLoader

    with open(path, "rb") as f:
        code = compile(f.read(), os.path.abspath(path), "exec", dont_inherit=True)
    main = types.ModuleType("__main__")
    main.__dict__.update(__file__=os.path.abspath(path), __builtins__=sys.modules["builtins"], __cached__=None,
                         __loader__=SourceFileLoader("__main__", path))
    sys._nnvet_main, sys.modules["__main__"] = sys.modules["__main__"], main  # the first one runs still
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = functools.partial(_report, os.path.abspath(path))
    exec(code, main.__dict__)


def _report(script, kind, error, traceback):
    """Reports an exception as Python does, without the frames above the script."""
    at = traceback
    while at is not None and at.tb_frame.f_code.co_filename != script:
        at = at.tb_next
    at = at or traceback
    sys.__excepthook__(kind, error.with_traceback(at), at)
