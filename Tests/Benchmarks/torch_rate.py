"""PyTorch's rate on one network: prints one JSON object.

usage: torch_rate.py NETWORK --mode eager|channels_last|compile --batch N --threads N --seconds S
"""
import argparse
import json
import time

import torch
import torch.nn.functional as F

import networks


def median_seconds(work, seconds):
    """The median time of a call, over about so many seconds."""
    times = []
    end = time.perf_counter() + seconds
    while len(times) < 5 or time.perf_counter() < end:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('network')
    parser.add_argument('--mode', default='eager')
    parser.add_argument('--batch', type=int, default=64)
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--seconds', type=float, default=4)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    shape, classes, _ = networks.NETWORKS[options.network]
    network = networks.torch_network(options.network)
    x = torch.rand(options.batch, *shape)
    y = torch.arange(options.batch) % classes
    if options.mode == 'channels_last':
        network = network.to(memory_format=torch.channels_last)
        x = x.contiguous(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(network.parameters(), lr=1e-6)
    forward = torch.compile(network) if options.mode == 'compile' else network

    def step():
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(forward(x), y, reduction='sum').backward()
        optimizer.step()

    def evaluate():
        with torch.no_grad():
            forward(x)

    start = time.perf_counter()
    step()
    first = time.perf_counter() - start
    for _ in range(5):
        step()
    training = median_seconds(step, options.seconds)
    network.eval()
    for _ in range(5):
        evaluate()
    evaluation = median_seconds(evaluate, options.seconds / 2)
    print(json.dumps({
        'training': options.batch / training, 'evaluation': options.batch / evaluation,
        'first_step_seconds': first}))


if __name__ == '__main__':
    main()
