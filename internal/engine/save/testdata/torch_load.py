"""Loads a model file into a matching PyTorch module, for torch_test.go.

Reads {"path", "shape", "x"} as JSON from stdin and writes {"format", "y"}.
"""

import json
import sys
from collections import OrderedDict

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import nn


class Pixels(nn.Module):
    """Gives the channels of an image last, as the engine flattens them."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1)


case = json.load(sys.stdin)
torch.set_num_threads(1)
model = nn.Sequential(
    OrderedDict(
        conv1=nn.Conv2d(2, 3, (3, 3), padding="same"),
        batch_norm1=nn.BatchNorm2d(3),
        relu1=nn.ReLU(),
        pool=nn.MaxPool2d(2),
        pixels=Pixels(),
        flatten1=nn.Flatten(),
        dense1=nn.Linear(18, 5),
        prelu1=nn.PReLU(),
        layer_norm1=nn.LayerNorm(5),
        dense2=nn.Linear(5, 4),
    )
)
state = load_file(case["path"])
# batches are counted by PyTorch alone, and only where it is told no momentum
model.load_state_dict({**state, "batch_norm1.num_batches_tracked": torch.tensor(0)})
model.eval()
x = torch.tensor(np.array(case["x"], dtype=np.float32).reshape(case["shape"]))
with torch.no_grad():
    y = model(x.permute(0, 3, 1, 2).contiguous())
with safe_open(case["path"], "pt") as f:
    form = f.metadata()["format"]
json.dump({"format": form, "y": [repr(float(v)) for v in y.ravel()]}, sys.stdout)
