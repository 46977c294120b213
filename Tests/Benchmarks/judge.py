#!/usr/bin/env python3
"""Judges trainings by what they reach on data, beside PyTorch's of the same settings.

    swift build -c release
    python3 Tests/Benchmarks/judge.py --cifar FOLDER --mnist FOLDER [--seeds 3] [resnet8 mnist airbench94]

needs torch and numpy, and CIFAR-10's binary files and MNIST's, packed or not. For each seed one line of
bnc and one of PyTorch, then the means: their difference is what is judged, beside its standard error,
for seeds differ by more than a point on 1,000 images. A recipe is at

- resnet8: Tests/Benchmarks/Judged/resnet8.bn: 15 epochs, momentum, cosine, flips and crops;
- mnist: Sources/ExampleModels/mnist_augmented.bn, the seeds' network, by itself: 99.5 % in 2 minutes;
- airbench94: Sources/ExampleModels/airbench94.bn.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MODELS = {
    "resnet8": HERE / "Judged/resnet8.bn",
    "mnist": ROOT / "Sources/ExampleModels/mnist_augmented.bn",
    "airbench94": ROOT / "Sources/ExampleModels/airbench94.bn",
}


def last_line(arguments):
    done = subprocess.run([str(word) for word in arguments], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout.strip().splitlines()[-1])


def bnc(options, name, data, seed):
    """The test's accuracy after the last epoch, and the seconds of it all, but for the compiler."""
    model = MODELS[name]
    command = [options.bnc, "train", model, "--data", data, "--seed", seed,
               "--threads", options.threads, "--progress", "json"]
    # Compiled once, and then found.
    last_line([*command, "--epochs", 1])
    start = time.perf_counter()
    line = last_line(command)
    return line["test_accuracy"], time.perf_counter() - start


def peer(options, name, data, seed):
    found = last_line([
        sys.executable, HERE / "judge_torch.py", name, "--cifar", data, "--seed", seed,
        "--threads", options.threads])
    return found["accuracy"], found["seconds"]


def judge(options, name, data):
    sides = {"bnc": bnc} if name == "mnist" else {"bnc": bnc, "PyTorch": peer}
    means, errors = {}, {}
    for side, run in sides.items():
        found = []
        for seed in range(options.seeds):
            accuracy, seconds = run(options, name, data, seed)
            found.append((accuracy, seconds))
            print(f"{name:<12}{side:<10}seed {seed}  {accuracy:8.2%}  {seconds:7.1f} s", flush=True)
        means[side] = statistics.mean(accuracy for accuracy, _ in found)
        if len(found) > 1:
            errors[side] = statistics.variance(accuracy for accuracy, _ in found) / len(found)
        longest = max(seconds for _, seconds in found)
        print(f"{name:<12}{side:<10}mean    {means[side]:8.2%}  {longest:7.1f} s at most", flush=True)
    if len(means) > 1:
        points = 100 * (means["bnc"] - means["PyTorch"])
        error = f", standard error {100 * sum(errors.values()) ** 0.5:.2f}" if errors else ""
        print(f"{name:<12}bnc is {points:+.2f} points from PyTorch{error}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", choices=[[], *MODELS], help="which; all if left out")
    parser.add_argument("--cifar", type=pathlib.Path, help="a folder of CIFAR-10's binary files")
    parser.add_argument("--mnist", type=pathlib.Path, help="a folder of MNIST's files")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--bnc", default=ROOT / ".build/release/bnc")
    options = parser.parse_args()
    for name in options.names or MODELS:
        data = options.mnist if name == "mnist" else options.cifar
        if data is None:
            sys.exit(f"{name} needs --{'mnist' if name == 'mnist' else 'cifar'} FOLDER")
        judge(options, name, data)


if __name__ == "__main__":
    main()
