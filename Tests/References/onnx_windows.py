"""The ONNX operators with windows, and those over whole images."""

from onnx_graph import Refused
from onnx_layers import batched, call, numbers, operator


def window(node, shape):
    """The kernel, and the keys that say where it goes."""
    axes = len(shape) - 2
    if axes > 2:
        raise Refused(f"{axes}-D window")
    if axes < 1:
        raise Refused("a window without axes")
    kernel = list(node.get("kernel_shape", []))
    auto = node.get("auto_pad", "NOTSET")
    pads = list(node.get("pads", [0] * 2 * axes))
    keys = {"stride": numbers(node.get("strides", [1] * axes))}
    if auto == "NOTSET":
        if any(pads):
            order = [0, 1] if axes == 1 else [0, 2, 1, 3]
            keys["padding"] = numbers([pads[i] for i in order])
    else:
        keys["padding"] = {"SAME_UPPER": "same_upper", "SAME_LOWER": "same_lower",
                           "VALID": "valid"}[auto]
    dilation = list(node.get("dilations", [1] * axes))
    if dilation != [1] * axes:
        keys["dilation"] = numbers(dilation)
    return kernel, keys


@operator("Conv")
def conv(graph, node):
    x = batched(graph, node.data())
    weight = node.known(1)
    kernel, keys = window(node, x.shape)
    parameters = {"weight": weight}
    if node.has(2):
        parameters["bias"] = node.known(2)
    else:
        keys["bias"] = False
    if node.get("group", 1) != 1:
        keys["groups"] = node.get("group")
    stage = call("conv", weight.shape[0], kernel=numbers(weight.shape[2:]), **keys)
    graph.layer(node, x, stage, parameters)


@operator("ConvTranspose")
def conv_transpose(graph, node):
    x = batched(graph, node.data())
    weight = node.known(1)
    axes = len(x.shape) - 2
    if axes > 2:
        raise Refused(f"{axes}-D window")
    strides, taps = node.get("strides", [1] * axes), node.get("dilations", [1] * axes)
    pads = list(node.get("pads", [0] * 2 * axes))
    extra = list(node.get("output_padding", [0] * axes))
    automatic = node.get("auto_pad", "NOTSET")
    wanted = node.get("output_shape")
    if automatic.startswith("SAME"):
        wanted = [size * stride for size, stride in zip(x.shape[2:], strides)]
    for axis in range(axes if wanted else 0):
        reach = (weight.shape[2 + axis] - 1) * taps[axis] + 1
        whole = strides[axis] * (x.shape[2 + axis] - 1) + extra[axis] + reach - wanted[axis]
        half = max(whole, 0) // 2
        extra[axis] += max(-whole, 0)
        first, last = half, max(whole, 0) - half
        if automatic != "SAME_UPPER":
            first, last = last, first
        pads[axis], pads[axes + axis] = first, last
    order = [0, 1] if axes == 1 else [0, 2, 1, 3]
    groups = node.get("group", 1)
    keys = {"stride": numbers(strides), "padding": numbers([pads[i] for i in order]),
            "output_padding": numbers(extra), "dilation": numbers(taps), "groups": groups}
    parameters = {"weight": weight}
    if node.has(2):
        parameters["bias"] = node.known(2)
    else:
        keys["bias"] = False
    stage = call("conv_transpose", weight.shape[1] * groups, kernel=numbers(weight.shape[2:]),
                 **keys)
    graph.layer(node, x, stage, parameters)


@operator("MaxPool", "AveragePool")
def pool(graph, node):
    x = batched(graph, node.data())
    kernel, keys = window(node, x.shape)
    if any(2 * pad > size for pad, size in zip(node.get("pads", []), kernel * 2)):
        raise Refused("a pool whose padding is more than half of its window")
    if node.get("ceil_mode", 0):
        keys["ceil"] = True
    if node.kind == "AveragePool":
        if "dilation" in keys:
            raise Refused("an average pool with dilation")
        keys["count_padding"] = bool(node.get("count_include_pad", 0))
    elif node.get("storage_order", 0) and len(node.outputs) < 2:
        raise Refused("storage order of columns")
    if len(node.outputs) > 1:
        graph.silent[node.outputs[1]] = "Indices"
    word = "maxpool" if node.kind == "MaxPool" else "avgpool"
    graph.layer(node, x, call(word, numbers(kernel), **keys))


@operator("GlobalAveragePool", "GlobalMaxPool")
def global_pool(graph, node):
    x = batched(graph, node.data())
    word = "global_avgpool" if node.kind == "GlobalAveragePool" else "global_maxpool"
    graph.layer(node, x, word, shape=x.shape[:2])
