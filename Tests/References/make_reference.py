#!/usr/bin/env python3
"""Writes Tests/References/Data: what PyTorch, in double, makes of a few networks.

    python3 Tests/References/make_reference.py

The tests hold bnc's numbers against these files where there is no PyTorch. <name>.bn is the model,
<name>.safetensors what goes in and what should come out:

    reference: `start/`, then for each of three SGD steps `step1/inputs`, `step1/labels`,
        `step1/loss` and all parameters and running statistics after it; the last batch is a short
        one. `evaluation/outputs` and `evaluation/loss` are those of the last batch after that.
    the others: `start/`, `inputs`, `labels`, and `train/` and `evaluate/` with `loss`, `outputs`,
        `gradients/` of parameters and input, `state/` after the step.
"""

import pathlib

import numpy
import safetensors.numpy
import torch

import networks
import varied_networks

DATA = pathlib.Path(__file__).resolve().parent / "Data"
RATE = 0.05
SINGLE_STEPS = {
    "residual": 5, "shared_value": 7, "dropped_cells": 6, "input_norm": 9,
    "overlapping_pools": 3, "wide_padding": 4, "arithmetic": 6, "excitation": 5, "moves": 7,
    "sequences": 5, "four_axes": 3, "within_examples": 5,
    "by_axis": 4, "same_of_tensorflow": 5, "dilation": 4, "groups": 7, "of_sequences": 6, "ceil": 4,
    "ceil_of_counted_padding": 4, "global_means": 5, "global_maxima": 5, "transposed": 4,
    "transposed_groups": 6, "activations": 16, "padding_modes": 8, "padding_modes_of_sequences": 5,
    "padding_past_the_kernel": 5, "running_statistics": 6, "like_other_frameworks": 7, "two_halves": 12, "two_halves_first": 8,
    "eps_on_deviation": 10, "no_batchnorm": 64, "stride2": 17, "batch_of_one": 1,
    "one_number_a_channel": 2,
    "every_padding": 6, "conventions": 8}


def start(network, random, seen):
    """Floats, which doubles hold as well, so that both precisions start alike."""
    return {name: array.astype(numpy.float32).astype(float)
            for name, array in network.tensors(random, seen).items()}


def save(network, found):
    (DATA / f"{network.name}.bn").write_text(network.text())
    small = {name: numpy.ascontiguousarray(array) for name, array in found.items()}
    for name, array in small.items():
        if name.startswith(("start/", "inputs")) and array.dtype == float:
            small[name] = array.astype(numpy.float32)
    safetensors.numpy.save_file(small, str(DATA / f"{network.name}.safetensors"))


def three_steps():
    random = numpy.random.default_rng(1)
    network = varied_networks.reference(batch=8)
    tensors = start(network, random, seen=0.0)
    for name in tensors:  # what a first batch must put aside
        if name.endswith(("running_mean", "running_variance")):
            tensors[name][...] = 7
    found = {f"start/{name}": array.copy() for name, array in tensors.items()}
    for step, count in enumerate([8, 8, 5], 1):
        inputs = random.integers(0, 256, (count, *network.shape)).astype(numpy.uint8)
        wanted = network.targets(random, count)
        answer = networks.run(network, tensors, inputs, wanted, training=True)
        tensors = {name: array - RATE * answer["gradients"][name]
                   if name in answer["gradients"] else answer["state"][name]
                   for name, array in tensors.items()}
        found |= {f"step{step}/inputs": inputs, f"step{step}/labels": wanted,
                  f"step{step}/loss": numpy.array([answer["loss"]])}
        found |= {f"step{step}/{name}": array.copy() for name, array in tensors.items()}
    answer = networks.run(network, tensors, inputs, wanted, training=False)
    found["evaluation/outputs"] = answer["outputs"][f"v{len(network.layers)}"]
    found["evaluation/loss"] = numpy.array([answer["loss"]])
    save(network, found)


def single_step(network, count):
    random = numpy.random.default_rng(2)
    tensors = start(network, random, seen=1.0)
    inputs = random.normal(0, 1, (count, *network.shape)).astype(numpy.float32)
    wanted = network.targets(random, count)
    found = {f"start/{name}": array for name, array in tensors.items()}
    found |= {"inputs": inputs, "labels": wanted}
    for mode in ("train", "evaluate"):
        answer = networks.run(network, tensors, inputs, wanted, mode == "train")
        found[f"{mode}/loss"] = numpy.array([answer["loss"]])
        found[f"{mode}/outputs"] = answer["outputs"][f"v{len(network.layers)}"]
        found |= {f"{mode}/gradients/{name}": array for name, array in answer["gradients"].items()
                  if not name.endswith("output_gradient")}
        if mode == "train":
            found |= {f"{mode}/state/{name}": array for name, array in answer["state"].items()}
    save(network, found)


def main():
    DATA.mkdir(exist_ok=True)
    torch.set_num_threads(1)
    three_steps()
    for network in varied_networks.varied():
        if network.name in SINGLE_STEPS:
            single_step(network, SINGLE_STEPS[network.name])


if __name__ == "__main__":
    main()
