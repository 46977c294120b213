"""The networks that compare.py trains, each once as a model of bnc and once in PyTorch.

A network is a list of layers:
  ('conv', channels, kernel, stride, padding), ('batchnorm',), ('relu',),
  ('avgpool', kernel), ('maxpool', kernel), ('flatten',), ('dense', features)
"""


def stage(channels, kernel, stride=1, padding=0, pool=None):
    """A convolution, batch norm and ReLU, and a pool if there is one."""
    layers = [('conv', channels, kernel, stride, padding), ('batchnorm',), ('relu',)]
    return layers + ([(pool, 2)] if pool else [])


def hidden(features):
    return [('dense', features), ('batchnorm',), ('relu',)]


NETWORKS = {
    # name: (input shape, classes, layers)
    'mnist_cnn': ([1, 28, 28], 10,
                  stage(20, 3, pool='avgpool') + stage(50, 5, pool='avgpool')
                  + [('flatten',)] + hidden(128) + [('dense', 10)]),
    'cifar_vgg': ([3, 32, 32], 10,
                  stage(32, 3, padding=1) + stage(32, 3, padding=1, pool='maxpool')
                  + stage(64, 3, padding=1) + stage(64, 3, padding=1, pool='maxpool')
                  + [('flatten',)] + hidden(256) + [('dense', 10)]),
    'prime_channels': ([2, 37, 41], 7,
                       stage(13, 3, padding=1, pool='maxpool') + stage(29, 5, stride=2, padding=2)
                       + stage(37, 3, pool='avgpool') + [('flatten',), ('dense', 7)]),
    'large_kernels': ([3, 64, 64], 10,
                      stage(24, 7, stride=2, padding=3, pool='maxpool')
                      + stage(48, 5, padding=2, pool='maxpool') + stage(96, 1)
                      + stage(64, 3, padding=1, pool='avgpool')
                      + [('flatten',), ('dense', 10)]),
    'wide_dense': ([1, 28, 28], 10,
                   [('flatten',)] + hidden(2048) + hidden(1024) + [('dense', 10)]),
    'small_channels': ([1, 48, 48], 10,
                       stage(8, 3, pool='avgpool') + stage(16, 3, pool='avgpool')
                       + stage(24, 3, pool='avgpool') + [('flatten',)] + hidden(64)
                       + [('dense', 10)]),
}


def model_text(name, batch):
    """The network in bnc's language."""
    shape, classes, layers = NETWORKS[name]
    words = []
    for kind, *sizes in layers:
        if kind == 'conv':
            words.append('conv({}, kernel: {}, stride: {}, padding: {})'.format(*sizes))
        else:
            words.append(f'{kind}({sizes[0]})' if sizes else kind)
    return (f'model {name} {{\n  input image: {shape}\n  target label: class({classes})\n'
            f'  logits = image | ' + ' | '.join(words) + '\n'
            '  loss softmax_cross_entropy(logits, label, reduction: sum)\n}\n'
            f'training {{\n  batch {batch}\n  optimizer sgd(lr: 0.001)\n'
            '  data scale(1/255)\n}\n')


def torch_network(name):
    """The network in PyTorch."""
    import torch.nn as nn
    shape, _, layers = NETWORKS[name]
    channels, height, width = shape
    features = None
    modules = []
    for kind, *sizes in layers:
        if kind == 'conv':
            out, kernel, stride, padding = sizes
            modules.append(nn.Conv2d(channels, out, kernel, stride, padding))
            channels = out
            height = (height + 2 * padding - kernel) // stride + 1
            width = (width + 2 * padding - kernel) // stride + 1
        elif kind == 'batchnorm':
            modules.append(nn.BatchNorm1d(features) if features else nn.BatchNorm2d(channels))
        elif kind == 'relu':
            modules.append(nn.ReLU())
        elif kind in ('avgpool', 'maxpool'):
            modules.append((nn.AvgPool2d if kind == 'avgpool' else nn.MaxPool2d)(sizes[0]))
            height //= sizes[0]
            width //= sizes[0]
        elif kind == 'flatten':
            modules.append(nn.Flatten())
            features = channels * height * width
        elif kind == 'dense':
            modules.append(nn.Linear(features, sizes[0]))
            features = sizes[0]
    return nn.Sequential(*modules)
