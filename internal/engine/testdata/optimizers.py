"""Records what PyTorch's optimizers, schedules and clipping make of given gradients, and of a small training.

    python optimizers.py > optimizers.json

It needs the newest PyTorch (tools/torch.sh --newest). The numbers are float32, written so that they come back exactly.
"""

import json
import sys
import warnings

import torch

warnings.simplefilter("ignore")  # of schedulers that are asked before an optimizer's step
torch.manual_seed(3)
STEPS = 20
start = torch.randn(7)
gradients = torch.randn(STEPS, 7) * torch.logspace(-3, 1, 7)
gradients[4] = 0
gradients[:, 3] = 0  # a parameter without a gradient


def numbers(t):
    return [float(f"{v:.9g}") for v in t.reshape(-1).tolist()]


# name, PyTorch's class, its arguments, our settings
OPTIMIZERS = [
    ("sgd", torch.optim.SGD, {}, {}),
    ("sgd decay", torch.optim.SGD, dict(lr=0.1, weight_decay=0.05), dict(LR=0.1, Decay=0.05)),
    ("momentum", torch.optim.SGD, dict(lr=0.1, momentum=0.9), dict(LR=0.1, Momentum=0.9)),
    ("dampening", torch.optim.SGD, dict(lr=0.1, momentum=0.9, dampening=0.3), dict(LR=0.1, Momentum=0.9, Dampening=0.3)),
    ("momentum decay", torch.optim.SGD, dict(lr=0.1, momentum=0.8, dampening=0.1, weight_decay=0.02),
     dict(LR=0.1, Momentum=0.8, Dampening=0.1, Decay=0.02)),
    ("nesterov", torch.optim.SGD, dict(lr=0.1, momentum=0.9, nesterov=True), dict(LR=0.1, Momentum=0.9, Nesterov=True)),
    ("nesterov decay", torch.optim.SGD, dict(lr=0.05, momentum=0.7, nesterov=True, weight_decay=0.1),
     dict(LR=0.05, Momentum=0.7, Nesterov=True, Decay=0.1)),
    ("rmsprop", torch.optim.RMSprop, {}, {}),
    ("rmsprop settings", torch.optim.RMSprop, dict(lr=0.05, alpha=0.9, eps=1e-4, weight_decay=0.03),
     dict(LR=0.05, Alpha=0.9, Eps=1e-4, Decay=0.03)),
    ("adam", torch.optim.Adam, {}, {}),
    ("adam settings", torch.optim.Adam, dict(lr=0.05, betas=(0.8, 0.95), eps=1e-5, weight_decay=0.1),
     dict(LR=0.05, Beta1=0.8, Beta2=0.95, Eps=1e-5, Decay=0.1)),
    ("adamw", torch.optim.AdamW, {}, {}),
    ("adamw settings", torch.optim.AdamW, dict(lr=0.05, betas=(0.8, 0.95), weight_decay=0.3),
     dict(LR=0.05, Beta1=0.8, Beta2=0.95, Decay=0.3)),
]
KINDS = {torch.optim.SGD: "sgd", torch.optim.RMSprop: "rmsprop", torch.optim.Adam: "adam", torch.optim.AdamW: "adamw"}


def optimized(kind, arguments):
    p = torch.nn.Parameter(start.clone())
    optimizer = kind([p], **arguments)
    out = []
    for g in gradients:
        p.grad = g.clone()
        optimizer.step()
        out.append(numbers(p))
    return out


PER_EPOCH, EPOCHS = 3, 8
TOTAL, WARMUP = PER_EPOCH * EPOCHS, 5
S = torch.optim.lr_scheduler
SCHEDULES = [  # name, scheduler, steps between its steps, our settings
    ("step", lambda o: S.StepLR(o, 2), PER_EPOCH, dict(Kind="step", Every=2)),
    ("step by half", lambda o: S.StepLR(o, 3, 0.5), PER_EPOCH, dict(Kind="step", Every=3, Factor=0.5)),
    ("exponential", lambda o: S.ExponentialLR(o, 0.9), PER_EPOCH, dict(Kind="exponential", Factor=0.9)),
    ("cosine", lambda o: S.CosineAnnealingLR(o, TOTAL), 1, dict(Kind="cosine")),
    ("cosine floor", lambda o: S.CosineAnnealingLR(o, TOTAL, eta_min=0.1), 1, dict(Kind="cosine", Floor=0.1)),
    ("linear", lambda o: S.LinearLR(o, 1, 0.2, TOTAL), 1, dict(Kind="linear", Floor=0.2)),
    ("warmup", lambda o: S.LinearLR(o, 1 / WARMUP, 1, WARMUP - 1), 1, dict(Kind="constant", Warmup=WARMUP)),
    ("warmup cosine", lambda o: S.SequentialLR(o, [S.LinearLR(o, 1 / WARMUP, 1, WARMUP - 1), S.CosineAnnealingLR(o, TOTAL - WARMUP)], [WARMUP]),
     1, dict(Kind="cosine", Warmup=WARMUP)),
]


def scheduled(scheduler, every):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = scheduler(optimizer)
    out = []
    for step in range(TOTAL):
        out.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if (step + 1) % every == 0:
            scheduler.step()
    return out


def clipped(g, norm=None, value=None):
    p = torch.nn.Parameter(torch.zeros_like(g))
    p.grad = g.clone()
    if value is not None:
        torch.nn.utils.clip_grad_value_([p], value)
    if norm is not None:
        torch.nn.utils.clip_grad_norm_([p], norm)
    return numbers(p.grad)


CLIPS = [dict(Norm=0.5), dict(Norm=100.0), dict(Value=0.25), dict(Value=0.25, Norm=0.3)]


def training():
    """Twenty epochs of three batches in their order, the last one short, with all of it at work."""
    torch.manual_seed(4)
    x, y = torch.randn(10, 3), torch.randint(0, 4, (10,))
    net = torch.nn.Sequential(torch.nn.Linear(3, 5), torch.nn.Tanh(), torch.nn.Linear(5, 4))
    before = [numbers(p) for p in net.parameters()]
    optimizer = torch.optim.AdamW(net.parameters(), lr=0.05, weight_decay=0.1)
    scheduler = S.CosineAnnealingLR(optimizer, 60)
    losses = []
    for _ in range(20):
        for rows in x.split(4):
            loss = torch.nn.functional.cross_entropy(net(rows), y[len(losses) % 3 * 4:][:4])
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 0.5)
            optimizer.step()
            scheduler.step()
            losses.append(loss.item())
    return {"x": numbers(x), "labels": y.tolist(), "before": before, "after": [numbers(p) for p in net.parameters()],
            "losses": [float(f"{v:.9g}") for v in losses]}


def main():
    json.dump({
        "torch": torch.__version__.split("+")[0],
        "start": numbers(start), "gradients": [numbers(g) for g in gradients],
        "optimizers": [{"name": name, "spec": dict(settings, Kind=KINDS[kind]), "params": optimized(kind, arguments)}
                       for name, kind, arguments, settings in OPTIMIZERS],
        "perEpoch": PER_EPOCH, "total": TOTAL,
        "schedules": [{"name": name, "spec": settings, "factors": scheduled(scheduler, every)}
                      for name, scheduler, every, settings in SCHEDULES],
        "clips": [{"spec": c, "gradient": numbers(gradients[1]), "clipped": clipped(gradients[1], c.get("Norm"), c.get("Value"))}
                  for c in CLIPS],
        "training": training(),
    }, sys.stdout, separators=(",", ":"))
    print()


main()
