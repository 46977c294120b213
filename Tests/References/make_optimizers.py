#!/usr/bin/env python3
"""Writes optimizers.json to Tests/References/Data: where PyTorch's optimizers take a small network.

    python3 Tests/References/make_optimizers.py

The network is dense(5) | tanh | dense(3) of 4 numbers, its loss the mean squared error, in double.
Steps take turns at 5 batches of 8 examples, so that no gradient vanishes: divided by the root of its
square, one that does would make rounding as large as itself. `start` has the parameters before the
first step, and a row what they are after 1000 steps of an optimizer, which `optimizer` calls as a
model file does. Of each row it is checked that a start which is off by 1e-15 ends within 1e-12: what
is further off from PyTorch is no rounding.

PyTorch has no Lion and no LAMB: the classes here are their papers' algorithms (Chen et al., 2023; You
et al., 2020), written out. Its Muon orthogonalizes in bfloat16, which is taken from it here.
"""

import fnmatch
import json
import pathlib
import re

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


class LAMB(torch.optim.Optimizer):
    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-6, weight_decay=0.0,
                 bias_correction=True):
        super().__init__(parameters, {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay,
            "bias_correction": bias_correction})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            first, second = group["betas"]
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state.update(t=0, mean=torch.zeros_like(p), square=torch.zeros_like(p))
                state["t"] += 1
                state["mean"].mul_(first).add_(p.grad, alpha=1 - first)
                state["square"].mul_(second).addcmul_(p.grad, p.grad, value=1 - second)
                mean, square = state["mean"], state["square"]
                if group["bias_correction"]:
                    mean, square = (
                        kept / (1 - beta ** state["t"])
                        for kept, beta in zip((mean, square), group["betas"]))
                direction = mean / (square.sqrt() + group["eps"]) + group["weight_decay"] * p
                long, far = p.norm(), direction.norm()
                trust = long / far if long > 0 and far > 0 else 1
                p.sub_(group["lr"] * trust * direction)


class Muon(torch.optim.Muon):
    """In the type of the parameters throughout."""

    @torch.no_grad()
    def step(self):
        type_of_it, torch.bfloat16 = torch.bfloat16, torch.float64
        super().step()
        torch.bfloat16 = type_of_it


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
    yield "lamb", LAMB, {}
    yield "lamb", LAMB, {"lr": 0.002, "bias_correction": False}
    yield "lamb", LAMB, {"lr": 0.002, "betas": (0.8, 0.99), "eps": 1e-7, "weight_decay": 0.02}


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


def matrix_rows():
    """Muon moves weights, and another optimizer what is no matrix."""
    adamw = ("adamw", torch.optim.AdamW, {"lr": 0.01}, "*")
    for keys in (
        {}, {"lr": 0.0005, "momentum": 0.9, "nesterov": False, "weight_decay": 0},
        {"lr": 0.002, "ns_steps": 3, "adjust_lr_fn": "match_rms_adamw", "eps": 1e-5},
        {"ns_coefficients": [2.0, -1.5, 0.5], "adjust_lr_fn": "spectral_unclamped"},
    ):
        yield adamw, ("muon", Muon, keys, "*.weight")


def surrounded_rows():
    """Optimizers within a training that does more, and what that is."""
    optim = torch.optim
    adam = ("adam", optim.Adam, {"lr": 0.01}, "*")
    sgd = ("sgd", optim.SGD, {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.001}, "*")
    lion = ("lion", Lion, {}, "*")
    lamb = ("lamb", LAMB, {"lr": 0.002, "weight_decay": 0.01}, "*")
    muon = ("muon", Muon, {"lr": 0.001}, "dense1.weight")
    bias = ("sgd", optim.SGD, {"weight_decay": 0, "rate": 0.1}, "*.bias")
    yield (sgd, bias), {"clip": "norm(0.05)"}
    yield (adam,), {"clip": "norm(0.2)"}
    yield (sgd,), {"clip": "value(0.01)"}
    yield (adam,), {"average": "ema(0.99)"}
    yield (sgd, bias), {"average": "ema", "clip": "norm(0.1)"}
    yield (adam,), {"average": "lookahead"}
    yield (lion,), {"average": "lookahead(k: 7, alpha: 0.25)", "clip": "norm(0.1)"}
    yield (sgd, bias), {"accumulate": "3"}
    yield (adam,), {"accumulate": "3", "clip": "norm(0.2)", "average": "ema(0.9)"}
    yield (lamb, muon), {"clip": "norm(0.1)", "average": "lookahead"}
    yield (lamb, muon), {"accumulate": "3", "average": "ema(0.9)"}
    yield (lamb, muon), {"accumulate": "3", "clip": "norm(0.1)"}
    yield (sgd, bias), {"schedule": "one_cycle"}
    yield (adam,), {"accumulate": "3", "schedule": "one_cycle"}
    yield (("nadam", optim.NAdam, {"lr": 0.005}, "*"),), {"schedule": "one_cycle"}


def numbers(text):
    return [float(number) for number in re.findall(r"[0-9.]+", text)]


class Lookahead:
    """The slow weights of Zhang et al. (2019)."""

    def __init__(self, parameters, k=5, alpha=0.5):
        self.parameters, self.k, self.alpha, self.steps = parameters, k, alpha, 0
        self.averages = [parameter.detach().clone() for parameter in parameters]

    @torch.no_grad()
    def update(self):
        self.steps += 1
        if self.steps % self.k == 0:
            for slow, fast in zip(self.averages, self.parameters):
                slow.add_(self.alpha * (fast - slow))
                fast.copy_(slow)


class Average:
    """PyTorch's own, of a module that has the parameters."""

    def __init__(self, parameters, decay=0.999):
        self.module = torch.nn.ParameterList(parameters)
        self.model = torch.optim.swa_utils.AveragedModel(
            self.module, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(decay))
        self.averages = list(self.model.module.parameters())

    def update(self):
        self.model.update_parameters(self.module)


def averaging(text, parameters):
    kind = Lookahead if text.startswith("lookahead") else Average
    return kind(parameters, *numbers(text))


def clip(text, parameters):
    (bound,) = numbers(text)
    if text.startswith("norm"):
        torch.nn.utils.clip_grad_norm_(parameters, bound)
    else:
        torch.nn.utils.clip_grad_value_(parameters, bound)


def call(word, keys):
    said = []
    for name, value in keys.items():
        if name == "betas":
            said += [f"beta1: {value[0]}", f"beta2: {value[1]}"]
        elif isinstance(value, str):
            said.append(f"{name}: {value}")
        else:
            said.append(f"{name}: {json.dumps(value)}")
    return f"{word}({', '.join(said)})" if said else word


def calls(parts, more):
    first, *others = parts
    return "\n  ".join(
        [call(*first[::2])]
        + [f"optimizer {call(word, keys)} on {pattern}" for word, _, keys, pattern in others]
        + [f"{word} {said}" for word, said in more.items()])


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


def batch(step, passes, x, targets):
    """The examples of a step: of several passes 8 each, and 5 in the last one."""
    places = [(step * passes + index) % BATCHES for index in range(passes)]
    counts = [8] * (passes - 1) + [8 if passes == 1 else 5]
    return [
        torch.cat([tensor[place][:count] for place, count in zip(places, counts)])
        for tensor in (x, targets)]


def trained(parts, more, start, x, targets):
    parameters = [torch.nn.Parameter(tensor.clone()) for tensor in start]
    average = averaging(more["average"], parameters) if "average" in more else None
    all_optimizers = optimizers(parts, parameters)
    schedulers = [
        torch.optim.lr_scheduler.OneCycleLR(
            optimizer, [group["lr"] for group in optimizer.param_groups], total_steps=STEPS)
        for optimizer in all_optimizers if "schedule" in more]
    for step in range(STEPS):
        for optimizer in all_optimizers:
            optimizer.zero_grad()
        inputs, wanted = batch(step, int(more.get("accumulate", 1)), x, targets)
        y = F.linear(torch.tanh(F.linear(inputs, *parameters[:2])), *parameters[2:])
        F.mse_loss(y, wanted).backward()
        if "clip" in more:
            clip(more["clip"], parameters)
        for optimizer in all_optimizers:
            optimizer.step()
        if average:
            average.update()
        # After the last step OneCycleLR has nothing left.
        for scheduler in schedulers if step < STEPS - 1 else []:
            scheduler.step()
    averages = average.averages if average else []
    return [[tensor.detach() for tensor in tensors] for tensors in (parameters, averages)]


def rate(word, kind, keys, _):
    return kind([torch.zeros(1, requires_grad=True)], **keys).param_groups[0]["lr"]


def main():
    normal = lambda *shape: torch.randn(*shape, dtype=torch.double)
    x, targets = normal(BATCHES, 8, 4), normal(BATCHES, 8, 3)
    start = [normal(5, 4) / 2, normal(5) / 2, normal(3, 5) / 2, normal(3) / 2]
    shifted = [tensor * (1 + 1e-15) for tensor in start]
    flat = lambda tensors: dict(zip(NAMES, (tensor.flatten().tolist() for tensor in tensors)))
    ends = []
    plain = [((*row, "*"),) for row in rows()] + list(named_rows())
    plain += list(matrix_rows())
    for parts, more in [(parts, {}) for parts in plain] + list(surrounded_rows()):
        end, averages = trained(parts, more, start, x, targets)
        other, _ = trained(parts, more, shifted, x, targets)
        off = max(((a - b).abs().max() / a.abs().max()).item() for a, b in zip(end, other))
        print(f"{off:.1e} {calls(parts, more)}")
        assert off < 1e-12, "rounding grows"
        row = {"optimizer": calls(parts, more), "rate": rate(*parts[0]), "end": flat(end)}
        ends.append({**row, "averages": flat(averages)} if averages else row)
    found = {
        "steps": STEPS, "x": x.flatten(1).tolist(), "targets": targets.flatten(1).tolist(),
        "start": flat(start), "rows": ends}
    (DATA / "optimizers.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
