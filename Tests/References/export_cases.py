"""Models that each put an operation, or a form of it, to the test of an export."""


def model(name, inputs, statements, loss="linear_regression(y, t)", target=None, training=""):
    """A model whose `y` the loss reads; `target` is its shape."""
    lines = [f"model {name} {{"]
    lines += [f"  input {key}: {list(shape)}" for key, shape in inputs.items()]
    lines += [f"  target t: {target}"]
    lines += ["  " + line.strip() for line in statements.strip().splitlines()]
    lines += [f"  loss {loss}", "}", "training {", "  batch 3", training, "}"]
    return "\n".join(lines) + "\n"


def dense_end(name, shape, layers, training=""):
    """Layers over one input `x`, then as many numbers as fit any target."""
    return name, model(
        name, {"x": shape}, f"y = x {layers} | flatten | dense(3)", target="[3]",
        training=training)


IMAGE = (3, 9, 8)
SEQUENCE = (3, 11)
VOLUME = (2, 3, 4, 5)
ACTIVATIONS = [
    "relu", "leaky_relu", "leaky_relu(slope: 0.3)", "relu6", "elu", "elu(alpha: 0.5)", "sigmoid", "tanh", "silu",
    "gelu", "gelu_tanh", "hard_swish", "hard_sigmoid", "softplus", "prelu",
    "prelu(slopes: channels, start: 0.1)", "softmax", "log_softmax", "softmax(axis: -1)",
    "log_softmax(axis: 2)",
]


def cases():
    """Names and models."""
    yield from [
        dense_end("conv_padded", IMAGE, "| conv(5, kernel: 3, padding: 1) | multiply(3)"),
        dense_end("conv_strided", IMAGE, "| conv(5, kernel: [3, 2], stride: [2, 1], bias: false)"),
        dense_end("conv_uneven", IMAGE, "| conv(4, kernel: 4, padding: [0, 3, 2, 1])"),
        dense_end("conv_upper", IMAGE, "| conv(4, kernel: 4, stride: 3, padding: same_upper)"),
        dense_end("conv_lower", IMAGE, "| conv(4, kernel: 4, stride: 3, padding: same_lower)"),
        dense_end("conv_dilated", IMAGE,
                  "| conv(4, kernel: 3, dilation: [2, 1], padding: same) | conv(6, kernel: 3, groups: 2)"),
        dense_end("conv_reflect", IMAGE, "| conv(4, kernel: 5, padding: same, padding_mode: reflect)"),
        dense_end("conv_replicate", IMAGE,
                  "| conv(4, kernel: 3, padding: same, padding_mode: replicate)"),
        dense_end("conv_sequence", SEQUENCE,
                  "| conv(4, kernel: 3, padding: [2, 1]) | conv(8, kernel: 2, groups: 4, stride: 2)"),
        dense_end("transposed", IMAGE, "| conv_transpose(4, kernel: 3, stride: 2, padding: 1)"),
        dense_end("transposed_more", IMAGE,
                  "| conv_transpose(6, kernel: 4, stride: 3, padding: 1, output_padding: [1, 2], groups: 3)"),
        dense_end("transposed_upper", IMAGE,
                  "| conv_transpose(4, kernel: 3, stride: 2, padding: same_upper, bias: false)"),
        dense_end("transposed_small", IMAGE,
                  "| conv_transpose(4, kernel: 2, stride: 3, padding: same_upper)"),
        dense_end("transposed_uneven", IMAGE,
                  "| conv_transpose(4, kernel: 4, stride: 2, padding: [1, 2, 0, 3])"),
        dense_end("transposed_dilated", SEQUENCE,
                  "| conv_transpose(4, kernel: 3, stride: 2, dilation: 2, padding: 1)"),
        dense_end("avgpools", IMAGE,
                  "| avgpool(3, stride: 2, padding: 1) | avgpool(2, stride: 1, padding: 1, count_padding: false)"),
        dense_end("avgpool_ceil", IMAGE, "| avgpool(3, stride: 2, ceil: true)"),
        dense_end("avgpool_ceil_padded", (2, 10, 9), "| avgpool(3, stride: 2, padding: 1, ceil: true)"),
        dense_end("avgpool_ceil_inside", (2, 10, 9),
                  "| avgpool(3, stride: 2, padding: 1, ceil: true, count_padding: false)"),
        dense_end("avgpool_uneven", IMAGE, "| avgpool(4, stride: 3, padding: [0, 2, 1, 2])"),
        dense_end("avgpool_uneven_inside", IMAGE,
                  "| avgpool(4, stride: 3, padding: same_upper, count_padding: false)"),
        dense_end("avgpool_uneven_ceil", (2, 10, 9),
                  "| avgpool(4, stride: 3, padding: [0, 2, 1, 2], ceil: true)"),
        dense_end("avgpool_sequence", SEQUENCE, "| avgpool(3, stride: 2, padding: 1, ceil: true)"),
        dense_end("maxpools", IMAGE,
                  "| maxpool(3, stride: 2, padding: 1) | maxpool([2, 1], stride: 1, dilation: 2)"),
        dense_end("maxpool_ceil", (2, 10, 9), "| maxpool(3, stride: 2, padding: 1, ceil: true)"),
        dense_end("maxpool_uneven", IMAGE,
                  "| maxpool(4, stride: 3, padding: [0, 2, 1, 2]) | maxpool(2, stride: 2, ceil: true)"),
        dense_end("maxpool_upper", IMAGE, "| maxpool(3, stride: 2, padding: same_upper)"),
        dense_end("maxpool_wide", (2, 12, 12), "| maxpool(2, stride: 1, dilation: 4, padding: 2)"),
        dense_end("maxpool_sequence", SEQUENCE, "| maxpool(2)"),
        dense_end("global_means", IMAGE, "| global_avgpool"),
        dense_end("global_maxima", SEQUENCE, "| global_maxpool"),
        dense_end("batchnorms", IMAGE,
                  "| batchnorm | conv(4, kernel: 2) | batchnorm(like: keras, scale: false)"
                  " | batchnorm(affine: false, momentum: 0.3) | tanh | batchnorm(like: mxnet)"
                  " | normalize | tanh | scale_shift | batchnorm(statistics: running)"),
        dense_end("batchnorm_deviation", IMAGE, "| batchnorm(eps_on: deviation, eps: 0.1)"),
        dense_end("batchnorm_vector", (7,), "| batchnorm | scale_shift | normalize"),
        dense_end("batchnorm_sequence", SEQUENCE, "| batchnorm | tanh | scale_shift"),
        dense_end("batchnorm_volume", VOLUME, "| batchnorm | tanh | scale_shift"),
        dense_end("layer_norms", IMAGE,
                  "| layer_norm | layer_norm(over: 2) | tanh | layer_norm(over: channels, eps: 1e-3)"
                  " | layer_norm(over: 1, affine: false)"),
        dense_end("layer_norm_vector", (7,), "| layer_norm(over: channels) | layer_norm | rms_norm"),
        dense_end("layer_norm_volume", VOLUME, "| layer_norm(over: channels) | layer_norm(over: 3)"),
        dense_end("rms_norms", IMAGE,
                  "| rms_norm | tanh | rms_norm(over: 2, eps: 0.1) | tanh | rms_norm(over: channels)"
                  " | rms_norm(over: 1, affine: false)"),
        dense_end("group_norms", (6, 5, 4),
                  "| group_norm(3) | tanh | group_norm(1, affine: false) | group_norm(6, eps: 0.01)"),
        dense_end("group_norm_sequence", (6, 5), "| group_norm(2)"),
        dense_end("instance_norms", IMAGE, "| instance_norm | tanh | instance_norm(affine: true)"),
        dense_end("instance_norm_sequence", SEQUENCE, "| instance_norm(eps: 0.1)"),
        dense_end("dropouts", IMAGE,
                  "| dropout(0.3) | conv(4, kernel: 2) | channel_dropout(0.2) | flatten | channel_dropout(0.1)"),
        dense_end("numbers", IMAGE, "| multiply(2) | add(-0.5) | divide(3) | subtract(1)"),
        dense_end("reshapes", (4, 3, 2),
                  "| reshape([6, infer]) | transpose([2, 1]) | reshape([2, 3, 2, 2]) | transpose([3, 1, -1, 2])"),
        dense_end("slices", IMAGE,
                  "| slice(channels, start: 1) | slice(2, start: 1, end: 8, step: 3) | slice(-1, end: 5)"),
        dense_end("pads", IMAGE,
                  "| pad(1) | pad([0, 1, 2], after: [1, 0, 0], value: 0.5) | pad([0, 2, 1], mode: reflect)"
                  " | pad([1, 1, 1], mode: edge) | pad([1, 0, 0], mode: reflect)"),
        dense_end("pad_sequence", SEQUENCE, "| pad(2, mode: edge) | pad([1, 1], mode: reflect)"),
        dense_end("pad_vector", (7,), "| pad([2], after: [3], mode: reflect) | pad([1], mode: edge)"),
        dense_end("pad_volume", VOLUME, "| pad(1, mode: reflect) | pad([1, 0, 1, 2])"),
        dense_end("upsamples", IMAGE, "| upsample(2) | upsample([1, 3])"),
        dense_end("upsample_sizes", (2, 9, 3), "| upsample(size: [12, 10])"),
        dense_end("upsample_bilinear", IMAGE,
                  "| upsample(size: [14, 7], mode: bilinear) | upsample(2, mode: bilinear, align_corners: true)"),
        dense_end("upsample_linear", SEQUENCE,
                  "| upsample(3, mode: linear) | upsample(size: 5, mode: linear, align_corners: true)"),
        dense_end("upsample_trilinear", VOLUME,
                  "| upsample(2, mode: trilinear) | upsample(size: [1, 5, 7])"),
        dense_end("augmented", IMAGE, "| conv(4, kernel: 3) | batchnorm | relu",
                  "data normalize(mean: [0.5, -0.25, 2], std: [0.5, 2, 0.25])\n"
                  "augment flip\naugment crop(1)"),
        dense_end("normalized", IMAGE, "| conv(4, kernel: 3)",
                  "data scale(1/255)\ndata normalize"),
        dense_end("scaled_reals", (5,), "| dense(4) | tanh", "data scale(0.125, of: all)"),
    ]
    for index, word in enumerate(ACTIVATIONS):
        shape = [IMAGE, SEQUENCE, VOLUME][index % 3]
        yield dense_end(f"activation_{index}_{word.split('(')[0]}", shape, f"| {word}")
    yield "arithmetic", model(
        "arithmetic", {"a": IMAGE, "b": (3,), "c": (3, 9)},
        """d = 2 - a * b
           e = d + c / 3 | tanh
           f = e - b | global_avgpool
           g = concat(f, b) * 0.5 + 1 / (b * b + 1) | flatten
           y = g | dense(4)""".replace("concat(f, b) * 0.5 + 1 / (b * b + 1)",
                                       "f * 0.5 + 1 / (b * b + 1)"),
        target="[4]")
    yield "joined", model(
        "joined", {"a": IMAGE, "b": (2, 9, 8)},
        """c = concat(a, b)
           d = c | part(1, of: [2, 3])
           e = c | part(2, of: [2, 3]) | slice(channels, start: 1)
           f = concat(d, e, d, axis: 3)
           y = f | part(2, of: 4, axis: -1) | flatten | dense(2)""", target="[2]")
    yield "several_outputs", model(
        "several_outputs", {"a": (4,)},
        """y = a | dense(3)
           z = y | tanh | dropout(0.5)""",
        loss="linear_regression(y, t) + linear_regression(z, t)", target="[3]")
    yield "probabilities", model(
        "probabilities", {"a": (4, 3)},
        "y = a | conv(5, kernel: 2)", loss="softmax_cross_entropy(y, t)",
        target="class(5, shape: [2])")
    yield "logit", model(
        "logit", {"a": (4,)}, "y = a | dense(1)", loss="binary_cross_entropy_with_logits(y, t)",
        target="class(2)")
