"""The networks of the comparisons: those in Networks/, the example models, and any MODEL.bn.

What the others compute is the module that `bnc export --pytorch` writes of the same file.
"""
import importlib.util
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
OWN = HERE / 'Networks'
EXAMPLES = HERE.parents[1] / 'Sources' / 'ExampleModels'
# What is compared where no network is named.
DEFAULTS = ['mnist_cnn', *sorted(path.stem for path in OWN.glob('*.bn')), 'resnet8', 'ds_cnn',
            'mobilenet_v1', 'autoencoder', 'vgg']
PLAIN = 'training {{\n  batch {}\n  optimizer sgd(lr: 1e-6)\n}}\n'


def path(name):
    """The file of a network; one that there is not ends the comparison."""
    for candidate in (OWN / f'{name}.bn', EXAMPLES / f'{name}.bn', pathlib.Path(name)):
        if candidate.is_file():
            return candidate
    sys.exit(f'no such network: {name}; there are {", ".join(DEFAULTS)}, the example models, '
             'and files MODEL.bn')


def model_text(name, batch):
    """The network in bnc's language, without its recipe: one batch, plain SGD."""
    text = re.sub(r'^training\s*\{(?:[^{}]|\{[^{}]*\})*\}', '', path(name).read_text(), flags=re.M)
    return f'{text.rstrip()}\n\n{PLAIN.format(batch)}'


def torch_network(bnc, name, batch):
    """The network in PyTorch, the shapes of its inputs without the batch, and its kind of loss."""
    text = model_text(name, batch)
    with tempfile.TemporaryDirectory() as folder:
        model, module = (pathlib.Path(folder) / f'network.{kind}' for kind in ('bn', 'py'))
        model.write_text(text)
        done = subprocess.run(
            [bnc, 'export', model, '--pytorch', module, '--input', 'float'],
            capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f'bnc export failed:\n{done.stderr}')
        spec = importlib.util.spec_from_file_location('network', module)
        written = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(written)
        shapes = [[int(size) for size in sizes.split(', ')] for sizes in re.findall(
            r'^    \w+: floats \[N, ([0-9, ]+)\]', module.read_text(), flags=re.M)]
    import torch.nn as nn
    network = next(
        thing for thing in vars(written).values()
        if isinstance(thing, type) and issubclass(thing, nn.Module))()
    return network, shapes, 'classes' if 'softmax_cross_entropy' in text else 'values'
