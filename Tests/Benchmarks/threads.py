#!/usr/bin/env python3
"""What a training step would gain from more threads, on paper.

usage: threads.py [--batch N] [--barrier MICROSECONDS] [--bnc PROGRAM] [networks ...]

Each kernel's time on one thread, as `bnc bench` measures it, is shared by its tasks, which `bnc compile
--emit kernels` counts: on P threads a kernel lasts as long as the thread that has most of them, and a kernel
of several tasks ends with a barrier. Memory is taken to keep up: what shares it is in the DocC article
Threads. Prints the step's gain by threads, and the kernels that 64 threads wait for. Needs
`swift build -c release` before.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import networks

ROOT = pathlib.Path(__file__).resolve().parents[2]
THREADS = [1, 2, 4, 8, 16, 32, 64]


def run(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


def kernels(options, name):
    """Of each kernel of a step its name, its microseconds on one thread, and its tasks."""
    with tempfile.TemporaryDirectory() as folder:
        model = pathlib.Path(folder) / 'network.bn'
        model.write_text(networks.model_text(name, options.batch))
        found = json.loads(run(options.bnc, 'bench', model, '--threads', 1, '--json'))
        text = run(options.bnc, 'compile', model, '--target', 'native', '--emit', 'kernels')
    blocks = int(re.search(r': (\d+) blocks? of', text)[1])
    tasks = {}
    for kernel, words in re.findall(r'^  \w+: (\w+) in (.*?)(?:, .*)?$', text, re.M):
        count = 1 if words == 'one task' else int(words.split()[0])
        group = re.search(r'for (\d+) blocks', words)
        if group:
            count *= -(-blocks // int(group[1]))
        elif words.endswith('a block'):
            count *= blocks
        tasks[kernel] = count
    return [(one['name'], 1e6 * one['seconds'], tasks.get(one['name'], 1)) for one in found['kernels']]


def lasts(microseconds, tasks, threads, barrier):
    """How long a kernel takes on so many threads."""
    if tasks == 1 or threads == 1:
        return microseconds
    return microseconds * -(-tasks // threads) / tasks + barrier


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('networks', nargs='*', default=['mnist_cnn', 'resnet8', 'mobilenet_v1'])
    parser.add_argument('--batch', type=int, default=64)
    parser.add_argument('--barrier', type=float, default=2, help='what a loop costs beside its tasks')
    parser.add_argument('--bnc', type=pathlib.Path, default=ROOT / '.build/release/bnc')
    options = parser.parse_args()
    print(f'batch {options.batch}, a barrier {options.barrier:g} us')
    print('\n| network | step, one thread | ' + ' | '.join(f'{p} threads' for p in THREADS[1:]) + ' |')
    print('|---|---|' + '---|' * len(THREADS[1:]))
    waits = []
    for name in options.networks:
        found = kernels(options, name)
        whole = sum(time for _, time, _ in found)
        gains = [whole / sum(lasts(time, tasks, p, options.barrier) for _, time, tasks in found)
                 for p in THREADS[1:]]
        print(f'| {name} | {whole / 1000:.1f} ms | ' + ' | '.join(f'{gain:.1f}' for gain in gains) + ' |')
        last = sorted(((lasts(time, tasks, 64, options.barrier), kernel, tasks)
                       for kernel, time, tasks in found), reverse=True)
        total = sum(time for time, _, _ in last)
        waits.append((name, [(kernel, tasks, time / total) for time, kernel, tasks in last[:5]]))
    for name, worst in waits:
        print(f'\n{name}, 64 threads: ' + ', '.join(
            f'{kernel} ({tasks} {"task" if tasks == 1 else "tasks"}) {share:.0%}'
            for kernel, tasks, share in worst))


if __name__ == '__main__':
    main()
