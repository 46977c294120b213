"""A network said once, and read twice: as a model file for bnc, and by PyTorch, which computes what
bnc should find.

Every layer is a statement of its own (`v3 = v2 | conv(5, kernel: 3)`), so its name in bnc is its
keyword and ordinal, and each value can be read by any number of layers.
"""

import dataclasses

import numpy
import torch


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
        if layer.kind in MOVES or layer.kind in ARITHMETIC:
            # PyTorch says it: the shape is what it makes of zeros.
            zeros = [torch.zeros(1, *self.value_shape(value)) for value in layer.operands]
            return tuple(apply(layer, zeros, {}, {}, False).shape[1:])
        if layer.kind in ("conv", "avgpool", "maxpool"):
            stride, padding = window(layer)[1:]
            sides = [(side + 2 * padding - a["kernel"]) // stride + 1 for side in before[1:]]
            if min(sides) < 1 or min(before[1:]) + 2 * padding < a["kernel"]:
                raise ValueError("the window does not fit")
            return (a["channels"] if layer.kind == "conv" else before[0], *sides)
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
        places = {"conv": ["channels"], "dense": ["features"], "group_norm": ["groups"],
                  "avgpool": ["kernel"], "maxpool": ["kernel"], "part": ["number"]}.get(layer.kind, [])
        arguments = [str(layer.attributes[key]) for key in places]
        for key, value in in_model(layer).items():
            if key not in places:
                arguments.append(f"{key}: {str(value).lower() if isinstance(value, bool) else value}")
        return f"{names[0]} | {layer.kind}" + (f"({', '.join(arguments)})" if arguments else "")

    # What it learns and keeps.

    def tensors(self, random, seen=1.0):
        """Parameters and running statistics, as numpy arrays by name; large enough to matter."""
        found = {}
        for layer in self.layers:
            a = layer.attributes
            before = self.value_shape(layer.operands[0])
            if layer.kind in ("conv", "dense"):
                shape = ((a["features"], before[0]) if layer.kind == "dense"
                         else (a["channels"], before[0], a["kernel"], a["kernel"]))
                fan = numpy.prod(shape[1:])
                found[layer.name + ".weight"] = random.normal(0, (2 / fan) ** 0.5, shape)
                if a.get("bias", True):
                    found[layer.name + ".bias"] = random.normal(0, 0.3, shape[0])
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
                    found[layer.name + ".gamma"] = random.normal(1, 0.3, channels)
                    found[layer.name + ".beta"] = random.normal(0, 0.3, channels)
                found[layer.name + ".running_mean"] = random.normal(0, 0.5, channels)
                found[layer.name + ".running_variance"] = random.uniform(0.5, 2, channels)
                if a.get("start", "first_batch") == "first_batch":
                    found[layer.name + ".seen"] = numpy.array([seen])
        return found

    def targets(self, random, count):
        """What `count` examples should come to."""
        if self.has_classes:
            classes = self.output_shape[0] if self.loss == "softmax_cross_entropy" else 2
            return random.integers(0, classes, count).astype(numpy.int32)
        values = random.normal(0, 1, (count, *self.output_shape)).astype(numpy.float32)
        return values if self.loss == "linear_regression" else (values > 0).astype(numpy.float32)


ARITHMETIC = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}
MOVES = ("reshape", "transpose", "slice", "part", "concat", "pad", "upsample")


def in_model(layer):
    """The attributes as a model says them: its axes are counted with the batch."""
    if layer.kind not in MOVES:
        return layer.attributes
    counted = {"axis": lambda axis: axis + 1, "axes": lambda axes: [axis + 1 for axis in axes]}
    return {key: counted.get(key, lambda value: value)(value)
            for key, value in layer.attributes.items()}


def arithmetic(layer, operands):
    """Of values, of which one may have a number for a whole axis, or of a value and a number."""
    left, right = layer.attributes.get("left"), layer.attributes.get("right")
    a = operands[0] if left is None else torch.tensor(left, dtype=operands[0].dtype)
    b = operands[-1] if right is None else torch.tensor(right, dtype=operands[0].dtype)
    if left is None and right is None:
        rank = max(a.dim(), b.dim())
        a, b = (x.reshape(*x.shape, *[1] * (rank - x.dim())) for x in (a, b))
    return {"add": torch.add, "subtract": torch.sub, "multiply": torch.mul,
            "divide": torch.div}[layer.kind](a, b)


def move(layer, operands):
    """Numbers in other places; axes are counted without the batch."""
    a, x = layer.attributes, operands[0]
    axis = a.get("axis", 0) + 1
    if layer.kind == "reshape":
        return x.reshape(x.shape[0], *a["shape"])
    if layer.kind == "transpose":
        return x.permute(0, *[axis + 1 for axis in a["axes"]])
    if layer.kind == "slice":
        places = torch.arange(a.get("start", 0), a.get("end", x.shape[axis]), a.get("step", 1))
        return x.index_select(axis, places)
    if layer.kind == "part":
        sizes = a["of"] if isinstance(a["of"], list) else x.shape[axis] // a["of"]
        return torch.split(x, sizes, dim=axis)[a["number"] - 1]
    if layer.kind == "concat":
        return torch.cat(operands, dim=axis)
    if layer.kind == "pad":
        before, after = a["before"], a.get("after", a["before"])
        sides = [count for pair in reversed(list(zip(before, after))) for count in pair]
        mode = {"edge": "replicate"}.get(a.get("mode"), a.get("mode", "constant"))
        if mode == "constant":
            return torch.nn.functional.pad(x, sides, mode, a.get("value", 0))
        # The channels have no such numbers around them.
        return torch.nn.functional.pad(x, sides[:-2], mode)
    keep = {} if a.get("mode", "nearest") == "nearest" else {
        "align_corners": a.get("align_corners", False)}
    return torch.nn.functional.interpolate(
        x, size=a.get("size"), scale_factor=a.get("scale"), mode=a.get("mode", "nearest"), **keep)


def is_state(name):
    return name.rsplit(".", 1)[1] in ("running_mean", "running_variance", "seen")


def window(layer):
    """Kernel, stride, padding: a pool moves by its own size unless told otherwise."""
    a = layer.attributes
    stride = a.get("stride", a["kernel"] if layer.kind.endswith("pool") else 1)
    return a["kernel"], stride, a.get("padding", 0)


def normalized_shape(layer, before):
    """The shape of gamma, and of beta, of a normalization within each example; () of none."""
    a = layer.attributes
    if layer.kind in ("group_norm", "instance_norm"):
        return (before[0],) if a.get("affine", layer.kind == "group_norm") else ()
    if layer.kind not in ("layer_norm", "rms_norm") or not a.get("affine", True):
        return ()
    over = a.get("over", "all")
    return (before if over == "all" else before[:1] if over == "channels" else before[-over:])


def norm_within_example(layer, x, tensors):
    """PyTorch normalizes the last axes; what is over the channels is moved there and back."""
    functional = torch.nn.functional
    a, eps = layer.attributes, layer.attributes.get("eps", 1e-5)
    gamma, beta = tensors.get(layer.name + ".gamma"), tensors.get(layer.name + ".beta")
    if layer.kind == "group_norm":
        return functional.group_norm(x, a["groups"], gamma, beta, eps)
    if layer.kind == "instance_norm":
        return functional.instance_norm(x, None, None, gamma, beta, True, 0, eps)
    over = a.get("over", "all")
    last = x.movedim(1, -1) if over == "channels" else x
    axes = x.dim() - 1 if over == "all" else 1 if over == "channels" else over
    y = (functional.layer_norm(last, last.shape[-axes:], gamma, beta, eps)
         if layer.kind == "layer_norm"
         else functional.rms_norm(last, last.shape[-axes:], gamma, eps))
    return y.movedim(-1, 1) if over == "channels" else y


def batch_norm(layer, x, tensors, state, training):
    """The normalized x, and the running statistics after the step put into `state`."""
    a = layer.attributes
    eps, keep = a.get("eps", 1e-5), a.get("momentum", 0.9)
    mean_name, variance_name = layer.name + ".running_mean", layer.name + ".running_variance"
    gamma, beta = tensors.get(layer.name + ".gamma"), tensors.get(layer.name + ".beta")
    if a.get("fix_gamma", False):
        gamma = None
    count = x.numel() // x.shape[1]
    shape = [1, -1] + [1] * (x.dim() - 2)

    def by_formula(mean, variance):
        root = (variance + eps).sqrt() if on_variance else variance.sqrt() + eps
        y = (x - mean.reshape(shape)) / root.reshape(shape)
        y = y if gamma is None else y * gamma.reshape(shape)
        return y if beta is None else y + beta.reshape(shape)

    on_variance = a.get("eps_on", "variance") == "variance"
    if not training and not on_variance:
        return by_formula(tensors[mean_name], tensors[variance_name])
    if not training:
        return torch.nn.functional.batch_norm(
            x, tensors[mean_name], tensors[variance_name], gamma, beta, False, 0, eps)
    axes = [0] + list(range(2, x.dim()))
    mean, variance = x.detach().mean(axes), x.detach().var(axes, unbiased=False)
    if a.get("start", "first_batch") == "first_batch":
        if tensors[layer.name + ".seen"].item() == 0:
            keep = 0
        state[layer.name + ".seen"] = torch.ones(1, dtype=x.dtype)
    state[mean_name] = keep * tensors[mean_name] + (1 - keep) * mean
    collected = variance
    if a.get("running_variance", "biased") == "unbiased":
        collected = variance * count / (count - 1) if count > 1 else None
    old = tensors[variance_name]
    state[variance_name] = old if collected is None else keep * old + (1 - keep) * collected
    if count > 1 and on_variance:
        return torch.nn.functional.batch_norm(x, None, None, gamma, beta, True, 0, eps)
    # PyTorch refuses one number a channel, and knows one place for eps; the formula does not care.
    return by_formula(x.mean(axes), x.var(axes, unbiased=False))


def apply(layer, operands, tensors, state, training):
    functional = torch.nn.functional
    x = operands[0]
    weight, bias = tensors.get(layer.name + ".weight"), tensors.get(layer.name + ".bias")
    if layer.kind == "conv":
        return functional.conv2d(x, weight, bias, window(layer)[1], window(layer)[2])
    if layer.kind == "dense":
        return functional.linear(x, weight, bias)
    if layer.kind == "scale_shift":
        shape = [1, -1] + [1] * (x.dim() - 2)
        return (x * tensors[layer.name + ".gamma"].reshape(shape)
                + tensors[layer.name + ".beta"].reshape(shape))
    if layer.kind == "sigmoid":
        return torch.sigmoid(x)
    if layer.kind in ("batchnorm", "normalize"):
        return batch_norm(layer, x, tensors, state, training)
    if layer.kind in ("layer_norm", "rms_norm", "group_norm", "instance_norm"):
        return norm_within_example(layer, x, tensors)
    if layer.kind == "prelu":
        return functional.prelu(x, tensors[layer.name + ".slope"])
    if layer.kind in ("softmax", "log_softmax"):
        axis = layer.attributes.get("axis", "channels")
        return getattr(functional, layer.kind)(x, 1 if axis == "channels" else axis)
    if layer.kind == "hard_sigmoid":
        # The gradient of hardsigmoid multiplies by 1 / 6 in float, whatever the type.
        return functional.relu6(x + 3) / 6
    if layer.kind == "relu":
        return functional.relu(x)
    if layer.kind == "avgpool":
        return functional.avg_pool2d(x, *window(layer), count_include_pad=True)
    if layer.kind == "maxpool":
        return functional.max_pool2d(x, *window(layer))
    if layer.kind == "flatten":
        return x.flatten(1)
    if layer.kind in ARITHMETIC:
        return arithmetic(layer, operands)
    if layer.kind in MOVES:
        return move(layer, operands)
    raise ValueError(layer.kind)


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
