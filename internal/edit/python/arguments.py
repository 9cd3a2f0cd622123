"""Arguments of a call, by keyword or position."""

import ast

from refusal import Refusal


def find(source, call, name, positions):
    """Returns the expression that an argument is given by, or None where it is not given."""
    if any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
        raise Refusal("%s: the call has starred arguments" % source.where(call))
    for k in call.keywords:
        if k.arg == name:
            return k.value
    at = positions.index(name) if name in positions else len(call.args)
    return call.args[at] if at < len(call.args) else None


def insert(source, call, text):
    """Adds an argument behind the others."""
    given = call.args + [k.value for k in call.keywords]
    if given:
        source.insert(max(source.end(a) for a in given), ", " + text)
    else:
        source.insert(source.end(call) - 1, text)
