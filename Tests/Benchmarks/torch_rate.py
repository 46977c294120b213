"""PyTorch's rate on one network: prints one JSON object.

usage: torch_rate.py NETWORK --mode MODE --batch N --threads N --seconds S --bnc PROGRAM

MODE is eager, channels_last, compile or compile_channels_last.
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


def first_of(outputs):
    """The value that the loss is of."""
    return outputs[0] if isinstance(outputs, tuple) else outputs


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('network')
    parser.add_argument('--mode', default='eager')
    parser.add_argument('--batch', type=int, default=64)
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--seconds', type=float, default=4)
    parser.add_argument('--bnc', required=True)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    network, shapes, kind = networks.torch_network(
        options.bnc, options.network, options.batch)
    x = [torch.rand(options.batch, *shape) for shape in shapes]
    with torch.no_grad():
        out = first_of(network(*x))
    y = torch.randint(0, out.shape[1], (out.shape[0], *out.shape[2:])) if kind == 'classes' \
        else torch.rand_like(out)
    loss = F.cross_entropy if kind == 'classes' else F.mse_loss
    if options.mode.endswith('channels_last'):
        network = network.to(memory_format=torch.channels_last)
        x = [v.contiguous(memory_format=torch.channels_last) if v.dim() == 4 else v for v in x]
    optimizer = torch.optim.SGD(network.parameters(), lr=1e-6)
    forward = torch.compile(network) if options.mode.startswith('compile') else network

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss(first_of(forward(*x)), y).backward()
        optimizer.step()

    def evaluate():
        with torch.no_grad():
            forward(*x)

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
