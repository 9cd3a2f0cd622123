"""The magic %%nnvet: runs a cell, watches what it trains, and shows the diagnosis below it."""

import ast
import linecache
import sys

from . import program, watching


def load(shell):
    """Adds the magic to a shell, and begins to notice where networks and optimizers are made."""
    watcher = watching.Watcher()

    def nnvet(line, cell):
        """Watches the training in this cell, and says why the network does not learn."""
        if line.strip():
            raise ValueError("%%nnvet takes nothing on its line; what is to be run stands below it")
        watch(shell, watcher, cell)

    shell.register_magic_function(nnvet, "cell", "nnvet")


def watch(shell, watcher, cell):
    source = "# %%nnvet\n" + shell.transform_cell(cell)  # so that lines are counted as the notebook counts them
    run = program.call("begin", text=source)
    linecache.cache[run["cell"]] = len(source), None, source.splitlines(True), run["cell"]  # for tracebacks, when the file is gone
    parts = compiled(source, run["cell"])
    watcher.begin(run)
    error = None
    try:
        for code in parts:
            exec(code, shell.user_ns)
    except BaseException as e:  # an interrupted training is diagnosed too
        error = e
        raise
    finally:
        watcher.end(error)
        tell(run, error)


def compiled(source, file):
    """Compiles a cell so that its places are those of a file that stays. The value of a last expression is shown, as
    that of any cell."""
    tree = ast.parse(source, file)
    last = [tree.body.pop()] if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";") else []
    parts = [compile(tree, file, "exec")]
    if last:
        parts.append(compile(ast.Interactive(last), file, "single"))
    return parts


def tell(run, error):
    """Shows the diagnosis. That there is none is no reason for a cell to fail."""
    from IPython.display import display

    try:
        display(program.Report(program.call("end", "--exit", "1" if error is not None else "0", "--", run["dir"])))
    except program.NnvetError as e:
        sys.stderr.write("%s\n" % e)
