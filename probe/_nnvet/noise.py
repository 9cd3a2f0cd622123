"""How far the gradients of single rows lie from their mean, for nothing: of a dense layer, the gradient of a row is the
outer product of what goes in and of the gradient that comes back, so its squared norm is |delta|^2 (|h|^2 + 1)
(Goodfellow 2015, arXiv:1510.01799)."""

from . import stats

LARGEST = 1 << 22  # elements of a weight beyond which its layer is left out
TRUE = 1e-3  # relative deviation up to which a bias's gradient is the sum over the rows that were seen


class Noise:
    """Follows the first batch of a step through the dense layers that have a bias and are fed tables."""

    def __init__(self):
        self.clear()

    def clear(self):
        self.layers = {}  # module number: module, or None of one that was called twice
        self.seen = {}  # module number: (squared gradients of the rows, their sum's bias gradient)

    def output(self, number, module, inputs, output):
        """Returns a function that takes the gradient of a dense layer's output, or None."""
        if number in self.layers:
            self.layers[number] = None
            return None
        h = inputs[0] if inputs else None
        if not isinstance(h, stats.torch.Tensor) or h.dim() != 2 or output.dim() != 2 or h.shape[0] < stats.FEW:
            return None
        weight, bias = module.weight, module.bias
        if bias is None or not weight.requires_grad or not bias.requires_grad or weight.numel() > LARGEST:
            return None
        self.layers[number] = module
        size = h.detach().float().square().sum(1) + 1

        def take(gradient):
            if number not in self.seen:
                delta = gradient.float()
                self.seen[number] = delta.square().sum(1) * size, delta.sum(0)

        return take

    def record(self, step, rows, mean):
        """Returns the record of a step whose loss is over so many rows, a mean of them or a sum; None where nothing fits.

        Whatever changed a gradient after the backward pass, such as clipping, changed all of it alike or makes it unfit;
        the bias tells."""
        row, batch = 0, 0.0
        for number, (squares, total) in self.seen.items():
            module = self.layers[number]
            if module is None or squares.shape[0] != rows or module.weight.grad is None or module.bias.grad is None:
                continue
            bias, weight = module.bias.grad.detach().float(), module.weight.grad.detach().float().reshape(-1)
            own, cross, length, heavy = stats.torch.stack((total.dot(total), total.dot(bias), bias.dot(bias), weight.dot(weight))).tolist()
            scale = cross / own if own > 0 else 0.0
            if not scale > 0 or not length - scale * cross <= TRUE * TRUE * length:
                continue
            row = row + squares
            batch += (heavy + length) / (scale * scale)
        if not isinstance(row, stats.torch.Tensor):
            return None
        factor = rows if mean else 1
        record = {"k": "noise", "s": step, "row": row.mean().item() * factor * factor, "batch": batch / (1 if mean else rows * rows)}
        if not all(0 <= record[k] < float("inf") for k in ("row", "batch")):
            return None
        record["row"], record["batch"] = stats.short((record["row"], record["batch"]))
        return record
