"""Holds that the bytes of a node are its bytes, in random sources of any line ends and letters, and that an edit changes
its place and nothing else. Arguments: the editor's directory, how many sources, a seed."""

import ast
import random
import sys

sys.path.insert(0, sys.argv[1])
from source import Source  # noqa: E402

NAMES = ["x", "größe", "数据", "ñ_1", "model", "оптимизатор"]
TEXTS = ["'é'", '"𝄞 # no comment"', "'''two\nlines\x0c\u2028of текст'''", "b'bytes'", "f'{x}'", "'\\u00e9'"]


def expression(r, depth):
    if depth == 0:
        return r.choice(NAMES + TEXTS + ["1", "1e-3", "-2", "None"])
    part = [expression(r, depth - 1) for _ in range(3)]
    return r.choice(["%s(%s, größe=%s)", "(%s +\n    %s) * %s", "[%s, # ü\n %s,\n%s]", "%s if %s else %s", "{%s: %s, 'k': %s}", "(%s, %s, %s,)"]) % tuple(part)


def text(r):
    lines = []
    for _ in range(r.randint(1, 6)):
        kind = r.randrange(5)
        value = expression(r, r.randint(0, 2))
        lines.append(["%s = %s" % (r.choice(NAMES), value), "if größe:\n\t%s = (%s)" % (r.choice(NAMES), value),
                      "# комментарий", "\x0c", "def ƒ(x):\n    '''док'''\n    return (%s)" % value][kind])
    ends = r.choice(["\n", "\r\n", "\r"])
    return r.choice(["", "\ufeff"]) + "\n".join(lines).replace("\n", ends) + r.choice(["", ends])


def check(source, r):
    literals = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.expr) and not any(isinstance(p, ast.JoinedStr) for p in source.up(node)):
            if isinstance(getattr(node, "ctx", None), ast.Store):
                assert source.text(node).isidentifier()
                continue
            again = ast.parse("(" + source.text(node) + "\n)", mode="eval").body
            assert ast.dump(again) == ast.dump(node), (source.text(node), ast.dump(node))
            if isinstance(node, ast.Constant):
                literals.append(node)
    if literals:
        node = r.choice(literals)
        start, end = source.start(node), source.end(node)
        source.replace(node, "123456")
        result = source.result()
        assert result == source.data[:start] + b"123456" + source.data[end:]
        node.value, node.kind = 123456, None
        assert ast.dump(ast.parse(result)) == ast.dump(source.tree)


def main():
    tried = 0
    r = random.Random(int(sys.argv[3]))
    for _ in range(int(sys.argv[2])):
        code = text(r)
        try:
            ast.parse(code.encode())
        except SyntaxError:
            continue
        tried += 1
        source = Source("a.py", code)
        check(source, r)
    print(tried)


main()
