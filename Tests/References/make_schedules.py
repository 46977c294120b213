#!/usr/bin/env python3
"""Writes schedules.json to Tests/References/Data: the learning rates of PyTorch's schedulers.

    python3 Tests/References/make_schedules.py

A row of `rows` has a schedule as a model file calls it, the epochs and the steps of each, and the rate
of every step for a learning rate of 1; of some also the optimizer and the momentum of every step. A row of `plateaus` has the test of each epoch and the rate after
it. `triangular` is no scheduler of PyTorch's: airbench94 interpolates with numpy, as is done here.
"""

import json
import pathlib

import numpy
import torch

DATA = pathlib.Path(__file__).resolve().parent / "Data"
EPOCHS, STEPS = 6, 7
ALL = EPOCHS * STEPS


def optimizer(kind="sgd"):
    parameters = [torch.nn.Parameter(torch.zeros(1))]
    if kind == "adam":
        return torch.optim.Adam(parameters, lr=1.0)
    return torch.optim.SGD(parameters, lr=1.0, momentum=0.9 if kind == "momentum" else 0)


def rates(make, per_epoch=False):
    sgd = optimizer()
    scheduler = make(sgd)
    found = []
    for _ in range(EPOCHS):
        for step in range(STEPS):
            found.append(sgd.param_groups[0]["lr"])
            sgd.step()
            # After the last step OneCycleLR has nothing left.
            if not per_epoch and len(found) < ALL:
                scheduler.step()
        if per_epoch:
            scheduler.step()
    return found


def after_warmup(steps, make):
    """A rise by as much in each step, then the scheduler."""
    kinds = torch.optim.lr_scheduler

    def both(sgd):
        rise = kinds.LinearLR(sgd, start_factor=1 / steps, total_iters=steps - 1)
        return kinds.SequentialLR(sgd, [rise, make(sgd)], milestones=[steps])
    return both


def triangle(start, end, peak):
    return [float(x) for x in numpy.interp(
        numpy.arange(ALL), [0, int(peak * ALL), ALL], [start, 1, end])]


def rows():
    kinds = torch.optim.lr_scheduler
    step = lambda sgd: kinds.StepLR(sgd, 2, gamma=0.3)
    multi = lambda sgd: kinds.MultiStepLR(sgd, [2, 3, 5], gamma=0.2)
    yield "step(factor: 0.3, every: 2)", rates(step)
    yield "step(factor: 0.3, every: 2, per: epoch)", rates(step, True)
    yield "step(factor: 0.3, every: 2, warmup: 5)", rates(after_warmup(5, step))
    yield "step(factor: 0.3, every: 2, warmup: 3, per: epoch)", rates(after_warmup(3, step), True)
    yield "multi_step([2, 3, 5], factor: 0.2)", rates(multi)
    yield "multi_step([2, 3, 5], factor: 0.2, per: epoch)", rates(multi, True)
    yield "exponential(factor: 0.9, every: 1)", rates(lambda sgd: kinds.ExponentialLR(sgd, 0.9))
    yield "exponential(factor: 0.5, every: 1, per: epoch)", rates(
        lambda sgd: kinds.ExponentialLR(sgd, 0.5), True)
    yield "polynomial", rates(lambda sgd: kinds.PolynomialLR(sgd, ALL))
    yield "polynomial(power: 2.5)", rates(lambda sgd: kinds.PolynomialLR(sgd, ALL, power=2.5))
    yield "polynomial(power: 2, per: epoch)", rates(
        lambda sgd: kinds.PolynomialLR(sgd, EPOCHS, power=2), True)
    yield "cosine", rates(lambda sgd: kinds.CosineAnnealingLR(sgd, ALL))
    yield "cosine(end: 0.05)", rates(lambda sgd: kinds.CosineAnnealingLR(sgd, ALL, eta_min=0.05))
    yield "cosine(end: 0.05, per: epoch)", rates(
        lambda sgd: kinds.CosineAnnealingLR(sgd, EPOCHS, eta_min=0.05), True)
    for call, keys in (
            ("one_cycle(cycle_momentum: false)", {}),
            ("one_cycle(anneal_strategy: linear, cycle_momentum: false)",
             {"anneal_strategy": "linear"}),
            ("one_cycle(three_phase: true, cycle_momentum: false)", {"three_phase": True}),
            ("one_cycle(three_phase: true, pct_start: 0.1, cycle_momentum: false)",
             {"three_phase": True, "pct_start": 0.1})):
        yield call, rates(lambda sgd: kinds.OneCycleLR(
            sgd, 1.0, total_steps=ALL, cycle_momentum=False, **keys))
    yield "triangular", triangle(0.2, 0.07, 0.23)
    yield "triangular(start: 0, peak: 0.5, end: 0)", triangle(0, 0, 0.5)


def cycles():
    """Schedules that change the momentum too: the optimizer, the call, and both for each step."""
    for kind, call, keys in (
            ("momentum", "one_cycle", {}), ("adam", "one_cycle", {}),
            ("momentum", "one_cycle(anneal_strategy: linear)", {"anneal_strategy": "linear"}),
            ("adam", "one_cycle(pct_start: 0.55, div_factor: 10, final_div_factor: 100, "
             "base_momentum: 0.25, max_momentum: 0.75)",
             {"pct_start": 0.55, "div_factor": 10, "final_div_factor": 100, "base_momentum": 0.25,
              "max_momentum": 0.75}),
            ("momentum", "one_cycle(pct_start: 0.5, per: epoch)", {"pct_start": 0.5}),
            ("momentum", "one_cycle(three_phase: true)", {"three_phase": True}),
            ("adam", "one_cycle(three_phase: true, pct_start: 0.5, anneal_strategy: linear, div_factor: 7)",
             {"three_phase": True, "pct_start": 0.5, "anneal_strategy": "linear", "div_factor": 7}),
            ("momentum", "one_cycle(three_phase: true, pct_start: 0.45, per: epoch)",
             {"three_phase": True, "pct_start": 0.45})):
        per_epoch = "epoch" in call
        stepped = optimizer(kind)
        scheduler = torch.optim.lr_scheduler.OneCycleLR(
            stepped, 1.0, total_steps=EPOCHS if per_epoch else ALL, **keys)
        found = []
        for step in range(1, ALL + 1):
            group = stepped.param_groups[0]
            found.append((group["lr"], group["betas"][0] if kind == "adam" else group["momentum"]))
            stepped.step()
            # After the last step OneCycleLR has nothing left.
            if step < ALL and (not per_epoch or step % STEPS == 0):
                scheduler.step()
        yield {"optimizer": kind, "schedule": call, "rates": [rate for rate, _ in found],
               "momenta": [momentum for _, momentum in found]}


def plateaus():
    generator = numpy.random.default_rng(5)
    falling = [float(x) for x in 1 / (1 + 0.2 * numpy.arange(40)) + 0.2 * generator.random(40)]
    rising = [1 - x for x in falling]
    for call, mode, keys in (
            ("plateau(patience: 2)", "min", {"patience": 2}),
            ("plateau(factor: 0.5, patience: 0, cooldown: 3, end: 0.02)", "min",
             {"factor": 0.5, "patience": 0, "cooldown": 3, "min_lr": 0.02}),
            ("plateau(metric: accuracy, factor: 0.7, patience: 1, threshold: 0.03)", "max",
             {"factor": 0.7, "patience": 1, "threshold": 0.03}),
            ("plateau(metric: accuracy, patience: 3, threshold: 0.01, threshold_mode: abs)", "max",
             {"patience": 3, "threshold": 0.01, "threshold_mode": "abs"}),
            ("plateau(factor: 0.8, patience: 1, threshold: 0.02, threshold_mode: abs)", "min",
             {"factor": 0.8, "patience": 1, "threshold": 0.02, "threshold_mode": "abs"})):
        sgd = optimizer()
        scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(sgd, mode, eps=0, **keys)
        values = falling if mode == "min" else rising
        found = []
        for value in values:
            scheduler.step(value)
            found.append(sgd.param_groups[0]["lr"])
        assert found[-1] < 1
        yield {"schedule": call, "values": values, "rates": found}


def main():
    document = {
        "epochs": EPOCHS, "steps": STEPS,
        "rows": [{"schedule": call, "rates": found} for call, found in rows()] + list(cycles()),
        "plateaus": list(plateaus()),
    }
    (DATA / "schedules.json").write_text(json.dumps(document) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
