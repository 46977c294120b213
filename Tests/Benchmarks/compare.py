"""bnc beside PyTorch on several networks: ratios of examples a second, min, median and max.

usage: compare.py [NETWORK | MODEL.bn ...] [--rounds 3] [--batch 64] [--threads 2] [--modes eager,channels_last,compile]

All train by plain SGD. The programs run in alternation, so that a machine whose speed drifts is no
one's advantage; the last row of a network is each round's best mode. Needs python3 with torch, and `swift build -c release` before.
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

import networks

HERE = pathlib.Path(__file__).resolve().parent


def machine():
    """The processor's name and how many there are."""
    try:
        lines = pathlib.Path('/proc/cpuinfo').read_text().splitlines()
        name = next(line.split(':', 1)[1].strip() for line in lines if line.startswith('model name'))
    except (OSError, StopIteration):
        name = platform.processor() or 'unknown processor'
    return f'{name}, {len(os.sched_getaffinity(0))} cores'


def run_json(command):
    """What a command prints, as JSON; a command that fails ends the comparison."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f'{" ".join(map(str, command))} failed:\n{done.stderr}')
    text = done.stdout
    return json.loads(text[text.index('{'):])


def bnc_rates(program, model, options):
    found = run_json([program, 'bench', model, '--json', '--threads', str(options.threads),
                      '--seconds', str(options.seconds)])
    return {'training': found['batch'] / found['stepSeconds'],
            'evaluation': found['batch'] / found['evaluationSeconds']}


def torch_rates(name, mode, options):
    return run_json([sys.executable, HERE / 'torch_rate.py', name, '--mode', mode,
                     '--batch', str(options.batch), '--threads', str(options.threads),
                     '--seconds', str(options.seconds / 2), '--bnc', options.bnc])


def spread(values):
    return f'{min(values):.2f} / {statistics.median(values):.2f} / {max(values):.2f}'


def compare(name, options):
    """Prints one row for each mode of PyTorch."""
    modes = options.modes.split(',')
    ours, theirs = [], {mode: [] for mode in modes}
    with tempfile.TemporaryDirectory() as folder:
        model = pathlib.Path(folder) / 'network.bn'
        model.write_text(networks.model_text(name, options.batch))
        for _ in range(options.rounds):
            ours.append(bnc_rates(options.bnc, model, options))
            for mode in modes:
                theirs[mode].append(torch_rates(name, mode, options))
    theirs['best'] = [
        {what: max(found[what] for found in rounds) for what in ('training', 'evaluation')}
        for rounds in zip(*(theirs[mode] for mode in modes))]
    for mode in theirs:
        ratios = {what: [a[what] / b[what] for a, b in zip(ours, theirs[mode])]
                  for what in ('training', 'evaluation')}
        rate = statistics.median(r['training'] for r in ours)
        other = statistics.median(r['training'] for r in theirs[mode])
        print(f'| {pathlib.Path(name).stem} | {mode} | {rate:,.0f} | {other:,.0f} | {spread(ratios["training"])} '
              f'| {spread(ratios["evaluation"])} |', flush=True)


def parse_options(seconds, *others):
    """The options of a comparison, `others` among them; a network that there is not ends it."""
    parser = argparse.ArgumentParser()
    parser.add_argument('networks', nargs='*')
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--batch', type=int, default=64)
    parser.add_argument('--threads', type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument('--seconds', type=float, default=seconds)
    parser.add_argument('--bnc', default=HERE.parents[1] / '.build/release/bnc')
    for name, default in others:
        parser.add_argument(name, default=default)
    options = parser.parse_args()
    options.networks = options.networks or networks.DEFAULTS
    for name in options.networks:
        networks.path(name)
    return options


def main():
    options = parse_options(4, ('--modes', 'eager,channels_last,compile'))
    import torch
    print(f'{machine()}; batch {options.batch}, {options.threads} threads, PyTorch {torch.__version__}; '
          f'{options.rounds} rounds in alternation\n')
    print('| network | PyTorch | bnc examples/s | PyTorch examples/s | training ratio min / median / max '
          '| evaluation ratio |')
    print('|---|---|---|---|---|---|')
    for name in options.networks:
        compare(name, options)


if __name__ == '__main__':
    main()
