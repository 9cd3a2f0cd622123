"""How gradients are clipped."""

import ast

from arguments import find
from refusal import Refusal
from values import Values


def norm(program, setting):
    found = list(program.calls("clip_grad_norm_"))
    if len(found) > 1:
        raise Refusal("gradients are clipped in %d places" % len(found))
    if not found:
        if setting["to"] != "none":
            _add(program, setting["to"])
        return
    source, call = found[0]
    if setting["to"] != "none":
        node = find(source, call, "max_norm", ("parameters", "max_norm"))
        if node is None:
            raise Refusal("%s: the bound is not given" % source.where(call))
        Values(program).set(source, node, setting)
    elif isinstance(source.parent[call], ast.Expr):
        source.take_out(source.parent[call])
    else:  # its result, the norm, is used
        source.replace(find(source, call, "max_norm", ("parameters", "max_norm")), 'float("inf")')


def _add(program, bound):
    source, step, _ = program.step()
    made, call = program.optimizer()
    params = find(made, call, "params", ("params",))
    if made.function(call) is not source.function(step) and made.function(call) is not None:
        raise Refusal("%s: the parameters have no name beside the optimizer's step" % source.where(step))
    if params is None or [n for n in ast.walk(params) if isinstance(n, (ast.Dict, ast.GeneratorExp))]:
        raise Refusal("%s: the parameters are in groups" % made.where(call))
    if not isinstance(params, ast.Call) and not isinstance(params, (ast.Name, ast.Attribute, ast.List)):
        raise Refusal("%s: the parameters are no list" % made.where(call))
    text = "%s(%s, %s)" % (program.needed(source, "torch.nn.utils.clip_grad_norm_"), made.text(params), bound)
    source.insert_before(source.statement(step), text)
