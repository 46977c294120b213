"""A network said once, and read twice: as a model file for bnc, and by PyTorch, which computes what
bnc should find.

Every layer is a statement of its own (`v3 = v2 | conv(5, kernel: 3)`), so its name in bnc is its
keyword and ordinal, and each value can be read by any number of layers.
"""

import dataclasses

import numpy
import torch

from layers import (
    ARITHMETIC, MOVES, WINDOWS, apply, convention, in_model, normalized_shape, weight_shape)


@dataclasses.dataclass
class Layer:
    kind: str  # the keyword
    operands: list  # indices of values; 0 is the input, i + 1 the result of layer i
    attributes: dict
    name: str = ""
    shape: tuple = ()


class Network:
    def __init__(self, shape, batch, reduction="sum", scale=1.0, name="net",
                 loss="softmax_cross_entropy", classes=False):
        """`classes`: of binary_cross_entropy's two targets, the one of classes."""
        self.loss = loss
        self.has_classes = classes or loss == "softmax_cross_entropy"
        self.shape = tuple(shape)
        self.batch = batch
        self.reduction = reduction
        self.scale = scale
        self.name = name
        self.layers = []

    def add(self, kind, operands=None, **attributes):
        """Adds a layer after the last one, or after the values `operands`; gives its value."""
        operands = [len(self.layers)] if operands is None else list(operands)
        layer = Layer(kind, operands, attributes)
        layer.name = kind + str(1 + sum(other.kind == kind for other in self.layers))
        layer.shape = self._shape(layer)
        self.layers.append(layer)
        return len(self.layers)

    def value_shape(self, value):
        return self.shape if value == 0 else self.layers[value - 1].shape

    @property
    def output_shape(self):
        return self.value_shape(len(self.layers))

    def _shape(self, layer):
        before = self.value_shape(layer.operands[0])
        a = layer.attributes
        if layer.kind == "dense":
            return (a["features"],)
        if layer.kind == "flatten":
            return (int(numpy.prod(before)),)
        if layer.kind in MOVES or layer.kind in ARITHMETIC or layer.kind in WINDOWS:
            # PyTorch says it: the shape is what it makes of zeros. It throws where no window fits.
            zeros = [torch.zeros(1, *self.value_shape(value)) for value in layer.operands]
            tensors = ({layer.name + ".weight": torch.zeros(weight_shape(layer, before))}
                       if layer.kind in ("conv", "conv_transpose") else {})
            return tuple(apply(layer, zeros, tensors, {}, False).shape[1:])
        return before

    # What bnc reads.

    def text(self):
        lines = [f"model {self.name} {{", f"  input x: {list(self.shape)}"]
        count = self.output_shape[0] if self.loss == "softmax_cross_entropy" else 2
        target = f"class({count})" if self.has_classes else list(self.output_shape)
        lines.append(f"  target label: {target}")
        for index, layer in enumerate(self.layers):
            lines.append(f"  v{index + 1} = {self._call(layer)}")
        lines.append(
            f"  loss {self.loss}(v{len(self.layers)}, label, reduction: {self.reduction})")
        lines += ["}", "training {", f"  batch {self.batch}", "  optimizer sgd(lr: 0.01)"]
        lines += [f"  data scale({self.scale!r})", "}", ""]
        return "\n".join(lines)

    def _call(self, layer):
        names = [f"v{value}" if value else "x" for value in layer.operands]
        if layer.kind in ARITHMETIC:
            left, right = layer.attributes.get("left"), layer.attributes.get("right")
            terms = ([str(left)] if left is not None else []) + names
            terms += [str(right)] if right is not None else []
            return f" {ARITHMETIC[layer.kind]} ".join(terms)
        if layer.kind == "concat":
            return f"concat({', '.join(names)}, axis: {in_model(layer)['axis']})"
        places = {"conv": ["channels"], "conv_transpose": ["channels"], "dense": ["features"],
                  "group_norm": ["groups"], "avgpool": ["kernel"], "maxpool": ["kernel"],
                  "part": ["number"]}.get(layer.kind, [])
        arguments = [str(layer.attributes[key]) for key in places]
        for key, value in in_model(layer).items():
            if key not in places:
                word = str(value).lower() if isinstance(value, bool) else value
                arguments.append(f"{key}: {word}")
        return f"{names[0]} | {layer.kind}" + (f"({', '.join(arguments)})" if arguments else "")

    # What it learns and keeps.

    def tensors(self, random, seen=1.0):
        """Parameters and running statistics, as numpy arrays by name; large enough to matter."""
        found = {}
        for layer in self.layers:
            a = layer.attributes
            before = self.value_shape(layer.operands[0])
            if layer.kind in ("conv", "conv_transpose", "dense"):
                shape = weight_shape(layer, before)
                fan = numpy.prod(shape[1:])
                found[layer.name + ".weight"] = random.normal(0, (2 / fan) ** 0.5, shape)
                if a.get("bias", True):
                    found[layer.name + ".bias"] = random.normal(0, 0.3, layer.shape[0])
            channels = before[0]
            if layer.kind == "scale_shift":
                found[layer.name + ".gamma"] = random.normal(1, 0.3, channels)
                found[layer.name + ".beta"] = random.normal(0, 0.3, channels)
            if layer.kind == "prelu":
                slopes = channels if a.get("slopes") == "channels" else 1
                found[layer.name + ".slope"] = random.normal(0.25, 0.3, slopes)
            shape = normalized_shape(layer, before)
            if shape:
                found[layer.name + ".gamma"] = random.normal(1, 0.3, shape)
                if layer.kind != "rms_norm":
                    found[layer.name + ".beta"] = random.normal(0, 0.3, shape)
            if layer.kind in ("batchnorm", "normalize"):
                if layer.kind == "batchnorm" and a.get("affine", True):
                    if a.get("scale", True):
                        found[layer.name + ".gamma"] = random.normal(1, 0.3, channels)
                    found[layer.name + ".beta"] = random.normal(0, 0.3, channels)
                found[layer.name + ".running_mean"] = random.normal(0, 0.5, channels)
                found[layer.name + ".running_variance"] = random.uniform(0.5, 2, channels)
                if convention(layer).get("start", "first_batch") == "first_batch":
                    found[layer.name + ".seen"] = numpy.array([seen])
        return found

    def targets(self, random, count):
        """What `count` examples should come to."""
        if self.has_classes:
            classes = self.output_shape[0] if self.loss == "softmax_cross_entropy" else 2
            return random.integers(0, classes, count).astype(numpy.int32)
        values = random.normal(0, 1, (count, *self.output_shape)).astype(numpy.float32)
        return values if self.loss == "linear_regression" else (values > 0).astype(numpy.float32)


def chain(name, shape, batch, *layers, **options):
    network = Network(shape, batch, name=name, **options)
    for kind, attributes in layers:
        network.add(kind, **attributes)
    return network


def L(kind, **attributes):
    return kind, attributes


def is_state(name):
    return name.rsplit(".", 1)[1] in ("running_mean", "running_variance", "seen")


def example_losses(network, values, targets):
    """The loss of each example, before they become one number. A binary cross entropy after a sigmoid
    is one of the sigmoid's operand, as bnc has it, and the sigmoid's result has no gradient."""
    output = values[-1]
    functional = torch.nn.functional
    if network.loss == "softmax_cross_entropy":
        return functional.cross_entropy(
            output, torch.tensor(targets, dtype=torch.int64), reduction="none")
    wanted = torch.tensor(targets, dtype=output.dtype).reshape(output.shape)
    if network.loss == "linear_regression":
        return ((output - wanted) ** 2).flatten(1).mean(1) / 2
    last = network.layers[-1]
    if last.kind == "sigmoid":
        losses = functional.binary_cross_entropy_with_logits(
            values[last.operands[0]], wanted, reduction="none")
    else:
        losses = functional.binary_cross_entropy(output, wanted, reduction="none")
    return losses.flatten(1).mean(1)


def run(network, tensors, inputs, labels, training, dtype=torch.float64):
    """One step in PyTorch. Gives values, value gradients, parameter gradients, state and loss by
    the names that bnc gives them, all as numpy arrays."""
    learned = {name: torch.tensor(array, dtype=dtype, requires_grad=not is_state(name))
               for name, array in tensors.items()}
    state = {name: learned[name] for name in learned if is_state(name)}
    scale = network.scale if inputs.dtype == numpy.uint8 else 1
    values = [(torch.tensor(inputs.astype(numpy.float64), dtype=dtype) * scale).requires_grad_()]
    for layer in network.layers:
        value = apply(layer, [values[v] for v in layer.operands], learned, state, training)
        value.retain_grad() if value.requires_grad else None
        values.append(value)
    losses = example_losses(network, values, labels)
    (losses.sum() if network.reduction == "sum" else losses.mean()).backward()
    names = ["x"] + [layer.name + ".output" for layer in network.layers]
    gradient_names = ["x.gradient"] + [layer.name + ".output_gradient" for layer in network.layers]

    def array(tensor):
        return tensor.detach().double().numpy()

    return {
        "outputs": {**{n: array(v) for n, v in zip(names, values)},
                    f"v{len(network.layers)}": array(values[-1])},
        "gradients": {
            **{n: array(v.grad) for n, v in zip(gradient_names, values) if v.grad is not None},
            **{n: array(torch.zeros_like(t) if t.grad is None else t.grad)
               for n, t in learned.items() if not is_state(n)}},
        "state": {n: array(t) for n, t in state.items()},
        # bnc reports the sum whatever the reduction.
        "loss": float(losses.detach().sum()),
    }
