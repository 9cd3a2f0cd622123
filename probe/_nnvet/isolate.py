"""Keeps a trial from the user's files: what it writes elsewhere goes into the trial's directory, and is read there.

    NNVET_TRIAL       the trial's directory, by its real path
    NNVET_TRIAL_OF    the user's working directory; its copy is TRIAL/tree + that path
    TRIAL/outside     what was written elsewhere, at its own path below this directory

The paths that were written elsewhere are noted in the file "redirected" beside the trace, as JSON, a line each.
Only what goes through Python's own functions, or through those of a library in _WRITERS, is caught: a path is looked at
before the call. Where it may be only read, it is read.
"""

import builtins
import functools
import io
import json
import os
import shutil
import sys
import threading

from . import when_imported

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_ALLOWED = ("/dev", "/proc")

# Functions of libraries that open a path themselves: module, function, position and name of the path, and the name of the
# mode that follows it, "r" where it is left out.
_WRITERS = [
    ("torch", "save", 1, "f"), ("torch.jit", "save", 1, "f"), ("sqlite3", "connect", 0, "database"),
    ("safetensors.torch", "save_file", 1, "filename"), ("safetensors.numpy", "save_file", 1, "filename"),
    ("h5py", "File", 0, "name", "mode"),
]


class _Trial:
    """Where things are. `directory` is None until a trial begins: a warm process wraps the functions before that."""

    directory = tree = outside = user = None


_trial = _Trial()
_inside = threading.local()
_told = set()


def start():
    """Isolates this process, which the environment says is a trial."""
    wrap()
    t = _trial
    t.user, directory = os.environ["NNVET_TRIAL_OF"], os.environ["NNVET_TRIAL"]
    t.tree, t.outside = directory + "/tree" + t.user, directory + "/outside"
    t.directory = directory
    sys.path_hooks.insert(0, _imports)
    for path in [p for p in sys.path_importer_cache if _below(p, t.user)]:
        del sys.path_importer_cache[path]
    for module in list(sys.modules.values()):  # of packages that were installed with pip install -e
        mapping = getattr(module, "MAPPING", None)
        if getattr(module, "__name__", "").startswith("__editable__") and isinstance(mapping, dict):
            mapping.update({k: _copied(v) or v for k, v in mapping.items() if isinstance(v, str)})


def wrap():
    """Replaces the functions that take paths, once."""
    if isinstance(os.open, _Guarded):
        return
    builtins.open = io.open = _Guarded(io.open, _open)
    shutil.rmtree = _Guarded(shutil.rmtree, _remove)
    for names, instead in (
        ("open", _os_open), ("remove unlink rmdir", _remove), ("rename replace", _rename), ("symlink link", _link),
        ("mkdir truncate chmod chown utime setxattr removexattr mkfifo mknod", _write_first),
        ("stat lstat access readlink chdir", _read_first), ("scandir", _scandir), ("listdir", _listdir),
    ):
        for name in names.split():
            if hasattr(os, name):
                setattr(os, name, _Guarded(getattr(os, name), instead))
    _pathlib()
    for module, *how in _WRITERS:
        when_imported(module, functools.partial(_writer, *how))
    for module, *ways in _TRACKERS:
        for switch_off in ways:
            when_imported(module, switch_off)


class _Guarded:
    """A function that calls instead(original, ...) in a trial, except from within another such call. It is no function,
    because one that is an attribute of a class, as those of the system may be, would become a method."""

    def __init__(self, original, instead):
        functools.update_wrapper(self, original)
        self.original, self.instead = original, instead
        for able in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks, os.supports_effective_ids):
            if original in able:
                able.add(self)

    def __call__(self, *args, **kwargs):
        if _trial.directory is None or getattr(_inside, "on", False):
            return self.original(*args, **kwargs)
        return self.instead(self.original, *args, **kwargs)


def _replace(owner, name, instead):
    """Replaces a function of a module, or the constructor of a class there, which stays a class."""
    original = getattr(owner, name, None)
    if isinstance(original, type):
        guarded = _Guarded(original.__init__, lambda init, self, *args, **kwargs: instead(functools.partial(init, self), *args, **kwargs))
        original.__init__ = lambda self, *args, **kwargs: guarded(self, *args, **kwargs)
    elif original is not None:
        setattr(owner, name, _Guarded(original, instead))


def _pathlib():
    """Reaches the functions that pathlib of Python 3.8 to 3.10 took for itself when it was imported."""
    accessor = getattr(sys.modules.get("pathlib"), "_NormalAccessor", None)
    for name in list(vars(accessor)) if accessor is not None else ():
        now = io.open if name == "open" and sys.version_info >= (3, 10) else getattr(os, name, None)
        if isinstance(now, _Guarded):
            setattr(accessor, name, staticmethod(now))


# -- where a path leads ----------------------------------------------------------------------------------------------


def _is_path(path):
    return isinstance(path, (str, bytes)) or hasattr(path, "__fspath__")


def _below(path, directory):
    return path == directory or path.startswith(directory.rstrip("/") + "/")


def _alone(function):
    """Makes a function call the original functions of the system."""

    @functools.wraps(function)
    def alone(*args, **kwargs):
        before, _inside.on = getattr(_inside, "on", False), True
        try:
            return function(*args, **kwargs)
        finally:
            _inside.on = before

    return alone


def _copied(path):
    """Returns where the copy of a path below the user's working directory lies, or None."""
    t = _trial
    return t.tree + path[len(t.user):] if _below(path, t.user) and not _below(path, t.directory) else None


def _same_type(function):
    """Makes a function of a path return bytes for bytes."""

    @functools.wraps(function)
    def same(path, *args, **kwargs):
        new = function(path, *args, **kwargs)
        return os.fsencode(new) if isinstance(path, bytes) else new

    return same


@_same_type
@_alone
def seen(path):
    """Returns the path to read instead of a path: the trial's own version where there is one."""
    t = _trial
    absolute = os.path.abspath(os.fsdecode(path))
    if _below(absolute, t.directory):
        real = os.path.realpath(absolute) if os.path.islink(absolute) or os.path.lexists(t.outside) else absolute
        if _below(real, t.directory):
            return path
        absolute = real
    copy = _copied(absolute)
    if copy and os.path.lexists(copy) and not os.path.islink(copy):
        return copy
    if os.path.lexists(t.outside):
        real = t.outside + os.path.realpath(absolute)
        if os.path.lexists(real):
            return real
    return copy if copy and os.path.lexists(copy) else path


@_same_type
@_alone
def aim(path, keep=False):
    """Returns the path to write instead of a path, and notes it where that is another; keep says that what is in the
    file stays there."""
    t = _trial
    absolute = os.path.abspath(os.fsdecode(path))
    real = os.path.realpath(absolute)
    if any(_below(real, d) for d in (t.directory,) + _ALLOWED):
        return path
    copy = _copied(real)
    if copy and _below(os.path.realpath(copy), t.directory):
        _tell(real)
        return copy
    new = t.outside + real
    parent = os.path.dirname(new)
    if os.path.isdir(os.path.dirname(real)):
        os.makedirs(parent, exist_ok=True)
    if keep and os.path.isfile(real) and not os.path.lexists(new):
        shutil.copyfile(real, new)
    _tell(real)
    return new


@_alone
def _tell(path):
    if path in _told:
        return
    _told.add(path)
    fd = os.open(os.path.join(os.environ["NNVET_OUT"], "redirected"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(fd, (json.dumps(path) + "\n").encode())
    os.close(fd)


@_alone
def _exists(path):
    return os.path.lexists(path)


@_alone
def _own(path):
    """Reports whether a path lies in the trial, the last part as it is: what a removal or a renaming is about."""
    absolute = os.path.abspath(os.fsdecode(path))
    return _below(os.path.join(os.path.realpath(os.path.dirname(absolute)), os.path.basename(absolute)), _trial.directory)


# -- the functions ---------------------------------------------------------------------------------------------------


def _open(original, file, mode="r", *args, **kwargs):
    if _is_path(file) and isinstance(mode, str):
        written = set(mode) & set("wax+")
        if "x" in mode and _exists(file):
            written = False  # let it fail
        file = aim(file, "w" not in mode) if written else seen(file)
    return original(file, mode, *args, **kwargs)


def _os_open(original, path, flags, *args, **kwargs):
    if _is_path(path) and kwargs.get("dir_fd") is None:
        path = aim(path, not flags & os.O_TRUNC) if flags & _WRITES else seen(path)
    return original(path, flags, *args, **kwargs)


def _read_first(original, path=".", *args, **kwargs):
    if _is_path(path) and kwargs.get("dir_fd") is None:
        path = seen(path)
    return original(path, *args, **kwargs)


def _write_first(original, path, *args, **kwargs):
    if _is_path(path) and kwargs.get("dir_fd") is None:
        making = original.__name__ in ("mkdir", "mkfifo", "mknod")
        if not (making and _exists(seen(path))):  # else let it fail
            path = aim(path, True)
    return original(path, *args, **kwargs)


def _remove(original, path, *args, **kwargs):
    if not _is_path(path) or kwargs.get("dir_fd") is not None:
        return original(path, *args, **kwargs)
    if not _own(path):
        there = seen(path)
        if not _own(there):
            if _exists(there):  # the user's own: it stays, and the trial goes on
                _tell(os.path.abspath(os.fsdecode(path)))
                return None
        path = there
    if original.__name__ == "rmtree":  # works with descriptors of directories
        return _alone(original)(path, *args, **kwargs)
    return original(path, *args, **kwargs)


def _rename(original, src, dst, *args, **kwargs):
    if kwargs.get("src_dir_fd") is not None or kwargs.get("dst_dir_fd") is not None:
        return original(src, dst, *args, **kwargs)
    if not _own(dst):
        dst = aim(dst)
    if not _own(src):
        src = seen(src)
        if not _own(src) and _exists(src):  # the user's own is copied
            _tell(os.path.abspath(os.fsdecode(src)))
            return _alone(shutil.copytree if os.path.isdir(src) else shutil.copy2)(src, dst) and None
    return original(src, dst, *args, **kwargs)


def _link(original, src, dst, *args, **kwargs):
    if not _own(dst):
        dst = aim(dst)
    return original(src, dst, *args, **kwargs)


def _both(path):
    """Returns the directories whose entries a directory has: its own, and those of what was written into it."""
    path = "." if path is None else path
    text = os.path.abspath(os.fsdecode(path))
    copy, below = _copied(text), _trial.outside + os.path.realpath(text)
    own = copy if copy and os.path.isdir(copy) else text
    if not os.path.isdir(below) or not os.path.isdir(own):
        return [seen(path)]
    return [os.fsencode(p) for p in (own, below)] if isinstance(path, bytes) else [own, below]


def _listdir(original, path=None):
    if path is not None and not _is_path(path):
        return original(path)
    lists = [original(p) for p in _alone(_both)(path)]
    return lists[0] if len(lists) == 1 else list(dict.fromkeys(lists[1] + lists[0]))


def _scandir(original, path=None):
    if path is not None and not _is_path(path):
        return original(path)
    both = _alone(_both)(path)
    return original(both[0]) if len(both) == 1 else _Entries([original(p) for p in reversed(both)])


class _Entries:
    """The entries of two directories as one, as os.scandir returns them."""

    def __init__(self, parts):
        self.parts = parts
        self.entries = self._all()

    def _all(self):
        names = set()
        for part in self.parts:
            for e in part:
                if e.name not in names:
                    names.add(e.name)
                    yield e

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.entries)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for part in self.parts:
            part.close()


def _writer(*how):
    """Makes a function of a module, the last argument, write where the trial may; the others are as in _WRITERS."""
    *how, module = how
    function, position, keyword, mode = (how + [None])[:4]

    def write(original, *args, **kwargs):
        reads = mode is not None and (kwargs.get(mode) or (args[position + 1:] or (None,))[0] or "r") == "r"
        new = seen if reads else functools.partial(aim, keep=True)
        if len(args) > position and _is_path(args[position]):
            args = args[:position] + (new(args[position]),) + args[position + 1:]
        elif _is_path(kwargs.get(keyword)):
            kwargs = dict(kwargs, **{keyword: new(kwargs[keyword])})
        return original(*args, **kwargs)

    _replace(module, function, write)


def _imports(path):
    """A path hook: modules are imported from the copy of the user's directory, whoever put the original on the path."""
    copy = _copied(path) if _trial.directory else None
    if copy is None or not _exists(copy):
        raise ImportError
    for hook in sys.path_hooks:
        if hook is not _imports:
            try:
                return hook(copy)
            except ImportError:
                pass
    raise ImportError


# -- trackers that a program can switch on against its environment ------------------------------------------------------


def _force(name, **forced):
    """Returns a function that makes module.name ignore what it is given for some arguments."""
    return lambda module: _replace(module, name, lambda original, *args, **kwargs: original(*args, **dict(kwargs, **forced)))


def _ignore(name):
    """Returns a function that makes a function of a module do nothing."""
    return lambda module: _replace(module, name, lambda original, *args, **kwargs: None)


def _bare(name):
    """Returns a function that makes a class, or a function, of a module ignore all that it is given: addresses of servers."""
    return lambda module: _replace(module, name, lambda original, *args, **kwargs: original())


def _ignore_method(name, method):
    """Returns a function that makes a method of a class of a module, called by the class, do nothing."""

    def ignore(module):
        owner = getattr(module, name, None)
        if hasattr(owner, method):
            setattr(owner, method, _Guarded(getattr(owner, method), lambda original, *args, **kwargs: None))

    return ignore


# By module, where it is imported: whatever else takes a function from it takes the changed one.
_TRACKERS = [
    ("wandb", _force("init", mode="disabled")),
    ("mlflow", _ignore("set_tracking_uri"), _ignore("set_registry_uri")),
    ("mlflow.tracking._tracking_service.utils", _ignore("set_tracking_uri")),
    ("mlflow.tracking._model_registry.utils", _ignore("set_registry_uri")),
    ("mlflow.tracking.client", _bare("MlflowClient")),
    ("comet_ml", _force("Experiment", disabled=True)),
    ("neptune", _force("init_run", mode="offline")),
    ("neptune_scale", _force("Run", mode="offline")),
    ("clearml.task", _ignore_method("Task", "set_offline")),
    ("clearml.utilities.check_updates", _ignore_method("CheckPackageUpdates", "check_new_package_available")),  # asks a server, offline too
    ("matplotlib", _ignore("use")),  # of another backend than MPLBACKEND: a window would wait for somebody to close it
]
