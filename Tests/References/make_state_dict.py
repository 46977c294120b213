#!/usr/bin/env python3
"""Writes state_dict.safetensors to Tests/References/Data: a network's weights under PyTorch's own names.

    python3 Tests/References/make_state_dict.py

The network, that of state_dict.bn, has modules within modules and takes three steps, so that its running
statistics have moved. state_dict_outputs.safetensors has an input and the logits in evaluation.
"""

import pathlib

import torch
from safetensors.torch import save_file
from torch import nn

DATA = pathlib.Path(__file__).resolve().parent / "Data"


class Stage(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.act = nn.PReLU(channels)

    def forward(self, x):
        return x + self.act(self.bn1(self.conv1(x)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.ReLU())
        self.stage1 = Stage(4)
        self.stage2 = Stage(4)
        self.norm = nn.LayerNorm(16)
        self.head = nn.Linear(16, 3)

    def forward(self, x):
        x = nn.functional.avg_pool2d(self.stage2(self.stage1(self.stem(x))), 2)
        return self.head(self.norm(x.flatten(1)))


def main():
    torch.manual_seed(5)
    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(3):
        x, label = torch.randn(8, 2, 6, 6), torch.randint(3, (8,))
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x), label).backward()
        optimizer.step()
    save_file(net.state_dict(), DATA / "state_dict.safetensors")
    net.eval()
    x = torch.randn(5, 2, 6, 6)
    with torch.no_grad():
        save_file({"x": x, "logits": net(x)}, DATA / "state_dict_outputs.safetensors")


if __name__ == "__main__":
    main()
