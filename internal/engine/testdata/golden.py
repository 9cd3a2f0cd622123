"""Records what PyTorch makes of networks of every layer and loss, for golden_test.go.

    python golden.py        (writes golden.json beside it; needs PyTorch 2)

Parameters and inputs are drawn from a seed, rounded to three decimals so that
they are short and the same in every type, and given to PyTorch in float64, so
that what is recorded is exact to more than float32; the losses with Keras's
clipping are in float32, whose numbers are the point of it. Images are
[height, width, channels] in the file; parameters have PyTorch's layout.
"""

import json
import math
import pathlib

import torch
import torch.nn.functional as F
from torch import nn


def draw(*shape, scale=1.0, shift=0.0):
    return torch.round((torch.randn(*shape, dtype=torch.float64) * scale + shift) * 1000) / 1000


class Run:
    """One case: draws parameters in the order of the layers and runs them."""

    def __init__(self, train, dtype):
        self.train, self.dtype = train, dtype
        self.params, self.buffers, self.counts = {}, {}, {}

    def param(self, name, *shape, scale=0.5, shift=0.0):
        p = draw(*shape, scale=scale, shift=shift).to(self.dtype).requires_grad_()
        self.params[name] = p
        return p

    def layers(self, layers, x, prefix=""):
        counts = {}
        for layer in layers:
            kind = layer["Kind"]
            counts[kind] = counts.get(kind, 0) + 1
            x = getattr(self, kind)(f"{prefix}{kind.removesuffix('2d')}{counts[kind]}", x, **{k: v for k, v in layer.items() if k != "Kind"})
        return x

    def dense(self, name, x, Units, NoBias=False):
        w = self.param(name + ".weight", Units, x.shape[-1])
        return F.linear(x, w, None if NoBias else self.param(name + ".bias", Units))

    def conv2d(self, name, x, Filters, Kernel, Stride=(1, 1), Padding="same", NoBias=False):
        x = images(x)
        if Padding == "same":
            x = F.pad(x, same(x, Kernel, Stride))
        w = self.param(name + ".weight", Filters, x.shape[1], *Kernel)
        return pixels(F.conv2d(x, w, None if NoBias else self.param(name + ".bias", Filters), stride=tuple(Stride)))

    def max_pool(self, name, x, Size=(2, 2), Stride=None, Padding="valid"):
        x, stride = images(x), tuple(Stride or Size)
        if Padding == "same":
            x = F.pad(x, same(x, Size, stride), value=-math.inf)
        return pixels(F.max_pool2d(x, tuple(Size), stride))

    def avg_pool(self, name, x, Size=(2, 2), Stride=None, Padding="valid"):
        x, stride = images(x), tuple(Stride or Size)
        ones = torch.ones_like(x)
        if Padding == "same":
            p = same(x, Size, stride)
            x, ones = F.pad(x, p), F.pad(ones, p)
        return pixels(F.avg_pool2d(x, tuple(Size), stride) / F.avg_pool2d(ones, tuple(Size), stride))

    def global_avg_pool(self, name, x):
        return x.mean(dim=tuple(range(1, x.dim() - 1)))

    def flatten(self, name, x):
        return x.flatten(1)

    def batch_norm(self, name, x, Momentum=0.1, Eps=1e-5):
        c = x.shape[-1]
        w, b = self.param(name + ".weight", c, shift=1.0), self.param(name + ".bias", c)
        mean, var = draw(c).to(self.dtype), draw(c).abs().add(0.5).to(self.dtype)
        before = mean.clone(), var.clone()
        y = F.batch_norm(x.movedim(-1, 1), mean, var, w, b, self.train, Momentum, Eps).movedim(1, -1)
        self.buffers[name + ".running_mean"] = before[0], mean
        self.buffers[name + ".running_var"] = before[1], var
        return y

    def layer_norm(self, name, x, Eps=1e-5):
        c = x.shape[-1]
        return F.layer_norm(x, (c,), self.param(name + ".weight", c, shift=1.0), self.param(name + ".bias", c), Eps)

    def embedding(self, name, x, Tokens, Units):
        return F.embedding(x.long(), self.param(name + ".weight", Tokens, Units))

    def residual(self, name, x, Body):
        return x + self.layers(Body, x, name + ".")

    def prelu(self, name, x, PerChannel=False):
        slope = self.param(name + ".weight", x.shape[-1] if PerChannel else 1, scale=0.2)
        return F.prelu(x.movedim(-1, 1), slope).movedim(1, -1)

    def dropout(self, name, x, Rate):  # of evaluation: its draws cannot be the same
        return x

    def leaky_relu(self, name, x, Slope=0.01):
        return F.leaky_relu(x, Slope)

    def elu(self, name, x, Alpha=1.0):
        return F.elu(x, Alpha)

    def clip(self, name, x, Lo, Hi):
        return torch.clamp(x, Lo, Hi)

    def softmax(self, name, x):
        return F.softmax(x, -1)

    def round(self, name, x):
        return torch.round(x)


for _name, _f in {"relu": F.relu, "selu": F.selu, "gelu": F.gelu, "silu": F.silu, "tanh": torch.tanh,
                  "sigmoid": torch.sigmoid, "softplus": F.softplus}.items():
    setattr(Run, _name, lambda self, name, x, f=_f: f(x))


def images(x):
    return x.movedim(-1, 1)


def pixels(x):
    return x.movedim(1, -1)


def same(x, size, stride):
    """TensorFlow's "same": left, right, top, bottom."""
    out = []
    for side, k, s in ((x.shape[3], size[1], stride[1]), (x.shape[2], size[0], stride[0])):
        total = max((-(-side // s) - 1) * s + k - side, 0)
        out += [total // 2, total - total // 2]
    return out


def loss_of(loss, out, y, labels):
    kind = loss["Kind"]
    if kind == "cross_entropy":
        return F.cross_entropy(out, labels, label_smoothing=loss.get("Smoothing", 0.0))
    if kind == "categorical_cross_entropy":  # keras.ops.categorical_crossentropy
        q = torch.clamp(out / out.sum(-1, keepdim=True), 1e-7, 1 - 1e-7)
        return -torch.log(q)[torch.arange(len(q)), labels].mean()
    if kind == "bce":  # keras.ops.binary_crossentropy
        q = torch.clamp(out, 1e-7, 1 - 1e-7)
        return -(y * torch.log(q) + (1 - y) * torch.log(1 - q)).mean()
    if kind == "huber":
        return F.huber_loss(out, y, delta=loss.get("Delta", 1.0))
    if kind == "poisson":
        return F.poisson_nll_loss(out, y, log_input=False)
    if kind == "poisson_log":
        return F.poisson_nll_loss(out, y)
    return {"mse": F.mse_loss, "mae": F.l1_loss, "bce_logits": F.binary_cross_entropy_with_logits}[kind](out, y)


def record(name, shape, layers, rows, loss=None, train=True, x=None, y=None):
    torch.manual_seed(sum(map(ord, name)) * 8 + rows)
    loss = loss or {"Kind": "mse"}
    kind = loss["Kind"]
    dtype = torch.float32 if kind in ("bce", "categorical_cross_entropy") else torch.float64
    tokens = layers[0]["Kind"] == "embedding"
    if tokens:
        x = torch.randint(0, layers[0]["Tokens"], (rows, *shape)).to(dtype)
    elif x is None:
        x = draw(rows, *shape).to(dtype).requires_grad_()
    else:
        x = torch.tensor(x, dtype=torch.float32).to(dtype).reshape(rows, *shape).requires_grad_()
    r = Run(train, dtype)
    out = r.layers(layers, x)
    labels = None
    if kind in ("cross_entropy", "categorical_cross_entropy"):
        labels = torch.randint(0, out.shape[-1], (rows,))
    elif y is not None:
        y = torch.tensor(y, dtype=dtype).reshape(out.shape)
    elif kind in ("bce", "bce_logits"):
        y = torch.round(torch.rand(out.shape, dtype=dtype) * 4) / 4
    elif kind in ("poisson", "poisson_log"):
        y = torch.randint(0, 6, out.shape).to(dtype)
    else:
        y = draw(*out.shape).to(dtype)
    value = loss_of(loss, out, y, labels)
    value.backward()
    case = {
        "name": name, "input": shape, "layers": layers, "loss_of": loss, "rows": rows, "train": train,
        "x": numbers(x), "out": numbers(out), "loss": numbers(value)[0],
        "params": {k: numbers(p) for k, p in r.params.items()},
        "grads": {k: numbers(p.grad) for k, p in r.params.items()},
        "buffers": {k: [numbers(b), numbers(a)] for k, (b, a) in r.buffers.items()},
    }
    if labels is None:
        case["y"] = numbers(y)
    else:
        case["labels"] = labels.tolist()
    if not tokens:
        case["dx"] = numbers(x.grad)
    return case


def numbers(t):
    return [float(f"{v:.8g}") for v in t.detach().flatten().tolist()]


def dense(units, **kw):
    return {"Kind": "dense", "Units": units, **kw}


def conv(filters, *kernel, **kw):
    return {"Kind": "conv2d", "Filters": filters, "Kernel": kernel, **kw}


def kind(name, **kw):
    return {"Kind": name, **kw}


def cases():
    relu = kind("relu")
    for rows in range(1, 8):
        yield record("dense, relu and dense", [5], [dense(7), relu, dense(3)], rows, {"Kind": "cross_entropy"})
    yield record("dense without biases", [9], [dense(33, NoBias=True), relu, dense(2)], 5)
    yield record("dense on tokens", [3, 4], [dense(5), kind("tanh"), dense(2)], 3)

    smooth = [("elu", {}), ("elu", {"Alpha": 0.7}), ("selu", {}), ("gelu", {}), ("silu", {}), ("tanh", {}), ("sigmoid", {}),
              ("softplus", {}), ("softmax", {}), ("relu", {}), ("leaky_relu", {}), ("leaky_relu", {"Slope": 0.3}),
              ("prelu", {}), ("prelu", {"PerChannel": True}), ("clip", {"Lo": -0.5, "Hi": 0.8}), ("round", {})]
    for name, kw in smooth:
        yield record(" ".join([name, *map(str, kw)]), [6], [dense(5), kind(name, **kw), dense(2)], 4)
    wide = [-120, -90, -30, -20.5, -3, -1, -1e-3, 0, 1e-3, 1, 3, 20.5, 30, 90, 120]
    for name in ("elu", "selu", "gelu", "silu", "tanh", "sigmoid", "softplus", "softmax", "leaky_relu"):
        yield record(f"{name} far out", [15], [kind(name), dense(2)], 1, x=wide)
    yield record("softmax on tokens", [3, 5], [kind("softmax"), dense(2)], 2)
    yield record("prelu on images", [3, 2, 4], [kind("prelu", PerChannel=True), kind("flatten"), dense(2)], 3)
    yield record("clip at its bounds", [5], [kind("clip", Lo=-1.0, Hi=1.0), dense(2)], 1, x=[-2, -1, 0.5, 1, 2])

    for train in (True, False):
        word = "training" if train else "evaluation"
        for rows, shape in ((7, [5]), (2, [3]), (3, [3, 5, 2])):
            net = [kind("batch_norm"), kind("tanh"), kind("flatten"), dense(2)]
            yield record(f"batch_norm of {len(shape)} dimensions, {word}", shape, net, rows, train=train)
        net = [dense(6), kind("batch_norm", Momentum=0.3, Eps=0.01), dense(2)]
        yield record(f"batch_norm with settings, {word}", [4], net, 5, train=train)
    yield record("layer_norm", [6], [dense(7), kind("layer_norm"), dense(2)], 5)
    yield record("layer_norm on tokens", [3, 5], [kind("layer_norm", Eps=0.01), dense(2)], 2)
    yield record("dropout in evaluation", [5], [dense(6), kind("dropout", Rate=0.5), dense(2)], 3, train=False)

    yield record("embedding", [4], [kind("embedding", Tokens=7, Units=3), kind("flatten"), dense(2)], 5, {"Kind": "cross_entropy"})
    yield record("embedding, mean of the tokens", [6], [kind("embedding", Tokens=5, Units=4), kind("global_avg_pool"), dense(3)], 3, {"Kind": "cross_entropy"})
    yield record("residual", [5], [dense(6), kind("residual", Body=[dense(4), relu, dense(6)]), relu, dense(2)], 4)
    yield record("residual at the start", [4], [kind("residual", Body=[dense(4), relu]), kind("residual", Body=[kind("tanh")]), dense(2)], 3)
    inner = kind("residual", Body=[dense(5), kind("batch_norm"), relu])
    yield record("residual within residual", [4], [dense(5), relu, kind("residual", Body=[relu, inner]), dense(2)], 6)

    for height, width, channels in ((5, 7, 1), (6, 5, 3), (4, 4, 2)):
        for k in ([3, 3], [2, 3], [1, 1], [4, 1]):
            for stride in ([1, 1], [2, 1], [2, 3]):
                for padding in ("same", "valid"):
                    name = f"conv2d {'x'.join(map(str, k))} on {height}x{width}x{channels}, stride {'x'.join(map(str, stride))}, {padding}"
                    rows = 1 + (height + k[0] + stride[1]) % 3
                    net = [conv(3, *k, Stride=stride, Padding=padding), relu, kind("flatten"), dense(2)]
                    yield record(name, [height, width, channels], net, rows)
    yield record("conv2d larger than the image, same", [2, 3, 2], [conv(2, 5, 5), kind("flatten"), dense(1)], 2)
    net = [conv(5, 3, 3, NoBias=True), kind("batch_norm"), relu, kind("global_avg_pool"), dense(2)]
    yield record("conv2d without biases", [4, 5, 3], net, 3)
    net = [conv(3, 3, 3), relu, kind("max_pool"), conv(4, 3, 3), relu, kind("max_pool"), kind("flatten"), dense(3)]
    yield record("conv2d behind conv2d", [6, 6, 1], net, 4, {"Kind": "cross_entropy"})
    body = [conv(3, 3, 3), relu, conv(3, 1, 1)]
    net = [conv(3, 3, 3), relu, kind("residual", Body=body), relu, kind("global_avg_pool"), dense(2)]
    yield record("conv2d in residual", [5, 4, 2], net, 2)

    for pool in ("max_pool", "avg_pool"):
        for size, stride in (([2, 2], None), ([3, 2], None), ([3, 3], [2, 2]), ([2, 2], [1, 3]), ([1, 2], [2, 1])):
            for padding in ("valid", "same"):
                kw = {"Size": size, "Padding": padding}
                if stride:
                    kw["Stride"] = stride
                name = f"{pool} {size[0]}x{size[1]}, stride {stride}, {padding}"
                yield record(name, [5, 7, 3], [conv(3, 1, 1), kind(pool, **kw), kind("flatten"), dense(2)], 2)
    yield record("max_pool of equals", [4, 4, 1], [kind("max_pool"), kind("flatten"), dense(1)], 1, x=[1, 1, 0, 2, 1, 1, 2, 2, -1, -1, 0, 0, -1, -1, 0, 0])
    yield record("global_avg_pool", [3, 4, 2], [kind("global_avg_pool"), dense(2)], 3)

    def last(units=3):
        return [dense(units)]

    def nothing(units):
        """Has parameters, but what goes in comes out."""
        return kind("residual", Body=[dense(units), kind("clip", Lo=0.0, Hi=1e-30)])

    yield record("mse", [4], last(), 5)
    yield record("mse of an image", [3, 4, 2], [conv(2, 3, 3)], 2)
    yield record("mae", [4], last(), 5, {"Kind": "mae"})
    yield record("mae of equals", [2], [nothing(2)], 1, {"Kind": "mae"}, x=[0, 0], y=[0, 5])
    yield record("huber", [4], last(), 5, {"Kind": "huber"})
    yield record("huber with delta", [4], last(), 5, {"Kind": "huber", "Delta": 0.4})
    yield record("poisson", [4], [*last(), kind("softplus")], 5, {"Kind": "poisson"})
    yield record("poisson_log", [4], last(), 5, {"Kind": "poisson_log"})
    yield record("bce_logits", [4], last(), 5, {"Kind": "bce_logits"})
    yield record("bce_logits far out", [6], [nothing(6)], 1, {"Kind": "bce_logits"}, x=[-200, -40, -1, 1, 40, 200])
    yield record("cross_entropy", [4], last(5), 6, {"Kind": "cross_entropy"})
    yield record("cross_entropy far out", [4], [nothing(4)], 2, {"Kind": "cross_entropy"}, x=[300, -300, 0, 20, 1000, 999, 998, -1000])
    yield record("cross_entropy with smoothing", [4], last(5), 6, {"Kind": "cross_entropy", "Smoothing": 0.1})
    yield record("cross_entropy of one unit", [4], last(1), 3, {"Kind": "cross_entropy"})
    yield record("softmax before cross_entropy", [4], [*last(), kind("softmax")], 5, {"Kind": "cross_entropy"})
    yield record("categorical_cross_entropy", [4], [*last(5), kind("softmax")], 6, {"Kind": "categorical_cross_entropy"})
    yield record("categorical_cross_entropy without softmax", [4], [*last(5), kind("sigmoid")], 6, {"Kind": "categorical_cross_entropy"})
    yield record("categorical_cross_entropy, clipped", [4], [kind("softmax"), nothing(4)], 4,
                 {"Kind": "categorical_cross_entropy"}, x=[40, 0, 0, 0, 0, 40, 0, 0, 0, 0, 40, 0, 0, 0, 0, 1])
    yield record("bce", [4], [*last(), kind("sigmoid")], 5, {"Kind": "bce"})
    edge = [-0.5, 0, 5e-8, 1.5e-7, 0.25, 0.999999, 1, 1.5]
    yield record("bce, clipped", [8], [nothing(8)], 1, {"Kind": "bce"}, x=edge, y=[0, 1, 1, 1, 0.5, 0, 0, 1])
    yield record("sigmoid before mse", [4], [*last(1), kind("sigmoid")], 5)
    yield record("relu on the output", [4], [*last(2), relu], 5)


def initializers():
    """Standard deviation and bound of what each draws, by PyTorch's own functions."""
    draws = {
        "he_normal": lambda w: nn.init.kaiming_normal_(w, nonlinearity="relu"),
        "he_uniform": lambda w: nn.init.kaiming_uniform_(w, nonlinearity="relu"),
        "lecun_normal": lambda w: nn.init.kaiming_normal_(w, nonlinearity="linear"),
        "lecun_uniform": lambda w: nn.init.kaiming_uniform_(w, nonlinearity="linear"),
        "xavier_normal": nn.init.xavier_normal_,
        "xavier_uniform": nn.init.xavier_uniform_,
        "orthogonal": nn.init.orthogonal_,
        "pytorch": lambda w: nn.init.kaiming_uniform_(w, a=math.sqrt(5)),
        "keras": nn.init.xavier_uniform_,
        "normal": nn.init.normal_,
        "uniform": nn.init.uniform_,
    }
    torch.manual_seed(0)
    for name, f in draws.items():
        for shape in ((300, 500), (64, 32, 3, 5)):
            w = f(torch.empty(*shape))
            yield {"name": name, "shape": shape, "mean": w.mean().item(), "std": w.std().item(), "bound": w.abs().max().item()}


if __name__ == "__main__":
    to = pathlib.Path(__file__).with_name("golden.json")
    lines = [json.dumps(c, separators=(",", ":")) for c in cases()]
    inits = [json.dumps(c, separators=(",", ":")) for c in initializers()]
    to.write_text('{"torch":"%s","cases":[\n%s\n],"initializers":[\n%s\n]}\n' % (torch.__version__, ",\n".join(lines), ",\n".join(inits)))
