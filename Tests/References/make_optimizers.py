#!/usr/bin/env python3
"""Writes optimizers.json to Tests/References/Data: where PyTorch's optimizers take a small network.

    python3 Tests/References/make_optimizers.py

The network is dense(5) | tanh | dense(3) of 4 numbers, its loss the mean squared error, in double.
Steps take turns at 5 batches of 8 examples, so that no gradient vanishes: divided by the root of its
square, one that does would make rounding as large as itself. `start` has the parameters before the
first step, and a row what they are after 1000 steps of an optimizer, which `optimizer` calls as a
model file does. Of each row it is checked that a start which is off by 1e-15 ends within 1e-12: what
is further off from PyTorch is no rounding.

PyTorch has no Lion: the class here is its paper's algorithm (Chen et al., 2023), written out.
"""

import fnmatch
import json
import pathlib

import torch
import torch.nn.functional as F

DATA = pathlib.Path(__file__).resolve().parent / "Data"
STEPS = 1000
BATCHES = 5
NAMES = ("dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias")
# NAdam keeps its product of momenta in the default type.
torch.set_default_dtype(torch.float64)
torch.manual_seed(11)


class Lion(torch.optim.Optimizer):
    def __init__(self, parameters, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(parameters, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            first, second = group["betas"]
            for p in group["params"]:
                mean = self.state[p].setdefault("mean", torch.zeros_like(p))
                update = (first * mean + (1 - first) * p.grad).sign()
                p.sub_(group["lr"] * (update + group["weight_decay"] * p))
                mean.copy_(second * mean + (1 - second) * p.grad)


def rows():
    optim = torch.optim
    yield "sgd", optim.SGD, {"lr": 0.1}
    yield "sgd", optim.SGD, {"lr": 0.1, "weight_decay": 0.01}
    yield "sgd", optim.SGD, {"lr": 0.02, "momentum": 0.9}
    yield "momentum", optim.SGD, {"lr": 0.02, "momentum": 0.9}
    yield "sgd", optim.SGD, {"lr": 0.1, "momentum": 0.8, "dampening": 0.3, "weight_decay": 0.001}
    yield "sgd", optim.SGD, {"lr": 0.1, "momentum": 0.85, "nesterov": True, "weight_decay": 0.001}
    for word, kind in (("adam", optim.Adam), ("adamw", optim.AdamW)):
        yield word, kind, {}
        yield word, kind, {"lr": 0.01, "betas": (0.8, 0.99), "eps": 1e-6, "weight_decay": 0.02}
        yield word, kind, {"lr": 0.01, "amsgrad": True}
    yield "nadam", optim.NAdam, {}
    yield "nadam", optim.NAdam, {"lr": 0.01, "weight_decay": 0.01, "momentum_decay": 0.02}
    yield "nadam", optim.NAdam, {"weight_decay": 0.01, "decoupled_weight_decay": True}
    yield "rmsprop", optim.RMSprop, {"lr": 0.001}
    yield "rmsprop", optim.RMSprop, {"lr": 0.001, "momentum": 0.5, "weight_decay": 0.01}
    yield "rmsprop", optim.RMSprop, {"lr": 0.001, "alpha": 0.9, "eps": 0.01, "centered": True}
    yield "rmsprop", optim.RMSprop, {
        "lr": 0.001, "momentum": 0.9, "eps": 0.01, "centered": True}
    yield "adagrad", optim.Adagrad, {}
    yield "adagrad", optim.Adagrad, {
        "lr": 0.1, "lr_decay": 0.001, "weight_decay": 0.01, "initial_accumulator_value": 0.1,
        "eps": 1e-6}
    yield "lion", Lion, {}
    yield "lion", Lion, {"lr": 0.001, "betas": (0.95, 0.98), "weight_decay": 0.1}


def named_rows():
    """Optimizers for all parameters and others for some: (calls and patterns), (kinds and keys)."""
    optim = torch.optim
    yield (
        ("adamw", optim.AdamW, {"lr": 0.01, "weight_decay": 0.1}, "*"),
        ("adamw", optim.AdamW, {"weight_decay": 0}, "*.bias"),
        ("adamw", optim.AdamW, {"rate": 0.1, "betas": (0.8, 0.99)}, "dense2.weight"),
    )
    yield (
        ("sgd", optim.SGD, {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.001}, "*"),
        ("adam", optim.Adam, {"lr": 0.002}, "dense1.*"),
        ("sgd", optim.SGD, {"momentum": 0, "rate": 2}, "*.bias"),
    )


def call(word, keys):
    said = []
    for name, value in keys.items():
        if name == "betas":
            said += [f"beta1: {value[0]}", f"beta2: {value[1]}"]
        else:
            said.append(f"{name}: {json.dumps(value)}")
    return f"{word}({', '.join(said)})" if said else word


def calls(parts):
    first, *others = parts
    return "\n  ".join(
        [call(*first[::2])]
        + [f"optimizer {call(word, keys)} on {pattern}" for word, _, keys, pattern in others])


def optimizers(parts, parameters):
    """The optimizers that move `parameters`, each those that the last pattern names."""
    (first, _, common, _), left = parts[0], dict(zip(NAMES, parameters))
    made = []
    for word, kind, keys, pattern in reversed(parts):
        own = [name for name in left if fnmatch.fnmatchcase(name, pattern)]
        keys = {**(common if word == first else {}), **keys}
        if "rate" in keys:
            keys["lr"] = keys.pop("rate") * common["lr"]
        if own:
            made.append(kind([left.pop(name) for name in own], **keys))
    return made


def trained(parts, start, x, targets):
    parameters = [tensor.clone().requires_grad_() for tensor in start]
    all_optimizers = optimizers(parts, parameters)
    for step in range(STEPS):
        for optimizer in all_optimizers:
            optimizer.zero_grad()
        batch = step % BATCHES
        y = F.linear(torch.tanh(F.linear(x[batch], *parameters[:2])), *parameters[2:])
        F.mse_loss(y, targets[batch]).backward()
        for optimizer in all_optimizers:
            optimizer.step()
    return [parameter.detach() for parameter in parameters]


def rate(word, kind, keys, _):
    return kind([torch.zeros(1, requires_grad=True)], **keys).param_groups[0]["lr"]


def main():
    normal = lambda *shape: torch.randn(*shape, dtype=torch.double)
    x, targets = normal(BATCHES, 8, 4), normal(BATCHES, 8, 3)
    start = [normal(5, 4) / 2, normal(5) / 2, normal(3, 5) / 2, normal(3) / 2]
    shifted = [tensor * (1 + 1e-15) for tensor in start]
    flat = lambda tensors: dict(zip(NAMES, (tensor.flatten().tolist() for tensor in tensors)))
    ends = []
    for parts in [((*row, "*"),) for row in rows()] + list(named_rows()):
        end = trained(parts, start, x, targets)
        other = trained(parts, shifted, x, targets)
        off = max(((a - b).abs().max() / a.abs().max()).item() for a, b in zip(end, other))
        print(f"{off:.1e} {calls(parts)}")
        assert off < 1e-12, "rounding grows"
        ends.append({"optimizer": calls(parts), "rate": rate(*parts[0]), "end": flat(end)})
    found = {
        "steps": STEPS, "x": x.flatten(1).tolist(), "targets": targets.flatten(1).tolist(),
        "start": flat(start), "rows": ends}
    (DATA / "optimizers.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
