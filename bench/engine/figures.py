"""Turns what was measured into tables."""

import statistics

import arms
import networks

BUSY = 1.1  # wall seconds a CPU second from which on the machine was not quiet
SAME = 0.02  # difference of losses, relative, up to which arms train the same: rounding grows from step to step
EVERY, DEFAULT, TRIALS, BINARY = 0.20, 0.05, 60, 45e6  # the aims
AHEAD = {"mlp": 2, "tiny": 2, "cnn": 1}  # times PyTorch's rate, on one thread
SPELLED = {
    "torch-default": "Adam as it is by default", "torch-foreach": "`foreach` Adam", "torch-fused": "`fused` Adam",
    "torch-channels-last": "`fused` Adam, channels last", "gomlx": "as built by default", "gomlx-simd": "built with GOEXPERIMENT=simd",
}


def rate(run, clock="cpu"):
    return run["steps"] * run["rows"] / run[clock]


def fastest(results, ways):
    """Returns the way with the highest median rate of those that were run; None of none."""
    ways = [w for w in ways if w in results]
    return max(ways, key=lambda w: statistics.median(map(rate, results[w])), default=None)


def spread(values, show):
    return f"{show(statistics.median(values))} ({show(min(values))} to {show(max(values))})"


def ratios(above, below, clock="cpu"):
    """Returns the ratios of rates round by round, so that slow changes of the machine cancel."""
    return [rate(a, clock) / rate(b, clock) for a, b in zip(above, below)]


def thousands(value):
    if value < 1e3:
        return f"{value:.3g}"
    return f"{value / 1e3:.3g}k" if value < 1e6 else f"{value / 1e6:.3g}M"


def times(value):
    return f"{value:.1f}×" if value < 10 else f"{value:.0f}×"


def percent(value):
    return f"{100 * value:+.1f} %"


def share(value):
    return f"{100 * value:.0f} %"


def megabytes(value):
    return f"{value / 1e6:.0f} MB" if value else "not known"


def report(figures, nets):
    """Yields the lines of all tables for which there are figures."""
    for part in (one_table, two_table, own_table, notes):
        lines = list(part(figures, nets))
        yield from lines
        if lines and lines[-1]:
            yield ""


def one_table(figures, nets):
    if not any(("one", net) in figures for net in nets):
        return
    yield "| one thread, batch 64, Adam | | examples a CPU-second | nnvet's rate is | aim | peak memory |"
    yield "| --- | --- | --: | --: | --- | --: |"
    for net in nets:
        results = figures["one", net]
        ours = results["nnvet"]
        yield row(networks.NETWORKS[net].label, f"nnvet ({ours[0]['about']})", spread(list(map(rate, ours)), thousands), "", "", memory(ours))
        for peer, ways in (("PyTorch", arms.TORCH), ("GoMLX", arms.GOMLX)):
            best = fastest(results, ways)
            if best is None:
                yield row("", peer, missing(figures, ways), "", "", "")
                continue
            theirs = results[best]
            ahead = ratios(ours, theirs)
            aim = f"{AHEAD[net]}×: {verdict(statistics.median(ahead) >= AHEAD[net])}" if peer == "PyTorch" else ""
            yield row("", f"{peer} {theirs[0]['about']}, {SPELLED[best]}", spread(list(map(rate, theirs)), thousands),
                      spread(ahead, times), aim, memory(theirs))


def two_table(figures, nets):
    if not any(("two", net) in figures for net in nets):
        return
    yield "| two threads | | examples a second of wall time | nnvet's rate is |"
    yield "| --- | --- | --: | --: |"
    for net in nets:
        results = figures["two", net]
        ours = results["nnvet"]
        yield row(networks.NETWORKS[net].label, "nnvet, two trainings in a process", spread([rate(r, "wall") for r in ours], thousands), "")
        for way, theirs in results.items():
            if way != "nnvet":
                yield row("", two_arms(way), spread([rate(r, "wall") for r in theirs], thousands), spread(ratios(ours, theirs, "wall"), times))
        for peer, ways in (("PyTorch", arms.TORCH), ("GoMLX", arms.GOMLX)):
            if all(way in figures["missing"] for way in ways):
                yield row("", peer, missing(figures, ways), "")


def two_arms(way):
    if way in arms.GOMLX:
        return "GoMLX, one training on two threads"
    return "PyTorch, two trainings in two processes" if way.endswith(" apart") else "PyTorch, one training on two threads"


def own_table(figures, nets):
    lines = [*watch_rows(figures), *trial_rows(figures), *product_rows(figures), *binary_row(figures)]
    if lines:
        yield "| nnvet | | aim | |"
        yield "| --- | --: | --: | --- |"
        yield from lines


def watch_rows(figures):
    for net in networks.NETWORKS:
        results = figures.get(("watch", net))
        if not results:
            continue
        for way, what, aim in (("default", "recorded by default", DEFAULT), ("every", "every step recorded", EVERY)):
            extra = [r - 1 for r in ratios(results["none"], results[way])]
            yield row(f"{networks.NETWORKS[net].label}, trainings of {networks.NETWORKS[net].steps:,} steps, {what}", spread(extra, percent),
                      f"at most {100 * aim:+.0f} %", verdict(statistics.median(extra) <= aim))


def trial_rows(figures):
    for way, runs in figures.get("trials", {}).items():
        batch, watch = way.split()
        counts = [r["steps"] / 1000 / r["cpu"] for r in runs]
        what = "" if watch == "none" else ", recorded in memory and read back"
        aim = (f"at least {TRIALS}", verdict(statistics.median(counts) >= TRIALS)) if watch == "none" else ("", "")
        yield row(f"trials of MLP 20-32-32-10, 1,000 steps of {batch} rows{what}, a CPU-second", spread(counts, lambda v: f"{v:.0f}"), *aim)


def product_rows(figures):
    rounds = figures.get("products", [])
    if not rounds:
        return
    for of, label in (("square", "512×512×512"), *((n, "of a step of " + networks.NETWORKS[n].label) for n in networks.NETWORKS)):
        speeds = [together(r["products"], of) for r in rounds]
        text = spread(speeds, lambda v: f"{v:.0f}") + " GFLOP/s"
        if not rounds[0]["peak"]:
            yield row(f"matrix products {label}", text, "", "no peak is known of this set")
            continue
        text += ", " + spread([v / r["peak"] for v, r in zip(speeds, rounds)], share) + " of the peak"
        yield row(f"matrix products {label}", text, "", extremes(rounds, of))
    if rounds[0]["peak"]:
        peak = spread([r["peak"] for r in rounds], lambda v: f"{v:.0f}")
        yield row(f"the peak: fused multiply-adds in registers, {rounds[0]['set']}", f"{peak} GFLOP/s", "", "")


def together(products, of):
    """Returns the GFLOP/s of the products of a network as often as a step takes each."""
    mine = [p for p in products if p["of"] == of]
    return sum(p["gflop"] * p["times"] for p in mine) / sum(p["seconds"] * p["times"] for p in mine)


def extremes(rounds, of):
    """Names the slowest and the fastest product of a network, as shares of the peak."""
    names = [p["name"] for p in rounds[0]["products"] if p["of"] == of]
    if len(names) < 2:
        return ""

    def reached(name):
        return statistics.median(p["gflop"] / p["seconds"] / r["peak"] for r in rounds for p in r["products"] if (p["of"], p["name"]) == (of, name))

    low, high = min(names, key=reached), max(names, key=reached)
    return f"{low} {share(reached(low))}, {high} {share(reached(high))}"


def binary_row(figures):
    if size := figures.get("binary"):
        yield row("the stripped binary", f"{size / 1e6:.1f} MB", f"at most {BINARY / 1e6:.0f} MB", verdict(size <= BINARY))


def notes(figures, nets):
    """Yields what one has to know of the arms: the ways that were not the fastest, and that all train the same."""
    for net in nets:
        results, label = figures.get(("one", net), {}), networks.NETWORKS[net].label
        slower = [w for ways in (arms.TORCH, arms.GOMLX) for w in ways if w in results and w != fastest(results, ways)]
        if slower:
            rates = (f"{w.partition('-')[0]} {SPELLED[w]} {thousands(statistics.median(map(rate, results[w])))}" for w in slower)
            yield f"{label}, examples a CPU-second of what was slower: {'; '.join(rates)}."
            yield ""
        losses = figures.get(("losses", net), {})
        if len(losses) > 1:
            steps = len(losses["nnvet"])
            yield (f"{label}, loss from the same weights on the same batches: {losses['nnvet'][0]:.4f} at first, "
                   + ", ".join(f"{way} {series[-1]:.4f}" for way, series in losses.items())
                   + f" at step {steps}; they differ by at most {100 * apart(losses):.2g} %.")
            yield ""


def apart(losses):
    """Returns the greatest relative difference of any arm's loss from nnvet's, in any step."""
    return max(abs(a - b) / b for series in losses.values() for a, b in zip(series, losses["nnvet"]))


def warnings(figures):
    """Yields why figures should not be published."""
    runs = [r for k, v in figures.items() if k[0] in ("one", "watch") for way in v.values() for r in way]
    if runs and (busy := statistics.median(r["wall"] / r["cpu"] for r in runs)) > BUSY:
        yield f"the machine was busy: a CPU second took {busy:.2f} s; do not publish these figures"
    for key, results in figures.items():
        if key[0] == "two" and (busy := max(2 * r["wall"] / r["cpu"] for r in results["nnvet"])) > BUSY:
            yield f"{key[1]}: two trainings had {2 / busy:.2f} cores in one round: do not publish its figures of two threads"
    for key, losses in figures.items():
        if key[0] == "losses" and not apart(losses) <= SAME:
            yield f"{key[1]}: the losses of the arms differ by {100 * apart(losses):.2g} %: they do not train the same"


def missing(figures, ways):
    return next((figures["missing"][w] for w in ways if w in figures["missing"]), "not measured")


def memory(runs):
    return megabytes(statistics.median(r["peak"] for r in runs))


def verdict(reached):
    return "reached" if reached else "**missed**"


def row(*cells):
    return "| " + " | ".join(cells) + " |"
