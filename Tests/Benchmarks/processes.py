#!/usr/bin/env python3
"""What several processes reach: measured on this machine, and computed for more hosts.

usage: processes.py [--rounds N] [--mpirun WORDS] [--bnc PROGRAM] [networks ...]

Measures, in turns, one process with as many threads as there are cores, and as many processes with one
thread each, by `bnc bench`; prints the median ratio of their rates. Then computes what hosts like this one
would reach, each with a batch of its own: a step takes what it takes here, and beside it each sum that the
step waits for takes a latency and the time of its bytes; gradients take the time of theirs, 2 (P - 1) / P of
them over the network, less what of the backward pass is left when they leave. Needs `swift build -c release`
and Open MPI.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import networks

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOSTS = [2, 4, 8, 16, 64, 256, 1024]
# Bits a second, and seconds of one message, of Ethernet with TCP and of a cluster's own network.
LINKS = [('1 Gbit/s', 1e9, 50e-6), ('10 Gbit/s', 1e10, 25e-6), ('100 Gbit/s', 1e11, 3e-6)]


def run(words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout)


def log2(count):
    return (count - 1).bit_length()


def step(one, traffic, hosts, bits, latency):
    """Seconds of a step of so many hosts, each with a batch as large as here."""
    # On two processes a small sum sends its own bytes once, and gradients once too.
    gradients, small = traffic['gradients'], traffic['small']
    # A gather in log2 P rounds sends P - 1 times the bytes.
    waits = traffic['sums'] * log2(hosts) * latency + small * (hosts - 1) * 8 / bits
    sent = 2 * (hosts - 1) / hosts * gradients * 8 / bits + 2 * log2(hosts) * latency
    # The last bundle leaves when the backward pass is done; the others while it runs, three fifths of a step.
    left = max(0, sent - 0.6 * one)
    last = min(sent, 128 * 1024 * 8 / bits)
    return one + waits + max(left, last)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('networks', nargs='*', default=['mnist_cnn', 'resnet8'])
    parser.add_argument('--batch', type=int, default=64)
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--seconds', type=float, default=2)
    parser.add_argument('--mpirun', default='mpirun --allow-run-as-root')
    parser.add_argument('--bnc', type=pathlib.Path, default=ROOT / '.build/release/bnc')
    options = parser.parse_args()
    cores = len(os.sched_getaffinity(0))
    print(f'batch {options.batch}, {cores} cores, medians of {options.rounds} rounds')
    for name in options.networks:
        with tempfile.TemporaryDirectory() as folder:
            model = pathlib.Path(folder) / 'network.bn'
            model.write_text(networks.model_text(name, options.batch))
            bench = [options.bnc, 'bench', model, '--json', '--seconds', options.seconds]
            ratios, threads, several = [], [], []
            for _ in range(options.rounds):
                one = run(bench)
                many = run(options.mpirun.split() + ['-n', cores] + bench)
                ratios.append(one['stepSeconds'] / many['stepSeconds'])
                threads.append(one['stepSeconds'])
                several.append(many)
        many = several[-1]
        print(f'\n{name}: {cores} threads {statistics.median(threads) * 1e3:.2f} ms a step, {cores} processes '
              f'{statistics.median(m["stepSeconds"] for m in several) * 1e3:.2f} ms: '
              f'{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}); '
              f'{many["sums"]:.0f} sums, {many["bytes"] / 1024:.0f} KB sent by a process, '
              f'{statistics.median(m["waitingSeconds"] for m in several) * 1e6:.0f} us waited')
        gradients = many['gradientBytes']
        traffic = {'gradients': gradients, 'sums': many['sums'],
                   'small': max(0, many['bytes'] / (cores - 1) - gradients * 2 / cores / (cores - 1))}
        print('\n| hosts | ' + ' | '.join(link for link, _, _ in LINKS) + ' |')
        print('| --- |' + ' --- |' * len(LINKS))
        own = statistics.median(threads)
        for hosts in HOSTS:
            gains = [hosts * own / step(own, traffic, hosts, bits, latency) for _, bits, latency in LINKS]
            print(f'| {hosts} | ' + ' | '.join(f'{gain:.1f}' for gain in gains) + ' |')


if __name__ == '__main__':
    main()
