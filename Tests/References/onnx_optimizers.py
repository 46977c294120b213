"""ONNX's three optimizers (of its preview for training), as optimizers of the language.

A test gives parameters, their gradients and what is kept of the steps before. Here a parameter is the
weight of a dense layer with one output, and each of its numbers the only one that one of the batch's
examples sees: squared errors have the gradient that the test gives, where a target is the number
less half of it.

T counts the steps before, as from 0; the language counts from 1. At T = 0 ONNX's Adam corrects no
bias, which is `bias_correction: false`. Later it adds epsilon to another root than PyTorch does.
"""

import numpy

from onnx_graph import Refused

TEXT = """
model node {{
  input  x: [{count}]
  target t: [1]
  y = x | dense(1, bias: false)
  loss mean_squared_error(y, t, reduction: sum)
}}
training {{
  batch {count}
  optimizer {optimizer}
}}
"""


def adam(node, step):
    if step > 0:
        raise Refused("Adam after its first step adds epsilon to another root")
    if node.get("norm_coefficient_post", 0.0):
        raise Refused("Adam's decay after a step")
    return (
        f"adam(beta1: {node.get('alpha', 0.9)}, beta2: {node.get('beta', 0.999)}, "
        f"eps: {node.get('epsilon', 1e-6)}, weight_decay: {node.get('norm_coefficient', 0.0)}, "
        "bias_correction: false)", ["mean", "square"])


def adagrad(node, step):
    return (
        f"adagrad(lr_decay: {node.get('decay_factor', 0.0)}, eps: {node.get('epsilon', 1e-6)}, "
        f"weight_decay: {node.get('norm_coefficient', 0.0)})", ["sum"])


def momentum(node, step):
    ahead = node.get("mode") == "nesterov"
    # The first gradient counts whole, whatever the dampening.
    damped = 1 - node.get("beta") if step > 0 else 0
    return (
        f"momentum(momentum: {node.get('alpha')}, weight_decay: {node.get('norm_coefficient')}, "
        f"dampening: {damped}, nesterov: {'true' if ahead else 'false'})", ["velocity"])


OPTIMIZERS = {"Adam": adam, "Adagrad": adagrad, "Momentum": momentum}


def steps(bench, node, given):
    """What one step makes of each parameter, then of each kind of what is kept, in ONNX's order."""
    rate, step, *tensors = given
    optimizer, slots = OPTIMIZERS[node.kind](node, int(step))
    kinds = 2 + len(slots)
    several = len(tensors) // kinds
    groups = [tensors[first::several] for first in range(several)]
    found = []
    for x, gradient, *kept in groups:
        x, gradient = numpy.ravel(x), numpy.ravel(gradient)
        text = TEXT.format(count=x.size, optimizer=optimizer)
        plugin = bench.plugin(text, {"dense1.weight": x})
        memory = plugin.tensors(regions=(3,))
        for slot, values in zip(slots, kept):
            memory[f"{slot}.dense1.weight"][...] = numpy.ravel(values)
        plugin.step = int(step)
        status, _, _ = plugin.call(
            "train", numpy.eye(x.size), (x.astype(float) - gradient.astype(float) / 2)[:, None],
            float(rate))
        if status:
            raise RuntimeError(f"train returned {status}")
        found.append([plugin.tensors()["dense1.weight"].ravel()] + [
            memory[f"{slot}.dense1.weight"].ravel() for slot in slots])
    return [one[kind] for kind in range(kinds - 1) for one in found], text
