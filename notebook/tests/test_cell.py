"""Cells of a real IPython, one after the other as in a notebook."""

import glob
import json
import os
import sys
import tempfile
import unittest
from html.parser import HTMLParser

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

HERE = os.path.dirname(os.path.abspath(__file__))

NETWORK = """
import torch
from torch import nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 3)
    def forward(self, x):
        return torch.softmax(self.fc(x), 1)
net = Net()
x, y = torch.randn(256, 8), torch.randint(0, 3, (256,))
loss = nn.CrossEntropyLoss()
def train(opt, steps):
    for _ in range(steps):
        opt.zero_grad()
        l = loss(net(x), y)
        l.backward()
        opt.step()
    return l.item()
"""


class Elements(HTMLParser):
    """Counts what could act: scripts, handlers, addresses."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.acts = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name.startswith("on") or name in ("src", "href", "action") and not (value or "").startswith("#"):
                self.acts.append((tag, name, value))


class TestCell(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        sys.path.insert(0, os.path.dirname(HERE))
        cls.directory = tempfile.TemporaryDirectory()
        os.chdir(cls.directory.name)
        cls.shell = InteractiveShell.instance()
        cls.cell("import torch\nold = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)")  # before the extension
        cls.cell("%load_ext nnvet")
        cls.cell(NETWORK)

    @classmethod
    def tearDownClass(cls):
        os.chdir(HERE)
        cls.directory.cleanup()

    @classmethod
    def cell(cls, text):
        with capture_output() as captured:
            result = cls.shell.run_cell(text)
        return result, captured

    def diagnosed(self, cell):
        """Returns the bundle below a cell, and its diagnosis."""
        result, captured = self.cell(cell)
        self.assertTrue(result.success, captured.stdout)
        bundles = [o.data for o in captured.outputs if "text/html" in o.data]
        self.assertEqual(len(bundles), 1, captured.stderr)
        newest = max(glob.glob(".nnvet/runs/*/diagnosis.json"), key=os.path.getmtime)
        with open(newest) as f:
            return bundles[0], json.load(f), captured

    def test_watched(self):
        bundle, d, captured = self.diagnosed("%%nnvet\nopt = torch.optim.SGD(net.parameters(), lr=0.01)\ntrain(opt, 60)\n")
        self.assertIn("NN0703", [f["id"] for f in d["findings"]])
        self.assertEqual((d["run"]["steps"], d["run"]["script"], d["run"]["ended"]), (60, "cell.py", "exit"))
        self.assertIn("softmax feeds cross_entropy", bundle["text/plain"])
        self.assertIn("softmax feeds cross_entropy", bundle["text/markdown"].replace("\\", ""))
        self.assertRegex(captured.stdout, r"Out\[\d*\]: [0-9.]+")  # the value of the last expression
        page = Elements(bundle["text/html"])
        self.assertIn("svg", page.tags)
        self.assertFalse({"script", "iframe", "object", "link", "form", "button", "img"} & set(page.tags))
        self.assertEqual(page.acts, [])
        self.assertEqual(len(page.ids), len(set(page.ids)))

    def test_lines_are_those_of_the_cell(self):
        _, d, _ = self.diagnosed("%%nnvet\nopt = torch.optim.SGD(net.parameters(), lr=0.01)\nfor _ in range(60):\n"
                                 "    opt.zero_grad()\n    l = loss(net(x), y)\n    l.backward()\n    opt.step()\n")
        place = next(f["location"] for f in d["findings"] if f["id"] == "NN0703")
        self.assertEqual(place["line"], 5)
        self.assertRegex(place["file"], r"^\.nnvet/runs/[0-9a-f]+/cell\.py$")

    def test_cells_are_apart(self):
        self.cell("opt = torch.optim.SGD(net.parameters(), lr=0.01)\ntrain(opt, 7)")  # not watched
        before = len(glob.glob(".nnvet/runs/*"))
        first, one, _ = self.diagnosed("%%nnvet\n_ = train(opt, 55)\n")
        self.cell("train(opt, 9)")
        second, two, _ = self.diagnosed("%%nnvet\n_ = train(opt, 66)\n")
        self.assertEqual((one["run"]["steps"], two["run"]["steps"]), (55, 66))
        self.assertEqual(len(glob.glob(".nnvet/runs/*")), before + 2)
        self.assertFalse(set(Elements(first["text/html"]).ids) & set(Elements(second["text/html"]).ids))

    def test_an_optimizer_from_before(self):
        self.cell("old.add_param_group({'params': list(net.parameters())})")
        _, d, _ = self.diagnosed("%%nnvet\n_ = train(old, 52)\n")
        self.assertEqual(d["run"]["steps"], 52)

    def test_raises(self):
        result, captured = self.cell("%%nnvet\nopt = torch.optim.SGD(net.parameters(), lr=0.01)\ntrain(opt, 60)\n1/0\n")
        self.assertIsInstance(result.error_in_exec, ZeroDivisionError)
        self.assertTrue(any("softmax feeds" in o.data.get("text/plain", "") for o in captured.outputs))
        self.assertIn("ZeroDivisionError", captured.outputs[-1].data["text/plain"])
        _, d, _ = self.diagnosed("%%nnvet\n_ = train(opt, 60)\n")
        self.assertEqual(d["run"]["ended"], "exit")

    def test_nothing_to_watch(self):
        self.diagnosed("%%nnvet\n_ = train(torch.optim.SGD(net.parameters(), lr=0.01), 60)\n")
        before = sorted(glob.glob(".nnvet/runs/*"))
        result, captured = self.cell("%%nnvet\nprint(6 * 7)\n")
        self.assertTrue(result.success)
        self.assertIn("42", captured.stdout)
        self.assertIn("nothing was watched", captured.stderr)
        self.assertEqual(sorted(glob.glob(".nnvet/runs/*")), before)
        result, captured = self.cell("import nnvet\nnnvet.show()")
        self.assertIn("softmax feeds", repr(result.result))

    def test_a_cell_that_is_no_python(self):
        result, _ = self.cell("%%nnvet\nfor in\n")
        self.assertFalse(result.success)
        self.diagnosed("%%nnvet\n_ = train(torch.optim.SGD(net.parameters(), lr=0.01), 60)\n")

    def test_weights_are_as_without(self):
        same = "torch.manual_seed(3)\nnet = Net()\n_ = train(torch.optim.Adam(net.parameters(), lr=0.01), 40)\n"
        same += "bits = float(sum(p.sum() for p in net.parameters()).item()), torch.rand(1).item()\n"
        self.cell(same)
        want = self.shell.user_ns["bits"]
        self.diagnosed("%%nnvet\n" + same)
        self.assertEqual(self.shell.user_ns["bits"], want)


if __name__ == "__main__":
    unittest.main()
