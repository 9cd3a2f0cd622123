"""nnvet in notebooks.

    %load_ext nnvet      once, before the network is made

    %%nnvet              first line of a cell that trains: its diagnosis comes below it

    nnvet.show()         the diagnosis of the newest run again; nnvet.show("7f3ac1") of another

It calls the program nnvet, which has to be installed too: on PATH, or named by the variable NNVET_PROGRAM. Docs:
docs/notebook.md.
"""

from .program import Report, show

__all__ = ["Report", "load_ipython_extension", "show"]


def load_ipython_extension(shell):
    """Called by %load_ext."""
    from . import cell

    cell.load(shell)
