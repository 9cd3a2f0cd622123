"""Records what trainings in PyTorch reach, for parity_test.go.

    python parity.py        (writes parity.json, cars.csv and moons.csv beside it; needs PyTorch 2 and scikit-learn)

Each training runs from ten seeds. Everything but the random numbers is the same
on both sides: rows, preparation, layers, the distribution that the parameters
start from, loss, optimizer, batch and epochs. Recorded are, seed by seed, the
score on the rows held out (accuracy or R2) and the mean loss of the last
epoch's training batches, each before its update.

Two more trainings are recorded step by step, from given parameters over given
batches: there even the figures of single steps have to agree.
"""

import copy
import json
import math
import pathlib

import numpy as np
import torch
from sklearn.datasets import make_moons
from torch import nn

HERE = pathlib.Path(__file__).parent
DATA = HERE / "../../../examples/data"
SEEDS = 10
torch.set_num_threads(1)


def dense(units, init):
    return {"kind": "dense", "units": units, "init": {"kind": init}}


def conv(filters, init):
    return {"kind": "conv2d", "filters": filters, "kernel": [3, 3], "init": {"kind": init}}


def layer(kind, **settings):
    return dict(settings, kind=kind)


RELU, TANH = layer("relu"), layer("tanh")
# No initializer stands for the engine's default: he_normal before ReLU, lecun_normal elsewhere. Everything that could
# differ is in one of them at least: each optimizer, dropout, running statistics, decay, short last batches.
TRAININGS = [
    dict(
        name="digits", file="digits.npz", target="digit", held=360, batch=32, epochs=8,
        layers=[layer("flatten"), dense(32, "pytorch"), RELU, layer("dropout", rate=0.2), dense(10, "pytorch")],
        loss={"kind": "cross_entropy"}, optimizer={"kind": "adam", "lr": 0.002},
    ),
    dict(
        name="digits by convolutions", file="digits.npz", target="digit", held=360, batch=64, epochs=5,
        layers=[conv(8, "he_normal"), RELU, layer("max_pool"), conv(16, "he_normal"), RELU, layer("flatten"), dense(10, "he_normal")],
        loss={"kind": "cross_entropy"}, optimizer={"kind": "sgd", "lr": 0.01, "momentum": 0.9},
    ),
    dict(
        name="diabetes", file="diabetes.csv", target="progression", held=110, batch=32, epochs=30,
        layers=[dense(32, "xavier_uniform"), TANH, dense(16, "xavier_uniform"), TANH, dense(1, "xavier_uniform")],
        loss={"kind": "mse"}, optimizer={"kind": "adamw", "lr": 0.003, "decay": 0.1},
    ),
    dict(
        name="cars", file="cars.csv", target="mpg", held=98, batch=32, epochs=15,
        layers=[dense(32, ""), RELU, layer("batch_norm"), dense(16, ""), RELU, dense(1, "")],
        loss={"kind": "huber"}, optimizer={"kind": "rmsprop", "lr": 0.001},
    ),
    dict(
        name="moons", file="moons.csv", target="upper", held=400, batch=32, epochs=6,
        layers=[dense(16, "orthogonal"), RELU, dense(16, "orthogonal"), RELU, dense(1, "orthogonal")],
        loss={"kind": "bce_logits"}, optimizer={"kind": "sgd", "lr": 0.02, "momentum": 0.9, "nesterov": True},
    ),
]


def write_cars():
    """Cars as in the data set on miles per gallon: what they use goes by weight and power, in the manner of a ratio."""
    rng, n = np.random.default_rng(7), 392
    cylinders = rng.choice([4, 6, 8], n, p=[0.5, 0.25, 0.25])
    displacement = cylinders * rng.normal(37, 5, n)
    horsepower = 30 + 0.4 * displacement + rng.normal(0, 12, n)
    weight = 1500 + 7 * displacement + rng.normal(0, 250, n)
    acceleration = 8 + 0.3 * weight / horsepower + rng.normal(0, 1, n)
    year = rng.integers(70, 83, n)
    origin = rng.choice([1, 2, 3], n, p=[0.6, 0.2, 0.2])
    axle = rng.normal(3.2, 0.4, n)
    mpg = 62000 / (weight + 4 * horsepower) * (1 + 0.03 * (year - 76)) + 2 * np.sin(2 * axle) * (origin == 1) + rng.normal(0, 1.5, n)
    write("cars.csv", "cylinders,displacement,horsepower,weight,acceleration,year,origin,axle,mpg", "%d,%.1f,%.1f,%.0f,%.2f,%d,%d,%.3f,%.2f",
          cylinders, displacement, horsepower, weight, acceleration, year, origin, axle, mpg)


def write_moons():
    x, y = make_moons(1000, noise=0.25, random_state=7)
    write("moons.csv", "x,y,upper", "%.4f,%.4f,%d", x[:, 0], x[:, 1], 1 - y)


def write(name, header, form, *columns):
    np.savetxt(HERE / name, np.column_stack(columns), fmt=form, header=header, comments="")


def read(t):
    if t["file"].endswith(".npz"):
        arrays = np.load(DATA / t["file"])
        return arrays["image"].astype(float), arrays[t["target"]].astype(int)
    path = HERE / t["file"]
    table = np.genfromtxt(path if path.exists() else DATA / t["file"], delimiter=",", names=True)
    return np.column_stack([table[c] for c in table.dtype.names if c != t["target"]]), table[t["target"]]


def prepare(t, x, y):
    """Standardizes inputs, and targets that are quantities, by the training rows; an image by all of its pixels."""
    over = tuple(range(x.ndim - 1))
    x = (x - x[t["train"]].mean(over)) / x[t["train"]].std(over)
    if t["loss"]["kind"] in ("mse", "huber"):
        y = (y - y[t["train"]].mean()) / y[t["train"]].std()
    x = torch.tensor(x, dtype=torch.float32)
    if x.dim() == 4:
        x = x.permute(0, 3, 1, 2)
    y = torch.tensor(y)
    return x, y if t["loss"]["kind"] == "cross_entropy" else y.float().reshape(-1, 1)


def network(layers, x):
    """PyTorch's modules for the layers; the inputs say what sizes they take."""
    modules, x = [], x[:2]
    for i, at in enumerate(layers):
        kind = at["kind"]
        if kind == "dense":
            m = nn.Linear(x.shape[1], at["units"])
        elif kind == "conv2d":
            m = nn.Conv2d(x.shape[1], at["filters"], at["kernel"], padding="same")
        elif kind == "batch_norm":
            m = nn.BatchNorm1d(x.shape[1])
        elif kind == "dropout":
            m = nn.Dropout(at["rate"])
        else:
            m = {"relu": nn.ReLU, "tanh": nn.Tanh, "flatten": nn.Flatten, "max_pool": lambda: nn.MaxPool2d(2)}[kind]()
        if "init" in at:
            initialize(m, at["init"]["kind"] or ("he_normal" if RELU in layers[i + 1:i + 2] else "lecun_normal"))
        modules.append(m)
        with torch.no_grad():
            x = copy.deepcopy(m)(x)
    return nn.Sequential(*modules)


def initialize(m, kind):
    if kind == "pytorch":
        return
    nn.init.zeros_(m.bias)
    {
        "he_normal": lambda w: nn.init.kaiming_normal_(w, nonlinearity="relu"),
        "lecun_normal": lambda w: nn.init.kaiming_normal_(w, nonlinearity="linear"),
        "xavier_uniform": nn.init.xavier_uniform_,
        "orthogonal": nn.init.orthogonal_,
    }[kind](m.weight)


def loss_of(kind):
    return {"cross_entropy": nn.CrossEntropyLoss, "mse": nn.MSELoss, "huber": nn.HuberLoss, "bce_logits": nn.BCEWithLogitsLoss}[kind]()


def optimizer_of(settings, parameters):
    kinds = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "sgd": torch.optim.SGD, "rmsprop": torch.optim.RMSprop}
    rename = {"decay": "weight_decay"}
    return kinds[settings["kind"]](parameters, **{rename.get(k, k): v for k, v in settings.items() if k != "kind"})


def step(net, loss, optimizer, x, y):
    value = loss(net(x), y)
    optimizer.zero_grad()
    value.backward()
    optimizer.step()
    return value.item()


def train(t, x, y, seed):
    torch.manual_seed(seed)
    net, loss = network(t["layers"], x), loss_of(t["loss"]["kind"])
    optimizer = optimizer_of(t["optimizer"], net.parameters())
    rows = torch.tensor(t["train"])
    for _ in range(t["epochs"]):
        total = 0.0
        for batch in rows[torch.randperm(len(rows))].split(t["batch"]):
            total += step(net, loss, optimizer, x[batch], y[batch]) * len(batch)
    net.eval()
    with torch.no_grad():
        out, y = net(x[t["test"]]), y[t["test"]]
    if t["loss"]["kind"] == "cross_entropy":
        score = (out.argmax(1) == y).double().mean()
    elif t["loss"]["kind"] == "bce_logits":
        score = ((out > 0) == (y > 0.5)).double().mean()
    else:
        score = 1 - (out - y).double().square().sum() / (y - y.mean()).double().square().sum()
    return score.item(), total / len(rows)


def record(t):
    x, y = read(t)
    rows = np.random.default_rng(1).permutation(len(x))
    held = t.pop("held")
    t["test"], t["train"] = sorted(rows[:held].tolist()), sorted(rows[held:].tolist())
    x, y = prepare(t, x, y)
    reached = [train(t, x, y, seed) for seed in range(SEEDS)]
    t["scores"], t["losses"] = ([digits(v, 6) for v in column] for column in zip(*reached))
    print(t["name"], t["scores"], t["losses"])
    return t


def digits(v, n):
    return float(f"{v:.{n}g}")


STEPS, ROWS = 100, 32


def step_by_step():
    """Pixels are divided by 16, which is exact. float64 tells how far rounding alone takes PyTorch itself."""
    torch.manual_seed(1)
    arrays = np.load(DATA / "digits.npz")
    x, y = torch.tensor(arrays["image"].reshape(-1, 64) / 16, dtype=torch.float32), torch.tensor(arrays["digit"].astype(int))
    net = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 10))
    batches = [torch.randperm(len(x))[:ROWS] for _ in range(STEPS)]
    runs = []
    for settings in ({"kind": "sgd", "lr": 0.1, "momentum": 0.9}, {"kind": "adam", "lr": 0.005}):
        losses = {}
        for dtype in (torch.float32, torch.float64):
            trained = copy.deepcopy(net).to(dtype)
            optimizer = optimizer_of(settings, trained.parameters())
            losses[dtype] = [step(trained, nn.CrossEntropyLoss(), optimizer, x[b].to(dtype), y[b]) for b in batches]
        drift = max(abs(a - b) / b for a, b in zip(losses[torch.float32], losses[torch.float64]))
        print(settings, "drift", drift, "loss", losses[torch.float32][0], losses[torch.float32][-1])
        runs.append({"optimizer": settings, "drift": digits(drift, 3), "losses": [digits(v, 9) for v in losses[torch.float32]]})
    params = {name: [digits(v, 9) for v in p.reshape(-1).tolist()] for name, p in zip(
        ("dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias"), net.parameters())}
    return {"batch": ROWS, "order": torch.cat(batches).tolist(), "params": params, "runs": runs}


def main():
    write_cars()
    write_moons()
    recorded = {"torch": torch.__version__.split("+")[0], "steps": step_by_step(), "trainings": [record(t) for t in TRAININGS]}
    assert all(math.isfinite(v) for t in recorded["trainings"] for v in t["scores"] + t["losses"])
    lines = json.dumps(recorded, separators=(",", ":"))
    (HERE / "parity.json").write_text(lines + "\n")


main()
