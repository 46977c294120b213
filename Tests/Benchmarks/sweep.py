"""How the time of a multiply-add grows with batch, width, depth and image size.

usage: sweep.py [--threads 1] [--seconds 1] [--rounds 3] [--plot FILE.svg] [--bnc PROGRAM]

For each series all but one size stay as they are. Prints picoseconds a multiply-add (forward and
backward, so three of the model's own count less the first layer's input gradient; those on padding are
neither computed nor counted), the median of some rounds through all sizes, and writes a plot. Needs `swift build -c release` before. Exceptions are for README.md to explain.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent

# One network, of which each series varies one size.
BASE = {'batch': 64, 'width': 32, 'depth': 3, 'image': 16}
SERIES = {
    'batch': [8, 16, 32, 48, 64, 128, 256],
    'width': [8, 16, 23, 32, 48, 61, 96, 128],
    'depth': [1, 2, 3, 4, 6, 8],
    'image': [8, 12, 16, 24, 32, 48, 64],
}


def model_text(batch, width, depth, image):
    """`depth` convolutions of 3 x 3 with batch norm and ReLU, an average pool, a dense layer."""
    stage = f'conv({width}, kernel: 3, padding: 1) | batchnorm | relu'
    return (f'model sweep {{\n  input image: [3, {image}, {image}]\n  target label: class(10)\n'
            f'  logits = image | {" | ".join([stage] * depth)} | avgpool({image}) | flatten | dense(10)\n'
            '  loss softmax_cross_entropy(logits, label, reduction: sum)\n}\n'
            f'training {{\n  batch {batch}\n  data scale(1/255)\n}}\n')


def measure(sizes, options):
    """Picoseconds a multiply-add of a training step."""
    with tempfile.TemporaryDirectory() as folder:
        model = pathlib.Path(folder) / 'sweep.bn'
        model.write_text(model_text(**sizes))
        done = subprocess.run(
            [options.bnc, 'bench', model, '--json', '--threads', str(options.threads),
             '--seconds', str(options.seconds)], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f'bnc bench failed:\n{done.stderr}')
        found = json.loads(done.stdout)
    # The 3 x 3 windows at an edge reach one number past it.
    inside = ((3 * sizes['image'] - 2) / (3 * sizes['image'])) ** 2
    multiply_adds = sum(
        kernel['operations'] * (inside if kernel['name'].startswith('conv') else 1)
        for kernel in found['kernels']) / 2
    return found['stepSeconds'] / multiply_adds * 1e12, found['batch'] / found['stepSeconds']


def plot(found, path):
    """A panel a series, picoseconds over size, all with the same scale from 0, as SVG."""
    panel, height, left, bottom, top = 190, 260, 40, 40, 30
    most = max(value for points in found.values() for _, value, _ in points) * 1.1
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + len(found) * panel}" '
             f'height="{height}" font-family="sans-serif" font-size="12">',
             '<rect width="100%" height="100%" fill="white"/>',
             '<text x="4" y="16">ps a multiply-add</text>']

    def y_of(value):
        return height - bottom - (height - bottom - top) * value / most

    for tick in range(0, int(most) + 1, 5):
        parts.append(f'<line x1="{left}" x2="{left + len(found) * panel - 10}" y1="{y_of(tick):.0f}" '
                     f'y2="{y_of(tick):.0f}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 6}" y="{y_of(tick) + 4:.0f}" text-anchor="end">{tick}</text>')
    for column, (name, points) in enumerate(found.items()):
        start = left + column * panel + 16
        step = (panel - 46) / max(1, len(points) - 1)
        places = [(start + index * step, y_of(value), size)
                  for index, (size, value, _) in enumerate(points)]
        line = ' '.join(f'{x:.1f},{y:.1f}' for x, y, _ in places)
        parts.append(f'<polyline points="{line}" fill="none" stroke="#1b6ca8" stroke-width="2"/>')
        for x, y, size in places:
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#1b6ca8"/>')
            parts.append(f'<text x="{x:.1f}" y="{height - bottom + 16}" text-anchor="middle" '
                         f'font-size="10">{size}</text>')
        parts.append(f'<text x="{start + (panel - 46) / 2:.1f}" y="{height - 6}" '
                     f'text-anchor="middle">{name}</text>')
    pathlib.Path(path).write_text('\n'.join(parts + ['</svg>']) + '\n')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--seconds', type=float, default=1)
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--plot', default=HERE / 'sweep.svg')
    parser.add_argument('--bnc', default=HERE.parents[1] / '.build/release/bnc')
    options = parser.parse_args()
    points = [(name, size) for name, sizes in SERIES.items() for size in sizes]
    times = {point: [] for point in points}
    for _ in range(options.rounds):
        for name, size in points:
            times[name, size].append(measure(BASE | {name: size}, options))
    print(f'base: {BASE}; {options.threads} threads, median of {options.rounds} rounds\n')
    print('| series | size | ps a multiply-add | images/s |')
    print('|---|---|---|---|')
    found = {name: [] for name in SERIES}
    for name, size in points:
        picoseconds, rate = sorted(times[name, size])[options.rounds // 2]
        found[name].append((size, picoseconds, rate))
        print(f'| {name} | {size} | {picoseconds:.2f} | {rate:,.0f} |')
    plot(found, options.plot)


if __name__ == '__main__':
    main()
