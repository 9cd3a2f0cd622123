"""A file of the user's: its tree, where its nodes lie in bytes, and the edits that were asked for."""

import ast
import re

from refusal import Refusal

_NEWLINE = re.compile(rb"\r\n|\r|\n")  # what Python itself takes for one; a form feed is none
_BOM = b"\xef\xbb\xbf"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Source:
    def __init__(self, path, text):
        self.path = path
        self.data = text.encode("utf-8")
        try:
            self.tree = ast.parse(self.data)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as e:
            raise Refusal("%s is not read by this Python: %s" % (path, e)) from None
        first = len(_BOM) if self.data.startswith(_BOM) else 0  # columns of the first line do not count it
        self.lines = [first] + [m.end() for m in _NEWLINE.finditer(self.data)]
        found = _NEWLINE.search(self.data)
        self.newline = found.group().decode() if found else "\n"
        self.edits = []  # (start, end, new text), of bytes
        self.parent = {}
        for node in ast.walk(self.tree):
            for child in ast.iter_child_nodes(node):
                self.parent[child] = node

    def offset(self, line, column):
        """Returns the byte at a line from 1 and a column from 0, in bytes of UTF-8."""
        return self.lines[line - 1] + column

    def start(self, node):
        return self.offset(node.lineno, node.col_offset)

    def end(self, node):
        return self.offset(node.end_lineno, node.end_col_offset)

    def text(self, node):
        return self.between(self.start(node), self.end(node))

    def between(self, start, end):
        return self.data[start:end].decode("utf-8")

    def edit(self, start, end, new):
        new = new.replace("\n", self.newline)
        if (start, end, new) not in self.edits:
            self.edits.append((start, end, new))

    def replace(self, node, new):
        self.edit(self.start(node), self.end(node), new)

    def insert(self, at, new):
        self.edit(at, at, new)

    def expression(self, start, end):
        """Returns the expression that is just the text between two bytes, or None."""
        found = (n for n in ast.walk(self.tree) if isinstance(n, ast.expr) and self.start(n) == start and self.end(n) == end)
        return next(found, None)

    def line_start(self, at):
        return max(start for start in [0] + self.lines if start <= at)

    def line_end(self, at):
        """Returns where the next line begins, or the end of the file."""
        return min([start for start in self.lines if start > at], default=len(self.data))

    def indent(self, node):
        """Returns the white space before a statement that begins its line, or None."""
        start = self.start(node)
        before = self.between(max(self.line_start(start), self.lines[0]), start)
        return before if not before.strip() else None

    def insert_before(self, statement, new):
        """Puts lines before a statement, at its indentation."""
        indent = self.indent(statement)
        if indent is None:
            raise Refusal("%s:%d holds several statements" % (self.path, statement.lineno))
        self.insert(self.start(statement), new.rstrip("\n").replace("\n", "\n" + indent) + "\n" + indent)

    def insert_after(self, statement, new):
        indent = self.indent(statement)
        end = self.end(statement)
        stop = self.line_end(end)
        rest = self.between(end, stop).strip()
        if indent is None or rest and not rest.startswith("#"):
            raise Refusal("%s:%d holds several statements" % (self.path, statement.lineno))
        new = indent + new.rstrip("\n").replace("\n", "\n" + indent) + "\n"
        closed = _NEWLINE.search(self.data[end:stop]) is not None
        self.insert(stop, new if closed else "\n" + new.rstrip("\n"))

    def take_out(self, statement):
        """Deletes a statement with its lines; where its block would be empty, `pass` takes its place."""
        if self.alone(statement):
            self.replace(statement, "pass")
            return
        start, end = self.start(statement), self.end(statement)
        rest = self.between(end, self.line_end(end)).strip()
        if self.indent(statement) is None or rest and not rest.startswith("#"):
            raise Refusal("%s:%d holds several statements" % (self.path, statement.lineno))
        self.edit(max(self.line_start(start), self.lines[0]), self.line_end(end), "")

    def alone(self, statement):
        for name in ("body", "orelse", "finalbody"):
            if statement in (getattr(self.parent[statement], name, None) or ()):
                return len(getattr(self.parent[statement], name)) == 1
        return False

    def up(self, node):
        """Yields what holds a node, innermost first."""
        while node in self.parent:
            node = self.parent[node]
            yield node

    def statement(self, node):
        while not isinstance(node, ast.stmt):
            node = self.parent[node]
        return node

    def function(self, node):
        """Returns the function that holds a node, or None at the top of the file."""
        return next((n for n in self.up(node) if isinstance(n, FUNCTIONS + (ast.Lambda,))), None)

    def cls(self, node):
        return next((n for n in self.up(node) if isinstance(n, ast.ClassDef)), None)

    def where(self, node):
        return "%s:%d" % (self.path, node.lineno)

    def bracketed(self, node):
        """Returns the text of an expression, in brackets where what stands beside it could take it apart."""
        text = self.text(node)
        whole = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant, ast.Tuple, ast.List, ast.Dict)
        return text if isinstance(node, whole) else "(%s)" % text

    def list_item(self, items, item):
        """Takes an item out of what commas part, with its line where it stands alone."""
        start, end = self.start(item), self.end(item)
        i = items.index(item)
        after = re.match(rb"\s*,", self.data[end:])
        if after:
            stop = end + after.end()
            line, over = self.line_start(start), self.line_end(stop)
            if not self.between(line, start).strip() and not self.between(stop, over).strip():
                self.edit(line, over, "")
            elif i + 1 < len(items):
                self.edit(start, self.start(items[i + 1]), "")
            else:
                self.edit(start, stop, "")
        elif i > 0:
            self.edit(self.end(items[i - 1]), end, "")
        else:
            self.edit(start, end, "")

    def result(self):
        """Returns the text with the edits, which must not overlap."""
        out, at = [], 0
        for start, end, new in self.sorted():
            if start < at:
                raise Refusal("two changes meet at %s:%d" % (self.path, self.data[:start].count(b"\n") + 1))
            out += [self.data[at:start], new.encode("utf-8")]
            at = end
        data = b"".join(out + [self.data[at:]])
        try:
            ast.parse(data)
        except SyntaxError as e:
            raise Refusal("the changed %s would not be Python: %s" % (self.path, e)) from None
        return data

    def sorted(self):
        # Insertions at one place keep their order, and stand before what is replaced there.
        return sorted(self.edits, key=lambda e: (e[0], e[1] > e[0]))
