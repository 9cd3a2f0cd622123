"""The networks that all arms train, and what they train them on and from: files of little-endian float32 and int32.

Weights lie in PyTorch's shapes, but images are rows of pixels with their channels together, so that the dense layer
behind a convolution has its inputs in that order."""

import array
import dataclasses
import math
import pathlib
import random
import sys

ROWS, CLASSES, BATCH = 4096, 10, 64
WRONG = 0.2  # share of labels that are drawn anew, so that no arm trains on a loss of 0


@dataclasses.dataclass
class Network:
    label: str
    features: int
    weights: list  # (fan in, number of weights, number of biases) of each layer
    steps: int  # of one training
    check: int  # steps whose losses are compared

    def inputs(self):
        return f"x{self.features}", f"labels{self.features}"


def dense(*sizes):
    return [(fan_in, fan_in * out, out) for fan_in, out in zip(sizes, sizes[1:])]


NETWORKS = {
    "mlp": Network("MLP 784-256-256-10", 784, dense(784, 256, 256, CLASSES), steps=1000, check=100),
    "tiny": Network("MLP 20-32-32-10", 20, dense(20, 32, 32, CLASSES), steps=1000, check=100),
    "cnn": Network("CNN, two 3x3 convolutions", 784, [(9, 9 * 16, 16), (144, 144 * 32, 32), *dense(7 * 7 * 32, 64, CLASSES)], steps=100, check=12),
}


def write(directory):
    """Leaves data and first weights in a directory, the same ones every time."""
    directory = pathlib.Path(directory)
    for features in {n.features for n in NETWORKS.values()}:
        x, labels = examples(features, random.Random(features))
        save(directory / f"x{features}", "f", x)
        save(directory / f"labels{features}", "i", labels)
    for name, network in NETWORKS.items():
        save(directory / f"{name}.weights", "f", first_weights(network, random.Random(name)))


def examples(features, rng):
    """Noise around one point a class. Every input has a variance of about 1."""
    points = [[rng.gauss(0, 0.3) for _ in range(features)] for _ in range(CLASSES)]
    spread = math.sqrt(3 * (1 - 0.3**2))
    x, labels = array.array("f"), []
    for _ in range(ROWS):
        label = rng.randrange(CLASSES)
        x.extend(p + rng.uniform(-spread, spread) for p in points[label])
        labels.append(rng.randrange(CLASSES) if rng.random() < WRONG else label)
    return x, labels


def first_weights(network, rng):
    """Normal with a variance of 2 by fan in (He et al. 2015); biases 0."""
    for fan_in, weights, biases in network.weights:
        yield from (rng.gauss(0, math.sqrt(2 / fan_in)) for _ in range(weights))
        yield from (0.0 for _ in range(biases))


def save(path, kind, values):
    values = array.array(kind, values)
    if sys.byteorder == "big":
        values.byteswap()
    path.write_bytes(values.tobytes())
