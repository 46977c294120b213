"""The ONNX operators that the language has a word for, with what the words stand for there."""

import numpy

from onnx_graph import Lead, Refused

OPERATORS = {}


def operator(*names):
    def add(function):
        for name in names:
            OPERATORS[name] = function
        return function
    return add


def numbers(values):
    values = [int(value) for value in values]
    return str(values[0]) if len(set(values)) == 1 else str(values)


def call(word, *places, **keys):
    given = [str(place) for place in places]
    for key, value in keys.items():
        given.append(f"{key}: {str(value).lower() if isinstance(value, bool) else value}")
    return f"{word}({', '.join(given)})" if given else word


def batched(graph, value):
    """An operator of channels: the first axis is the batch, the second the channels."""
    if graph.lead != 1:
        raise Lead(1)
    return value


# Dense.

@operator("Gemm", "MatMul")
def dense(graph, node):
    if node.get("transA", 0):
        # The rows of the transposed data are the batch: as the input's numbers, known beforehand.
        name = node.inputs[0]
        graph.arrays[name] = numpy.ascontiguousarray(graph.known(name).T)
    x = node.data()
    weight = node.known(1)
    if weight.ndim > 2:
        raise Refused("a product of matrices by example: dense has one weight for all")
    rank = len(x.shape)
    if graph.lead != rank - 1:
        raise Lead(rank - 1)
    weight = weight.reshape(len(weight), -1)
    weight = weight if node.get("transB", 0) else weight.T
    parameters = {"weight": weight * node.get("alpha", 1.0)}
    keys = {}
    if node.has(2) and node.get("beta", 1.0) != 0:
        bias = node.known(2)
        if bias.ndim == 2 and bias.shape[0] > 1:
            raise Refused("a bias for each example")
        bias = numpy.broadcast_to(bias.reshape(-1), weight.shape[0])
        parameters["bias"] = bias * node.get("beta", 1.0)
    else:
        keys["bias"] = False
    graph.layer(node, x, call("dense", weight.shape[0], **keys), parameters,
                x.shape[:-1] + (weight.shape[0],))


# Norms.

@operator("BatchNormalization")
def batch_norm(graph, node):
    x = batched(graph, node.data())
    gamma, beta, mean, variance = (node.known(index) for index in range(1, 5))
    keys = {"like": "onnx", "eps": repr(float(node.get("epsilon", 1e-5))),
            "momentum": repr(float(node.get("momentum", 0.9)))}
    parameters = {"gamma": gamma, "beta": beta, "running_mean": mean,
                  "running_variance": variance}
    graph.layer(node, x, call("batchnorm", **keys), parameters)
    if node.get("training_mode", 0):
        graph.trains = True
        number = graph.counts["batchnorm"]
        for output, name in zip(node.outputs[1:], ["running_mean", "running_variance"]):
            graph.states[output] = f"batchnorm{number}.{name}"


@operator("InstanceNormalization", "GroupNormalization")
def channel_norm(graph, node):
    x = batched(graph, node.data())
    keys = {"eps": repr(float(node.get("epsilon", 1e-5)))}
    parameters = {"gamma": node.known(1), "beta": node.known(2)}
    stage = (call("group_norm", node.get("num_groups"), **keys)
             if node.kind == "GroupNormalization" else call("instance_norm", **keys, affine=True))
    graph.layer(node, x, stage, parameters)


@operator("LayerNormalization", "RMSNormalization")
def layer_norm(graph, node):
    x = node.data()
    rank = len(x.shape)
    axis = node.get("axis", -1) % rank
    wanted = 1 if axis and rank > 1 else 0
    if graph.lead != wanted:
        raise Lead(wanted)
    gamma = node.known(1)
    over = "all" if axis == graph.lead else rank - axis
    keys = {"over": over, "eps": repr(float(node.get("epsilon", 1e-5)))}
    parameters = {"gamma": gamma}
    if node.kind == "LayerNormalization":
        parameters["beta"] = node.known(2, numpy.zeros_like(gamma))
        for output, name in zip(node.outputs[1:], ["Mean", "InvStdDev"]):
            graph.silent[output] = name
    word = "layer_norm" if node.kind == "LayerNormalization" else "rms_norm"
    graph.layer(node, x, call(word, **keys), parameters)


# Number by number.

@operator("Relu", "Sigmoid", "Tanh", "Softplus", "HardSwish", "Elu", "LeakyRelu", "Gelu", "Swish")
def elementwise(graph, node):
    x = node.data()
    word = {"HardSwish": "hard_swish", "LeakyRelu": "leaky_relu", "Swish": "silu"}.get(
        node.kind, node.kind.lower())
    keys = {}
    if node.kind == "Elu":
        keys["alpha"] = repr(float(node.get("alpha", 1.0)))
    if node.kind == "LeakyRelu":
        keys["slope"] = repr(float(node.get("alpha", 0.01)))
    if node.kind == "Swish" and node.get("alpha", 1.0) != 1:
        raise Refused("swish with a factor within")
    if node.kind == "Gelu" and node.get("approximate", "none") == "tanh":
        word = "gelu_tanh"
    graph.layer(node, x, call(word, **keys))


@operator("Selu", "Celu", "HardSigmoid")
def scaled(graph, node):
    """elu, or hard_sigmoid, of a multiple, times a number."""
    x = node.data()
    alpha = float(node.get("alpha", {"Selu": 1.6732631921768188, "Celu": 1.0,
                                     "HardSigmoid": 0.2}[node.kind]))
    if node.kind == "HardSigmoid":
        # max(0, min(1, alpha x + beta)), where hard_sigmoid has 1 / 6 and 1 / 2.
        shift = 6 * (float(node.get("beta", 0.5)) - 0.5)
        before = graph.bind(node, f"{x.name} | multiply({6 * alpha!r}) | add({shift!r})")
        graph.layer(node, before, "hard_sigmoid")
    elif node.kind == "Celu":
        before = graph.bind(node, f"{x.name} | divide({alpha!r})")
        graph.layer(node, before, f"elu | multiply({alpha!r})")
    else:
        gamma = float(node.get("gamma", 1.0507010221481323))
        graph.layer(node, x, f"elu(alpha: {alpha!r}) | multiply({gamma!r})")


@operator("Mish")
def mish(graph, node):
    x = node.data()
    gate = graph.layer(node, x, "softplus | tanh")
    graph.bind(node, f"{x.name} * {gate.name}")


@operator("PRelu")
def prelu(graph, node):
    x, slope = node.data(), node.known(1)
    rank = len(x.shape)
    if slope.size == 1:
        graph.layer(node, x, "prelu", {"slope": slope.reshape(1)})
        return
    if slope.shape == x.shape:  # a slope for each number: each is a feature
        if graph.lead != 0:
            raise Lead(0)
        flat = graph.bind(node, f"{x.name} | flatten", (slope.size,))
        graph.layer(node, flat, "prelu(slopes: channels)", {"slope": slope.reshape(-1)},
                    (slope.size,))
        return
    # Before opset 7 one slope a channel; since then NumPy's broadcasting.
    axis = 1 if graph.opset < 7 else rank - 1
    if slope.ndim != 1:
        raise Refused("slopes along several axes")
    if graph.lead != axis:
        raise Lead(axis)
    graph.layer(node, x, "prelu(slopes: channels)", {"slope": slope})


@operator("Softmax", "LogSoftmax")
def softmax(graph, node):
    x = node.data()
    rank = len(x.shape)
    axis = node.get("axis", -1 if graph.opset >= 13 else 1) % rank
    if graph.opset < 13 and axis != rank - 1:
        raise Refused("softmax over several axes")
    word = "softmax" if node.kind == "Softmax" else "log_softmax"
    graph.layer(node, x, call(word, axis=graph.axis(axis, rank)))


@operator("Dropout")
def dropout(graph, node):
    x = node.data()
    ratio = float(node.known(1, numpy.array(node.get("ratio", 0.5))))
    trains = bool(node.known(2, numpy.array(False)))
    if trains and ratio > 0:
        raise Refused("ONNX's own random mask")
    if len(node.outputs) > 1:
        graph.silent[node.outputs[1]] = "mask"
    graph.trains |= trains
    graph.layer(node, x, call("dropout", repr(ratio)))
