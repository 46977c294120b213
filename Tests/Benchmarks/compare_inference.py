"""bnc's inference beside OpenVINO and ONNX Runtime: a full batch, and one example at a time.

usage: compare_inference.py [NETWORK | MODEL.bn ...] [--rounds 3] [--batch 64] [--threads 2]

The programs run in alternation. A batch goes through the training plan's evaluation on all threads,
one example through the inference plan on one thread. Needs python3 with torch, onnx, onnxruntime and
openvino, and `swift build -c release` before.
"""
import pathlib
import statistics
import sys
import tempfile

import networks
from compare import HERE, machine, parse_options, run_json, spread

PEERS = ('openvino', 'onnx_runtime')


def bnc_seconds(model, what, threads, options):
    found = run_json([options.bnc, 'bench', model, '--json', '--threads', str(threads),
                      '--seconds', str(options.seconds)])
    return found[what]


def peer_seconds(name, batch, threads, options):
    return run_json([sys.executable, HERE / 'inference_rate.py', name, '--batch', str(batch),
                     '--threads', str(threads), '--seconds', str(options.seconds / 2),
                     '--bnc', options.bnc])


def compare(name, options):
    """Prints one row for the batch and one for the single example."""
    cases = [(options.batch, options.threads, 'evaluationSeconds'), (1, 1, 'inferenceSeconds')]
    with tempfile.TemporaryDirectory() as folder:
        model = pathlib.Path(folder) / 'network.bn'
        model.write_text(networks.model_text(name, options.batch))
        for batch, threads, what in cases:
            ours, theirs = [], []
            for _ in range(options.rounds):
                ours.append(bnc_seconds(model, what, threads, options))
                theirs.append(peer_seconds(name, batch, threads, options))
            times = [statistics.median(ours)] + [
                statistics.median(found[peer] for found in theirs) for peer in PEERS]
            ratios = [spread([b[peer] / a for a, b in zip(ours, theirs)]) for peer in PEERS]
            print(f'| {pathlib.Path(name).stem} | {batch} | {threads} | '
                  + ' | '.join(f'{time * 1e6:,.0f}' for time in times)
                  + f' | {" | ".join(ratios)} |', flush=True)


def main():
    options = parse_options(2)
    import onnxruntime
    import openvino
    print(f'{machine()}; OpenVINO {openvino.__version__.split("-")[0]}, '
          f'ONNX Runtime {onnxruntime.__version__}; {options.rounds} rounds in alternation\n')
    print('| network | batch | threads | bnc us | OpenVINO us | ONNX Runtime us '
          '| OpenVINO / bnc min / median / max | ONNX Runtime / bnc |')
    print('|---|---|---|---|---|---|---|---|')
    for name in options.networks:
        compare(name, options)


if __name__ == '__main__':
    main()
