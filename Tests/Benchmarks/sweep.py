"""How the time of a multiply-add grows with batch, width, depth and image size.

usage: sweep.py [--threads 1] [--seconds 2] [--plot FILE.svg] [--bnc PROGRAM]

For each series all but one size stay as they are. Prints picoseconds a multiply-add (forward and
backward, so three of the model's own count less the first layer's input gradient), and writes a plot.
Needs `swift build -c release` before. Exceptions are for README.md to explain.
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
    multiply_adds = sum(kernel['operations'] for kernel in found['kernels']) / 2
    return found['stepSeconds'] / multiply_adds * 1e12, found['batch'] / found['stepSeconds']


def plot(found, path):
    """One line a series: picoseconds over the position in the series, as SVG."""
    width, height, left, bottom = 720, 360, 60, 40
    top = max(value for points in found.values() for _, value, _ in points) * 1.15
    colors = ['#1b6ca8', '#c0392b', '#2e8b57', '#8e44ad']
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
             'font-family="sans-serif" font-size="12">',
             f'<rect width="{width}" height="{height}" fill="white"/>']
    for tick in range(6):
        y = height - bottom - (height - bottom - 20) * tick / 5
        parts.append(f'<line x1="{left}" x2="{width - 20}" y1="{y:.0f}" y2="{y:.0f}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 4:.0f}" text-anchor="end">{top * tick / 5:.1f}</text>')
    parts.append(f'<text x="{left}" y="14">picoseconds a multiply-add</text>')
    for color, (name, points) in zip(colors, found.items()):
        places = []
        for index, (size, value, _) in enumerate(points):
            x = left + 20 + (width - left - 160) * index / max(1, len(points) - 1)
            y = height - bottom - (height - bottom - 20) * value / top
            places.append((x, y, size))
        line = ' '.join(f'{x:.1f},{y:.1f}' for x, y, _ in places)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>')
        for x, y, size in places:
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>')
            parts.append(f'<text x="{x:.1f}" y="{y - 7:.1f}" text-anchor="middle" fill="{color}">{size}</text>')
        x, y, _ = places[-1]
        parts.append(f'<text x="{x + 12:.1f}" y="{y + 4:.1f}" fill="{color}">{name}</text>')
    pathlib.Path(path).write_text('\n'.join(parts + ['</svg>']) + '\n')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--seconds', type=float, default=2)
    parser.add_argument('--plot', default=HERE / 'sweep.svg')
    parser.add_argument('--bnc', default=HERE.parents[1] / '.build/release/bnc')
    options = parser.parse_args()
    found = {}
    print(f'base: {BASE}; {options.threads} threads\n')
    print('| series | size | ps a multiply-add | images/s |')
    print('|---|---|---|---|')
    for name, sizes in SERIES.items():
        found[name] = []
        for size in sizes:
            picoseconds, rate = measure(BASE | {name: size}, options)
            found[name].append((size, picoseconds, rate))
            print(f'| {name} | {size} | {picoseconds:.2f} | {rate:,.0f} |', flush=True)
    plot(found, options.plot)


if __name__ == '__main__':
    main()
