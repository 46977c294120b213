"""The ONNX operators that combine values, or put their numbers in other places."""

import numpy

from onnx_graph import Lead, Refused
from onnx_layers import call, operator

SIGNS = {"Add": "+", "Sub": "-", "Mul": "*", "Div": "/", "Sum": "+", "Mean": "+"}


def whole(value):
    return [int(number) for number in numpy.asarray(value).reshape(-1)]


def axes_beside_batch(graph, shape, other):
    """Both without the batch, which they must share."""
    if tuple(shape[:graph.lead]) != tuple(other[:graph.lead]):
        raise Lead(0)
    return list(shape[graph.lead:]), list(other[graph.lead:])


# Numbers with numbers.

def operand(graph, node, index, shape):
    """An operand as the text says it, with its axes under those of the result."""
    name = node.inputs[index]
    if name in graph.constants and graph.arrays[name].size == 1:
        return f"({float(graph.arrays[name].reshape(()))!r})"
    if name in graph.arrays and graph.arrays[name].dtype.kind != "f":
        raise Refused(f"arithmetic of {graph.arrays[name].dtype}")
    value = graph.data(name)
    rank = len(shape)
    first = rank - len(value.shape)  # NumPy's rule: the last axes are the same
    if index and node.get("broadcast", 0) and "axis" in node.attributes:
        first = node.get("axis") % rank
    sizes = [1] * first + list(value.shape)
    sizes += [1] * (rank - len(sizes))
    if tuple(sizes) == tuple(value.shape):
        return value.name
    if graph.lead:
        raise Lead(0)
    if rank > 4:
        raise Refused(f"rank {rank} in one example")
    return f"({value.name} | reshape({sizes}))"


@operator("Add", "Sub", "Mul", "Div", "Sum", "Mean")
def arithmetic(graph, node):
    shape = graph.shapes[node.outputs[0]]
    words = [operand(graph, node, index, shape) for index in range(len(node.inputs))]
    if len(words) < 2:
        graph.values[node.outputs[0]] = graph.data(node.inputs[0])
        return
    text = f" {SIGNS[node.kind]} ".join(words)
    if node.kind == "Mean":
        text = f"({text}) / {len(words)}"
    graph.bind(node, text)


@operator("Neg")
def negative(graph, node):
    graph.layer(node, node.data(), "multiply(-1)")


# Numbers in other places.

@operator("Identity")
def identity(graph, node):
    graph.values[node.outputs[0]] = node.data()


@operator("Flatten")
def flatten(graph, node):
    x = node.data()
    rank = len(x.shape)
    axis = node.get("axis", 1)
    axis = axis % rank if axis < 0 else axis
    if graph.lead != axis:
        raise Lead(axis)
    size = int(numpy.prod(x.shape[axis:]))
    graph.layer(node, x, "flatten", shape=x.shape[:axis] + (size,))


@operator("Reshape", "Squeeze", "Unsqueeze")
def reshape(graph, node):
    x = node.data()
    shape = graph.shapes[node.outputs[0]]
    _, sizes = axes_beside_batch(graph, x.shape, shape)
    if len(sizes) > 4:
        raise Refused(f"rank {len(sizes)} besides the batch")
    graph.layer(node, x, call("reshape", sizes or [1]))


@operator("Transpose")
def transpose(graph, node):
    x = node.data()
    rank = len(x.shape)
    order = node.get("perm", list(range(rank))[::-1])
    if list(order[:graph.lead]) != list(range(graph.lead)):
        raise Lead(0)
    graph.example(x.shape)
    graph.layer(node, x, call("transpose", [axis - graph.lead + 1 for axis in order[graph.lead:]]))


@operator("Concat")
def concat(graph, node):
    values = [node.data(index) for index in range(len(node.inputs))]
    axis = graph.axis(node.get("axis", 1), len(values[0].shape))
    graph.bind(node, call("concat", *[value.name for value in values], axis=axis))


@operator("Split")
def split(graph, node):
    x = node.data()
    axis = node.get("axis", 0) % len(x.shape)
    count, size = len(node.outputs), x.shape[axis]
    each = -(-size // count)
    sizes = whole(node.known(1, node.get("split", [min(each, size - i * each)
                                                   for i in range(count)])))
    place = graph.axis(axis, len(x.shape))
    for output in range(count):
        graph.bind(node, f"{x.name} | {call('part', output + 1, of=sizes, axis=place)}",
                   output=output)


@operator("Slice")
def cut(graph, node):
    x = node.data()
    starts = whole(node.known(1, node.get("starts")))
    ends = whole(node.known(2, node.get("ends")))
    axes = whole(node.known(3, node.get("axes", list(range(len(starts))))))
    steps = whole(node.known(4, [1] * len(starts)))
    stages = []
    for start, end, axis, step in zip(starts, ends, axes, steps):
        if step < 0:
            raise Refused("a step backwards")
        start, end, step = slice(start, end, step).indices(x.shape[axis])
        if end <= start:
            raise Refused("no numbers at all")
        if (start, end, step) != (0, x.shape[axis], 1):
            place = graph.axis(axis, len(x.shape))
            stages.append(call("slice", place, start=start, end=end, step=step))
    # What takes all of it is a layer that changes nothing.
    same = call("reshape", list(x.shape[graph.lead:]) or [1])
    graph.layer(node, x, " | ".join(stages) or same)


@operator("Pad")
def pad(graph, node):
    x = node.data()
    rank = len(x.shape)
    mode = node.get("mode", "constant")
    if mode == "wrap":
        raise Refused("padding that wraps around")
    given = whole(node.known(1, node.get("pads")))
    value = float(node.known(2, numpy.array(node.get("value", 0.0))))
    before, after = [0] * rank, [0] * rank
    axes = whole(node.known(3, list(range(rank))))
    for index, axis in enumerate(axes):
        before[axis], after[axis] = given[index], given[index + len(axes)]
    if min(given) < 0:
        raise Refused("padding that takes away")
    if any(before[:graph.lead] + after[:graph.lead]):
        raise Lead(0)
    keys = {"value": repr(value)} if mode == "constant" else {}
    graph.layer(node, x, call("pad", before[graph.lead:], after=after[graph.lead:], mode=mode,
                              **keys))


# Sizes of images.

def sources(node, size, result, scale):
    """For each place of a result of the nearest numbers, which number ONNX takes."""
    places = numpy.arange(result)
    how = node.get("coordinate_transformation_mode", "half_pixel")
    if node.kind == "Upsample" or how == "asymmetric":
        at = places / scale
    elif how == "align_corners":
        at = places * (size - 1) / max(result - 1, 1)
    else:
        at = (places + 0.5) / scale - 0.5
    rounding = node.get("nearest_mode", "round_prefer_floor")
    if node.kind == "Upsample" or rounding == "floor":
        at = numpy.floor(at)
    elif rounding == "ceil":
        at = numpy.ceil(at)
    else:
        at = numpy.ceil(at - 0.5) if rounding == "round_prefer_floor" else numpy.floor(at + 0.5)
    return numpy.clip(at, 0, size - 1)


@operator("Resize", "Upsample")
def resize(graph, node):
    x = node.data()
    shape = graph.shapes[node.outputs[0]]
    if graph.lead != 1:
        raise Lead(1)
    mode = node.get("mode", "nearest")
    how = node.get("coordinate_transformation_mode", "half_pixel")
    if mode == "cubic" or node.get("antialias", 0) or "crop" in how or "symmetric" in how:
        raise Refused("cubic, antialiased or cropped")
    scales = [result / size for result, size in zip(shape, x.shape)]
    index = 1 if node.kind == "Upsample" else 2
    if node.has(index):
        axes = whole(node.get("axes", range(len(shape))))
        for axis, scale in zip(axes, node.known(index)):
            scales[axis] = float(scale)
    if shape[:2] != x.shape[:2]:
        raise Refused("channels are resized")
    for size, result, scale in list(zip(x.shape, shape, scales))[2:]:
        if mode == "nearest":
            if (sources(node, size, result, scale) != numpy.arange(result) * size // result).any():
                raise Refused("the nearest number by another rule")
        elif scale != result / size:
            raise Refused("a scale that is not the ratio of the sizes")
        elif how == "pytorch_half_pixel" and result == 1 < size:
            raise Refused("a single number that is not the middle")
    keys = {"size": list(shape[2:]), "mode": mode}
    if mode == "linear":
        keys["mode"] = ["linear", "bilinear", "trilinear"][len(shape) - 3]
        keys["align_corners"] = how == "align_corners"
    graph.layer(node, x, call("upsample", **keys))
