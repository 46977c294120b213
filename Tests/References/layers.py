"""What PyTorch makes of a layer. Axes are counted without the batch, unless said otherwise."""

import math

import torch

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


WINDOWS = ("conv", "conv_transpose", "avgpool", "maxpool", "global_avgpool", "global_maxpool")


class Windows:
    """A window over each axis but the channels', as torch.nn.functional takes it."""

    def __init__(self, layer, shape):
        a, axes = layer.attributes, len(shape) - 1

        def by_axis(value):
            return list(value) if isinstance(value, (list, tuple)) else [value] * axes

        self.kernel = by_axis(a["kernel"])
        pools = layer.kind.endswith("pool")
        self.stride = by_axis(a.get("stride", a["kernel"] if pools else 1))
        self.dilation = by_axis(a.get("dilation", 1))
        self.extents = [(k - 1) * d + 1 for k, d in zip(self.kernel, self.dilation)]
        padding = a.get("padding", 0)
        if padding == "same":
            self.sides = [(extent // 2, extent // 2) for extent in self.extents]
        elif padding in ("same_upper", "same_lower"):
            turned = layer.kind == "conv_transpose"
            totals = [extent - stride if turned
                      else max(((size - 1) // stride) * stride + extent - size, 0)
                      for size, stride, extent in zip(shape[1:], self.stride, self.extents)]
            self.sides = [(t // 2, t - t // 2) if padding == "same_upper" else (t - t // 2, t // 2)
                          for t in totals]
        elif padding == "valid":
            self.sides = [(0, 0)] * axes
        elif isinstance(padding, (list, tuple)) and len(padding) == 2 * axes:
            self.sides = list(zip(padding[::2], padding[1::2]))
        else:
            self.sides = [(side, side) for side in by_axis(padding)]

    def padded(self, x, value=0.0, mode="zeros"):
        """x with numbers around it: functional.pad counts axes from the last."""
        sides = [side for pair in reversed(self.sides) for side in pair]
        if mode != "zeros":
            return torch.nn.functional.pad(x, sides, mode)
        return torch.nn.functional.pad(x, sides, value=value)


def weight_shape(layer, before):
    """The shape of the weight of a convolution or a dense layer over values of shape `before`."""
    a = layer.attributes
    if layer.kind == "dense":
        return (a["features"], before[0])
    groups, kernel = a.get("groups", 1), Windows(layer, before).kernel
    if layer.kind == "conv_transpose":
        return (before[0], a["channels"] // groups, *kernel)
    return (a["channels"], before[0] // groups, *kernel)


def convolve(layer, x, weight, bias):
    functional, over = torch.nn.functional, Windows(layer, x.shape[1:])
    one, groups = x.dim() == 3, layer.attributes.get("groups", 1)
    if layer.kind == "conv":
        function = functional.conv1d if one else functional.conv2d
        padded = over.padded(x, mode=layer.attributes.get("padding_mode", "zeros"))
        return function(padded, weight, bias, over.stride, 0, over.dilation, groups)
    function = functional.conv_transpose1d if one else functional.conv_transpose2d
    more = layer.attributes.get("output_padding", 0)
    whole = function(x, weight, bias, over.stride, 0, more, groups, over.dilation)
    for axis, (before, after) in enumerate(over.sides):
        whole = whole.narrow(axis + 2, before, whole.shape[axis + 2] - before - after)
    return whole


def pool(layer, x):
    functional, a = torch.nn.functional, layer.attributes
    if layer.kind == "global_avgpool":
        return x.flatten(2).mean(2)
    if layer.kind == "global_maxpool":
        return x.flatten(2).max(2).values
    over, one, ceil = Windows(layer, x.shape[1:]), x.dim() == 3, a.get("ceil", False)
    # Where windows round up, PyTorch must know what is padding; else it need not.
    own = [before for before, after in over.sides] if ceil else 0
    if layer.kind == "maxpool":
        function = functional.max_pool1d if one else functional.max_pool2d
        x = x if ceil else over.padded(x, -math.inf)
        return function(x, over.kernel, over.stride, own, over.dilation, ceil)
    function = functional.avg_pool1d if one else functional.avg_pool2d
    counts = a.get("count_padding", True)
    if ceil:
        return function(x, over.kernel, over.stride, own, ceil, counts)
    means = function(over.padded(x), over.kernel, over.stride)
    if counts:
        return means
    return means / function(over.padded(torch.ones_like(x)), over.kernel, over.stride)


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


# What `like` takes for the rest: what the frameworks' own documentation says.
FRAMEWORKS = {
    "mxnet": {"eps": 1e-3, "fix_gamma": True}, "gluon": {}, "onnx": {},
    "pytorch": {"running_variance": "unbiased"}, "keras": {"eps": 1e-3, "momentum": 0.99}}


def convention(layer):
    """The attributes of a batch norm with those of the framework that it is like."""
    like = layer.attributes.get("like")
    framework = {"start": "standard", **FRAMEWORKS[like]} if like else {}
    return {**framework, **layer.attributes}


def batch_norm(layer, x, tensors, state, training):
    """The normalized x, and the running statistics after the step put into `state`."""
    a = convention(layer)
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
    if a.get("statistics", "batch") == "running":
        state[mean_name], state[variance_name] = tensors[mean_name], tensors[variance_name]
        training = False
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


def activation(layer, x):
    """A function of each number."""
    functional, a = torch.nn.functional, layer.attributes
    return {
        "relu": lambda: functional.relu(x),
        "relu6": lambda: functional.relu6(x),
        "leaky_relu": lambda: functional.leaky_relu(x, a.get("slope", 0.01)),
        "elu": lambda: functional.elu(x, a.get("alpha", 1.0)),
        "sigmoid": lambda: torch.sigmoid(x),
        "tanh": lambda: torch.tanh(x),
        "silu": lambda: functional.silu(x),
        "gelu": lambda: functional.gelu(x),
        "gelu_tanh": lambda: functional.gelu(x, approximate="tanh"),
        "softplus": lambda: functional.softplus(x),
        # The gradients of hardsigmoid and hardswish multiply by 1 / 6 in float, whatever the type.
        "hard_sigmoid": lambda: functional.relu6(x + 3) / 6,
        "hard_swish": lambda: x * functional.relu6(x + 3) / 6,
    }[layer.kind]()


ACTIVATIONS = ("relu", "relu6", "leaky_relu", "elu", "sigmoid", "tanh", "silu", "gelu", "gelu_tanh",
               "softplus", "hard_sigmoid", "hard_swish")


def apply(layer, operands, tensors, state, training):
    functional = torch.nn.functional
    x = operands[0]
    weight, bias = tensors.get(layer.name + ".weight"), tensors.get(layer.name + ".bias")
    if layer.kind in ("conv", "conv_transpose"):
        return convolve(layer, x, weight, bias)
    if layer.kind == "dense":
        return functional.linear(x, weight, bias)
    if layer.kind == "scale_shift":
        shape = [1, -1] + [1] * (x.dim() - 2)
        return (x * tensors[layer.name + ".gamma"].reshape(shape)
                + tensors[layer.name + ".beta"].reshape(shape))
    if layer.kind in ACTIVATIONS:
        return activation(layer, x)
    if layer.kind in ("batchnorm", "normalize"):
        return batch_norm(layer, x, tensors, state, training)
    if layer.kind in ("layer_norm", "rms_norm", "group_norm", "instance_norm"):
        return norm_within_example(layer, x, tensors)
    if layer.kind == "prelu":
        return functional.prelu(x, tensors[layer.name + ".slope"])
    if layer.kind in ("softmax", "log_softmax"):
        axis = layer.attributes.get("axis", "channels")
        return getattr(functional, layer.kind)(x, 1 if axis == "channels" else axis)
    if layer.kind in WINDOWS:
        return pool(layer, x)
    if layer.kind == "flatten":
        return x.flatten(1)
    if layer.kind in ARITHMETIC:
        return arithmetic(layer, operands)
    if layer.kind in MOVES:
        return move(layer, operands)
    raise ValueError(layer.kind)
