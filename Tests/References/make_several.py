#!/usr/bin/env python3
"""Writes several_values.bn and .safetensors to Tests/References/Data: a network of several inputs,
outputs, targets and losses, and what PyTorch, in double, makes of it.

    python3 Tests/References/make_several.py

`start/` holds the parameters and running statistics, `inputs/` and `targets/` the examples: a batch
that is short by one. `train/` and `evaluate/` hold the `loss`, that of each term, each output and
the gradients of parameters and inputs; `train/state/` the running statistics after the step.
"""

import pathlib

import numpy
import safetensors.numpy
import torch
import torch.nn.functional as F

DATA = pathlib.Path(__file__).resolve().parent / "Data"
COUNT = 16
BATCH = 17
TEXT = """\
# The model of Tests/References/make_several.py, which wrote it.
model several_values {
  input  image: [2, 6, 5]
  input  signal: [3, 11]
  input  facts: [4]
  target kind: class(5)
  target place: [2]
  target mask: [1, 6, 5]
  target chance: class(2)

  seen = image | conv(6, kernel: 3, padding: 1) | batchnorm(like: pytorch) | relu
  heard = signal | conv(4, kernel: 3, stride: 2) | batchnorm(like: pytorch) | tanh
  known = facts | dense(5) | leaky_relu(slope: 0.1)
  means = seen | global_avgpool | flatten
  largest = heard | global_maxpool | flatten
  whole = concat(means, largest, known)
  logits = whole | dense(5)
  where = whole | dense(2) | sigmoid
  map = seen * (known | dense(6) | reshape([6, 1, 1])) | conv(1, kernel: 1)
  odds = heard | flatten | dense(1)

  loss softmax_cross_entropy(logits, kind, label_smoothing: 0.1, weights: [1, 2, 0.5, 1, 3], reduction: sum)
    + 0.5 * mean_squared_error(where, place, reduction: sum)
    + 0.25 * binary_cross_entropy_with_logits(map, mask, positive_weight: 2, reduction: sum)
    + 2 * binary_cross_entropy_with_logits(odds, chance, reduction: sum)
    + l2(0.01) on *.weight
}

training {
  batch %d
}
""" % BATCH

SHAPES = {
    "conv1.weight": (6, 2, 3, 3), "conv1.bias": (6,), "batchnorm1.gamma": (6,),
    "batchnorm1.beta": (6,), "conv2.weight": (4, 3, 3), "conv2.bias": (4,),
    "batchnorm2.gamma": (4,), "batchnorm2.beta": (4,), "dense1.weight": (5, 4), "dense1.bias": (5,),
    "dense2.weight": (5, 15), "dense2.bias": (5,), "dense3.weight": (2, 15), "dense3.bias": (2,),
    "dense4.weight": (6, 5), "dense4.bias": (6,), "conv3.weight": (1, 6, 1, 1), "conv3.bias": (1,),
    "dense5.weight": (1, 20), "dense5.bias": (1,),
}


def forward(p, state, x, training):
    """The outputs by name; `state` moves where the batch norms train."""
    def norm(v, name):
        return F.batch_norm(
            v, state[f"{name}.running_mean"], state[f"{name}.running_variance"],
            p[f"{name}.gamma"], p[f"{name}.beta"], training, momentum=0.1, eps=1e-5)

    seen = F.relu(norm(F.conv2d(x["image"], p["conv1.weight"], p["conv1.bias"], padding=1), "batchnorm1"))
    heard = torch.tanh(norm(F.conv1d(x["signal"], p["conv2.weight"], p["conv2.bias"], stride=2), "batchnorm2"))
    known = F.leaky_relu(F.linear(x["facts"], p["dense1.weight"], p["dense1.bias"]), 0.1)
    whole = torch.cat([seen.mean((2, 3)), heard.amax(2), known], 1)
    factors = F.linear(known, p["dense4.weight"], p["dense4.bias"]).reshape(-1, 6, 1, 1)
    return {
        "logits": F.linear(whole, p["dense2.weight"], p["dense2.bias"]),
        "where": torch.sigmoid(F.linear(whole, p["dense3.weight"], p["dense3.bias"])),
        "map": F.conv2d(seen * factors, p["conv3.weight"], p["conv3.bias"]),
        "odds": F.linear(heard.flatten(1), p["dense5.weight"], p["dense5.bias"]),
    }


def losses(p, y, t):
    """Each term, the sum over the examples of means over their outputs, and all with their weights."""
    crossed = F.cross_entropy(
        y["logits"], t["kind"], weight=torch.tensor([1, 2, 0.5, 1, 3], dtype=torch.double),
        label_smoothing=0.1, reduction="sum")
    terms = [
        crossed, COUNT * F.mse_loss(y["where"], t["place"]),
        COUNT * F.binary_cross_entropy_with_logits(
            y["map"], t["mask"], pos_weight=torch.tensor(2.0)),
        COUNT * F.binary_cross_entropy_with_logits(y["odds"][:, 0], t["chance"].double())]
    penalty = sum((value ** 2).sum() for name, value in p.items() if name.endswith("weight"))
    return terms, terms[0] + 0.5 * terms[1] + 0.25 * terms[2] + 2 * terms[3] + 0.01 * penalty


def main():
    random = numpy.random.default_rng(7)
    single = lambda *shape: random.normal(0, 1, shape).astype(numpy.float32).astype(float)
    start = {name: single(*shape) * 0.5 for name, shape in SHAPES.items()}
    for name, channels in [("batchnorm1", 6), ("batchnorm2", 4)]:
        start[f"{name}.running_mean"] = single(channels)
        start[f"{name}.running_variance"] = numpy.abs(single(channels)) + 0.5
    x = {"image": single(COUNT, 2, 6, 5), "signal": single(COUNT, 3, 11), "facts": single(COUNT, 4)}
    t = {"kind": random.integers(0, 5, COUNT), "place": numpy.abs(single(COUNT, 2)),
         "mask": (single(COUNT, 1, 6, 5) > 0).astype(float), "chance": random.integers(0, 2, COUNT)}
    found = {f"start/{name}": value for name, value in start.items()}
    found |= {f"inputs/{name}": value for name, value in x.items()}
    found |= {f"targets/{name}": value for name, value in t.items()}
    for mode in ("train", "evaluate"):
        p = {name: torch.tensor(start[name], requires_grad=True) for name in SHAPES}
        state = {name: torch.tensor(value) for name, value in start.items() if name not in SHAPES}
        inputs = {name: torch.tensor(value, requires_grad=True) for name, value in x.items()}
        y = forward(p, state, inputs, mode == "train")
        terms, loss = losses(p, y, {name: torch.tensor(value) for name, value in t.items()})
        loss.backward()
        found[f"{mode}/loss"] = numpy.array([loss.item()])
        found[f"{mode}/losses"] = numpy.array([term.item() for term in terms])
        found |= {f"{mode}/outputs/{name}": value.detach().numpy() for name, value in y.items()}
        found |= {f"{mode}/gradients/{name}": value.grad.numpy() for name, value in p.items()}
        found |= {f"{mode}/gradients/{name}": value.grad.numpy() for name, value in inputs.items()}
        if mode == "train":
            found |= {f"train/state/{name}": value.numpy() for name, value in state.items()}
    (DATA / "several_values.bn").write_text(TEXT)
    safetensors.numpy.save_file(
        {name: numpy.ascontiguousarray(value) for name, value in found.items()},
        str(DATA / "several_values.safetensors"))


if __name__ == "__main__":
    main()
