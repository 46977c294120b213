#!/usr/bin/env python3
"""The PyTorch side of judge.py: trains one network on CIFAR-10's files and prints its accuracy.

usage: judge_torch.py resnet8|airbench94 --cifar FOLDER --seed N --threads N
"""

import argparse
import gzip
import json
import math
import pathlib
import time

import numpy
import torch
import torch.nn.functional as F
from torch import nn

MEAN, DEVIATION = (0.4914, 0.4822, 0.4465), (0.247, 0.2435, 0.2616)


def images(folder, names):
    """Normalized images and their classes, of CIFAR-10's binary files."""
    records = []
    for name in names:
        plain, packed = folder / name, folder / (name + ".gz")
        if plain.exists():
            records.append(plain.read_bytes())
        elif packed.exists():
            records.append(gzip.decompress(packed.read_bytes()))
    rows = torch.from_numpy(numpy.frombuffer(b"".join(records), numpy.uint8).reshape(-1, 3073).copy())
    x = rows[:, 1:].reshape(-1, 3, 32, 32) / 255
    channels = lambda numbers: torch.tensor(numbers)[:, None, None]
    return (x - channels(MEAN)) / channels(DEVIATION), rows[:, 0].long()


def flipped(x, which):
    return torch.where(which[:, None, None, None], x.flip(3), x)


def cropped(x, padding, mode):
    """Of each image a window of its size somewhere in it with padding around it."""
    count, _, height, width = x.shape
    padded = F.pad(x, [padding] * 4, mode=mode)
    down, right = torch.randint(0, 2 * padding + 1, (2, count))
    i = (down[:, None] + torch.arange(height))[:, None, :, None]
    j = (right[:, None] + torch.arange(width))[:, None, None, :]
    return padded[torch.arange(count)[:, None, None, None], torch.arange(3)[None, :, None, None], i, j]


class SameUpper(nn.Conv2d):
    """A convolution padded as TensorFlow does it: the odd cell below and on the right."""

    def forward(self, x):
        sides = []
        for size, kernel, stride in zip(x.shape[:1:-1], self.kernel_size[::-1], self.stride[::-1]):
            whole = max((math.ceil(size / stride) - 1) * stride + kernel - size, 0)
            sides += [whole // 2, whole - whole // 2]
        return super().forward(F.pad(x, sides))


class ResNet8(nn.Module):
    def __init__(self):
        super().__init__()
        conv = lambda inputs, outputs, kernel=3, stride=1: SameUpper(inputs, outputs, kernel, stride)
        norm = lambda channels: nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)
        self.first = nn.Sequential(conv(3, 16), norm(16), nn.ReLU())
        self.units, self.shortcuts = nn.ModuleList(), nn.ModuleList()
        for inputs, outputs, stride in ((16, 16, 1), (16, 32, 2), (32, 64, 2)):
            self.units.append(nn.Sequential(
                conv(inputs, outputs, stride=stride), norm(outputs), nn.ReLU(),
                conv(outputs, outputs), norm(outputs)))
            self.shortcuts.append(
                conv(inputs, outputs, 1, stride) if stride > 1 else nn.Identity())
        self.last = nn.Linear(64, 10)
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(module.weight)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        x = self.first(x)
        for unit, shortcut in zip(self.units, self.shortcuts):
            x = F.relu(shortcut(x) + unit(x))
        return self.last(x.mean((2, 3)))


def train_resnet8(x, y):
    network, epochs, batch = ResNet8(), 15, 128
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)
    steps = epochs * math.ceil(len(x) / batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: (1 + math.cos(math.pi * step / steps)) / 2)
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(batch):
            seen = cropped(flipped(x[rows], torch.rand(len(rows)) < 0.5), 4, "constant")
            optimizer.zero_grad()
            F.cross_entropy(network(seen), y[rows]).backward()
            optimizer.step()
            schedule.step()
    network.eval()
    return network


class Airbench94(nn.Module):
    """Keller Jordan's network, written anew from its description."""

    def __init__(self, x):
        super().__init__()
        norm = lambda channels: nn.BatchNorm2d(channels, eps=1e-12, momentum=0.4)
        conv = lambda inputs, outputs: nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        layers = [nn.Conv2d(3, 24, 2), nn.GELU()]
        for inputs, outputs in ((24, 64), (64, 256), (256, 256)):
            layers += [
                conv(inputs, outputs), nn.MaxPool2d(2), norm(outputs), nn.GELU(),
                conv(outputs, outputs), norm(outputs), nn.GELU()]
        self.layers = nn.Sequential(*layers, nn.MaxPool2d(3), nn.Flatten())
        self.last = nn.Linear(256, 10, bias=False)
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.weight.requires_grad = False
            elif isinstance(module, nn.Conv2d) and module.bias is None:
                nn.init.dirac_(module.weight.data[:module.weight.shape[1]])
        whiten = self.layers[0]
        whiten.weight.requires_grad = False
        nn.init.zeros_(whiten.bias)
        patches = x[:5000].unfold(2, 2, 1).unfold(3, 2, 1).permute(0, 2, 3, 1, 4, 5).reshape(-1, 12)
        values, vectors = torch.linalg.eigh(patches.T @ patches / len(patches))
        filters = (vectors / (values + 5e-4).sqrt()).T.flip(0).reshape(12, 3, 2, 2)
        whiten.weight.data = torch.cat([filters, -filters])

    def forward(self, x):
        return self.last(self.layers(x)) / 9


def train_airbench94(x, y):
    epochs, batch, momentum = 10, 1024, 0.85
    network = Airbench94(x)
    gain = 1024 * (1 + 1 / (1 - momentum))
    rate, decay = 11.5 / gain, 0.0153 * batch / gain
    biases = [m.bias for m in network.modules() if isinstance(m, nn.BatchNorm2d)]
    first_bias = network.layers[0].bias
    others = [
        p for p in network.parameters()
        if p.requires_grad and not any(p is other for other in biases)]
    optimizer = torch.optim.SGD(
        [{"params": others, "lr": rate, "weight_decay": decay / rate},
         {"params": biases, "lr": 64 * rate, "weight_decay": decay / (64 * rate)}],
        momentum=momentum, nesterov=True)
    steps = epochs * math.ceil(len(x) / batch)
    factors = numpy.interp(
        numpy.arange(1 + steps), [0, int(0.23 * steps), steps], [0.2, 1, 0.07])
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: factors[step])
    slow = [value.clone() for value in network.state_dict().values()]

    def look_ahead(kept):
        for old, new in zip(slow, network.state_dict().values()):
            if new.is_floating_point():
                old.lerp_(new, 1 - kept)
                new.copy_(old)

    x, step = flipped(x, torch.rand(len(x)) < 0.5), 0
    for epoch in range(epochs):
        first_bias.requires_grad = epoch < 3
        if epoch >= 3:
            first_bias.grad = None
        for rows in torch.randperm(len(x)).split(batch):
            seen = cropped(x[rows], 2, "reflect")
            optimizer.zero_grad(set_to_none=True)
            F.cross_entropy(
                network(seen), y[rows], label_smoothing=0.2, reduction="sum").backward()
            optimizer.step()
            schedule.step()
            step += 1
            if step % 5 == 0:
                look_ahead(0.95**5 * (step / steps) ** 3)
        x = x.flip(3)
    look_ahead(1)
    network.eval()

    def looks(x):
        both = lambda x: (network(x) + network(x.flip(3))) / 2
        padded = F.pad(x, [1] * 4, mode="reflect")
        shifted = (both(padded[:, :, :32, :32]) + both(padded[:, :, 2:, 2:])) / 2
        return (both(x) + shifted) / 2

    return looks


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("network", choices=["resnet8", "airbench94"])
    parser.add_argument("--cifar", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    x, y = images(options.cifar, [f"data_batch_{number}.bin" for number in range(1, 6)])
    test_x, test_y = images(options.cifar, ["test_batch.bin"])
    start = time.perf_counter()
    network = {"resnet8": train_resnet8, "airbench94": train_airbench94}[options.network](x, y)
    seconds = time.perf_counter() - start
    with torch.no_grad():
        answers = torch.cat([network(part).argmax(1) for part in test_x.split(500)])
    print(json.dumps({
        "accuracy": (answers == test_y).double().mean().item(), "seconds": seconds}))


if __name__ == "__main__":
    main()
