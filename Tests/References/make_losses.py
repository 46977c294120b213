#!/usr/bin/env python3
"""Writes losses.json and penalties.json to Tests/References/Data: what PyTorch makes of each loss.

    python3 Tests/References/make_losses.py

A row is a loss as a model file calls it, `loss`; the `target` that the model declares; the numbers
`x` that the loss reads, by example, and their `targets`; and what PyTorch finds: the `value` of the
whole batch and its `gradient` with respect to x. bnc's loss of an example is the mean over its
outputs, so that PyTorch's `reduction="sum"` is taken of means over the outputs here.

The penalties are of a dense layer's parameters: the loss with them, and the parameters' gradients.
All is in double.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

DATA = pathlib.Path(__file__).resolve().parent / "Data"
COUNT = 5
torch.manual_seed(3)


def mean_of(function):
    """The mean over each example's outputs of a loss that `function` takes of each number."""
    return reduced(lambda x, t: function(x, t).flatten(1).mean(1))


def reduced(losses):
    return lambda x, t, reduction: getattr(losses(x, t), reduction)()



def rows():
    normal = lambda *shape: torch.randn(*shape, dtype=torch.double)
    uniform = lambda *shape: torch.rand(*shape, dtype=torch.double)
    signs = lambda *shape: (normal(*shape) > 0).double() * 2 - 1
    values = [
        ("mean_squared_error", "", normal, mean_of(lambda x, t: F.mse_loss(x, t, reduction="none"))),
        ("mean_absolute_error", "", normal, mean_of(lambda x, t: F.l1_loss(x, t, reduction="none"))),
        ("huber", "", normal, mean_of(lambda x, t: F.huber_loss(x, t, reduction="none"))),
        ("huber", ", delta: 0.3", normal,
         mean_of(lambda x, t: F.huber_loss(x, t, delta=0.3, reduction="none"))),
        ("smooth_l1", ", beta: 0.3", normal,
         mean_of(lambda x, t: F.smooth_l1_loss(x, t, beta=0.3, reduction="none"))),
        ("hinge", "", signs, mean_of(lambda x, t: (1 - x * t).clamp(min=0))),
        ("kl_divergence", "", lambda *shape: uniform(*shape) * (uniform(*shape) > 0.2),
         reduced(lambda x, t: F.kl_div(x, t, reduction="none").flatten(1).sum(1))),
        ("kl_divergence", ", log_target: true", normal,
         reduced(lambda x, t: F.kl_div(x, t, reduction="none", log_target=True).flatten(1).sum(1))),
        ("binary_cross_entropy_with_logits", "", uniform,
         mean_of(lambda x, t: F.binary_cross_entropy_with_logits(x, t, reduction="none"))),
        ("binary_cross_entropy_with_logits", ", positive_weight: 3.5", uniform,
         mean_of(lambda x, t: F.binary_cross_entropy_with_logits(
             x, t, reduction="none", pos_weight=torch.tensor(3.5)))),
    ]
    for shape in [(4,), (3, 2, 3)]:
        for word, keys, targets, loss in values:
            yield word, keys, list(shape), normal(COUNT, *shape) * 2, targets(COUNT, *shape), loss
    yield ("binary_cross_entropy", "", [3], uniform(COUNT, 3), uniform(COUNT, 3),
           mean_of(lambda x, t: F.binary_cross_entropy(x, t, reduction="none")))


def cross_entropies():
    weights = [0.5, 2, 1.25]
    whole = {"weight": torch.tensor(weights, dtype=torch.double)}
    for positions in [(), (2, 3)]:
        x = torch.randn(COUNT, 3, *positions, dtype=torch.double) * 3
        labels = torch.randint(0, 3, (COUNT, *positions))
        probabilities = torch.rand(COUNT, 3, *positions, dtype=torch.double).softmax(1)
        some = labels.clone()
        some[1] = 255
        some[3] = 255
        classes = "class(3)" if not positions else f"class(3, shape: {list(positions)})"
        for keys, given, targets in [
            ("", {}, labels),
            (", label_smoothing: 0.1", {"label_smoothing": 0.1}, labels),
            (f", weights: {weights}", whole, labels),
            (", ignore: 255", {"ignore_index": 255}, some),
            (", ignore: 1", {"ignore_index": 1}, labels),
            (f", weights: {weights}, label_smoothing: 0.3, ignore: 255",
             {**whole, "label_smoothing": 0.3, "ignore_index": 255}, some),
            (f", weights: {weights}, label_smoothing: 0.3, ignore: 1",
             {**whole, "label_smoothing": 0.3, "ignore_index": 1}, labels),
            ("", {}, probabilities),
            (f", weights: {weights}, label_smoothing: 0.2",
             {**whole, "label_smoothing": 0.2}, probabilities),
        ]:
            target = classes if targets.dtype == torch.int64 else str(list(x.shape[1:]))

            def loss(x, t, reduction, given=given):
                count = x[0, 0].numel() if reduction == "sum" else 1
                return F.cross_entropy(x, t, reduction=reduction, **given) / count

            for reduction in ["mean"] if positions else ["sum", "mean"]:
                yield "softmax_cross_entropy", keys, target, x, targets, loss, reduction


def row(word, keys, target, x, targets, loss, reduction):
    x, targets = x.round(decimals=3).requires_grad_(), (
        targets.round(decimals=3) if targets.is_floating_point() else targets)
    value = loss(x, targets, reduction)
    value.backward()
    return {
        "loss": f"{word}(y, t{keys}, reduction: {reduction})", "target": str(target),
        "shape": list(x.shape[1:]), "x": x.detach().flatten().tolist(), "targets": targets.flatten().tolist(),
        "value": value.item(), "gradient": x.grad.flatten().tolist()}


def penalties():
    x = torch.randn(COUNT, 4, dtype=torch.double).round(decimals=3)
    targets = torch.randn(COUNT, 3, dtype=torch.double).round(decimals=3)
    weight = torch.randn(3, 4, dtype=torch.double).round(decimals=3)
    weight[1, 2] = 0
    bias = torch.randn(3, dtype=torch.double).round(decimals=3)
    for reduction in ["sum", "mean"]:
        w, b = weight.clone().requires_grad_(), bias.clone().requires_grad_()
        losses = F.mse_loss(F.linear(x, w, b), targets, reduction="none").mean(1)
        added = 0.3 * w.square().sum() + 0.2 * (w.abs().sum() + b.abs().sum())
        value = getattr(losses, reduction)() + added
        value.backward()
        yield {
            "loss": f"mean_squared_error(y, t, reduction: {reduction}) + l2(0.3) + l1(0.2) on dense1.*",
            "x": x.flatten().tolist(), "targets": targets.flatten().tolist(),
            "weight": weight.flatten().tolist(), "bias": bias.tolist(), "value": value.item(),
            "weightGradient": w.grad.flatten().tolist(), "biasGradient": b.grad.tolist()}


def write(name, rows):
    text = ",\n".join(json.dumps(one) for one in rows)
    (DATA / name).write_text(f"[\n{text}\n]\n")


if __name__ == "__main__":
    found = []
    for index, one in enumerate(rows()):
        found.append(row(*one, "sum" if index % 2 else "mean"))
    found += [row(*one) for one in cross_entropies()]
    write("losses.json", found)
    write("penalties.json", penalties())
