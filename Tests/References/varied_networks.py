"""Networks that each put one thing to the test."""

from networks import Network


def chain(name, shape, batch, *layers, **options):
    network = Network(shape, batch, name=name, **options)
    for kind, attributes in layers:
        network.add(kind, **attributes)
    return network


def L(kind, **attributes):
    return kind, attributes


def reference(batch=8, name="reference"):
    """The reference network scaled down: the same layers in the same order."""
    return chain(
        name, (1, 14, 14), batch,
        L("conv", channels=5, kernel=3), L("batchnorm"), L("relu"), L("avgpool", kernel=2),
        L("conv", channels=7, kernel=3), L("batchnorm"), L("relu"), L("avgpool", kernel=2),
        L("flatten"), L("dense", features=11), L("batchnorm"), L("relu"),
        L("dense", features=10), scale=1 / 255)


def residual(name="residual"):
    network = Network((3, 9, 7), 19, name=name)
    a = network.add("conv", channels=7, kernel=3, padding=1)
    b = network.add("batchnorm")
    b = network.add("relu")
    b = network.add("conv", channels=7, kernel=5, padding=2, bias=False)
    b = network.add("batchnorm", start="standard")
    c = network.add("add", [a, b])
    network.add("relu")
    d = network.add("maxpool", kernel=3, stride=2, padding=1)
    e = network.add("conv", [c], channels=7, kernel=1, stride=2)
    network.add("add", [d, e])
    network.add("flatten")
    network.add("dense", features=5)
    return network


def within_examples(name="within_examples"):
    """What works within each example: learned slopes, softmax, normalizations."""
    return chain(
        name, (4, 6, 5), 5,
        L("layer_norm"), L("conv", channels=6, kernel=2), L("prelu"),
        L("layer_norm", over="channels"), L("hard_sigmoid"), L("layer_norm", over=2, eps=0.01),
        L("group_norm", groups=3), L("prelu", slopes="channels"), L("softmax"),
        L("instance_norm"), L("rms_norm"), L("log_softmax", axis=-1),
        L("instance_norm", affine=True), L("rms_norm", over="channels"),
        L("softmax", axis=2), L("rms_norm", over=1), L("group_norm", groups=2, affine=False),
        L("flatten"), L("dense", features=7), L("log_softmax"), L("layer_norm", affine=False),
        L("dense", features=4))


def activations(name="activations"):
    """Every function of each number, behind a layer that makes numbers on both sides of its kinks."""
    network = Network((2, 4, 5), 17, name=name)
    ends = []
    for kind, attributes in [
            ("relu6", {}), ("leaky_relu", {"slope": 0.2}), ("elu", {"alpha": 1.5}), ("tanh", {}),
            ("silu", {}), ("gelu", {}), ("gelu_tanh", {}), ("softplus", {}), ("hard_swish", {}),
            ("hard_sigmoid", {}), ("sigmoid", {}), ("relu", {}), ("leaky_relu", {}), ("elu", {})]:
        v = network.add("conv", [0], channels=2, kernel=2)
        v = network.add("multiply", [v], right=3)
        ends.append(network.add(kind, [v], **attributes))
    network.add("concat", ends, axis=0)
    network.add("flatten")
    network.add("dense", features=4)
    return network


def shared(name="shared_value"):
    """One value read by four layers, twice by one of them; the loss's operand read as well."""
    network = Network((2, 6, 6), 9, name=name)
    a = network.add("conv", channels=3, kernel=3, padding=1)
    b = network.add("batchnorm", [a])
    c = network.add("relu", [a])
    d = network.add("conv", [a], channels=3, kernel=3, padding=2)
    d = network.add("maxpool", [d], kernel=3, stride=1)
    e = network.add("add", [a, a])
    f = network.add("add", [b, c])
    g = network.add("add", [d, e])
    network.add("add", [f, g])
    network.add("flatten")
    network.add("dense", features=4)
    return network


def arithmetic(name="arithmetic"):
    """Values and numbers on either side of each operator, of one shape."""
    network = Network((2, 5, 7), 6, name=name, reduction="mean")
    a = network.add("conv", channels=3, kernel=3)
    b = network.add("conv", [0], channels=3, kernel=3)
    b = network.add("sigmoid")
    c = network.add("multiply", [a, b])
    d = network.add("subtract", [b], left=1)
    e = network.add("divide", [c, d])
    f = network.add("subtract", [e, a])
    g = network.add("divide", [b], left=0.25)
    h = network.add("multiply", [f], right=0.5)
    i = network.add("divide", [h], right=3)
    j = network.add("add", [i], left=2)
    network.add("multiply", [j, g])
    network.add("flatten")
    network.add("dense", features=4)
    return network


def excitation(name="excitation"):
    """Squeeze-and-excitation, and values with one number for an axis on either side."""
    network = Network((3, 6, 6), 11, name=name)
    a = network.add("conv", channels=5, kernel=3, padding=1)
    a = network.add("batchnorm")
    a = network.add("relu")
    g = network.add("avgpool", kernel=6)
    g = network.add("flatten")
    g = network.add("dense", features=2)
    g = network.add("relu")
    v = network.add("dense", features=5)
    g = network.add("sigmoid")
    g = network.add("reshape", shape=[5, 1, 1])
    b = network.add("multiply", [a, g])
    one = network.add("conv", [b], channels=1, kernel=1)
    one = network.add("sigmoid")
    c = network.add("divide", [b, one])
    d = network.add("subtract", [v, c])
    e = network.add("add", [one, g])
    network.add("multiply", [d, e])
    network.add("flatten")
    network.add("dense", features=4)
    return network


def moves(name="moves"):
    """Numbers of images in other places: every way, along every axis."""
    network = Network((4, 5, 6), 7, name=name)
    a = network.add("conv", channels=5, kernel=3, padding=1)
    a = network.add("sigmoid")
    t = network.add("transpose", axes=[2, 0, 1])
    s = network.add("slice", axis=1, start=1, end=5, step=3)
    p = network.add("part", [t], number=2, of=[1, 2, 2], axis=2)
    p = network.add("reshape", shape=[6, 2, 5])
    c = network.add("concat", [s, p, s], axis=1)
    c = network.add("pad", before=[1, 0, 2], after=[0, 3, 1], value=0.5)
    c = network.add("conv", channels=2, kernel=2)
    u = network.add("upsample", [a], scale=2, mode="bilinear")
    w = network.add("upsample", [a], size=[7, 13], mode="bilinear", align_corners=True)
    w = network.add("pad", before=[0, 2, 1], after=[0, 1, 3], mode="reflect")
    u = network.add("pad", [u], before=[0, 0, 2], after=[0, 0, 3], mode="edge")
    u = network.add("concat", [u, w], axis=0)
    u = network.add("upsample", size=[3, 8])
    u = network.add("conv", channels=2, kernel=3)
    u = network.add("flatten")
    c = network.add("flatten", [c])
    network.add("concat", [u, c], axis=0)
    network.add("pad", before=[1], after=[2])
    network.add("dense", features=4)
    return network


def sequences(name="sequences"):
    """The same of [channels, length]."""
    network = Network((3, 11), 5, name=name)
    t = network.add("transpose", axes=[1, 0])
    u = network.add("upsample", [0], scale=3)
    l = network.add("upsample", [0], size=33, mode="linear")
    s = network.add("subtract", [u, l])
    e = network.add("pad", before=[0, 4], after=[0, 1], mode="edge")
    r = network.add("pad", [s], before=[0, 3], after=[0, 2], mode="reflect")
    c = network.add("concat", [e, r], axis=1)
    c = network.add("slice", axis=1, start=2, step=5)
    c = network.add("flatten")
    t = network.add("part", [t], number=1, of=[7, 4])
    t = network.add("flatten")
    network.add("concat", [c, t], axis=0)
    network.add("dense", features=4)
    return network


def four_axes(name="four_axes"):
    """The same of four axes."""
    network = Network((2, 3, 4, 5), 3, name=name)
    t = network.add("transpose", axes=[3, 0, 2, 1])
    t = network.add("reshape", shape=[2, 5, 4, 3])
    u = network.add("upsample", size=[4, 3, 7], mode="trilinear")
    l = network.add("upsample", [t], size=[4, 3, 7], mode="trilinear", align_corners=True)
    n = network.add("upsample", [0], size=[4, 3, 7])
    a = network.add("add", [u, l])
    c = network.add("concat", [a, n], axis=1)
    c = network.add("pad", before=[0, 2, 1, 1], after=[0, 1, 1, 0], mode="reflect")
    c = network.add("pad", before=[0, 1, 0, 2], after=[0, 0, 1, 0], mode="edge")
    c = network.add("pad", before=[1, 0, 0, 1])
    c = network.add("slice", axis=2, start=1, step=2)
    c = network.add("part", number=2, of=[3, 9], axis=1)
    network.add("flatten")
    network.add("dense", features=4)
    return network


def varied():
    """All of them. The batch is never a multiple of the lanes but where that is the point."""
    head = [L("flatten"), L("dense", features=6)]
    networks = [
        reference(), residual(), shared(), arithmetic(), excitation(), moves(), sequences(),
        four_axes(), within_examples(), activations(),
        chain("stride2", (3, 13, 11), 17, L("conv", channels=7, kernel=4, stride=2, padding=1),
              L("relu"), L("conv", channels=5, kernel=3, stride=3, padding=2), *head),
        chain("wide_padding", (2, 5, 9), 5, L("conv", channels=11, kernel=7, padding=6),
              L("conv", channels=2, kernel=5, stride=3, padding=4, bias=False), *head),
        chain("stride_past_kernel", (2, 11, 10), 33, L("conv", channels=3, kernel=2, stride=3),
              L("batchnorm"), *head),
        chain("pointwise", (13, 7, 5), 21, L("conv", channels=17, kernel=1), L("batchnorm"),
              L("relu"), L("conv", channels=3, kernel=1, stride=2), *head),
        chain("dropped_cells", (1, 11, 13), 23, L("conv", channels=3, kernel=3), L("batchnorm"),
              L("relu"), L("avgpool", kernel=2), L("batchnorm"), L("maxpool", kernel=2), *head),
        chain("gaps_between_windows", (3, 11, 12), 6, L("batchnorm"), L("relu"),
              L("maxpool", kernel=2, stride=3), L("batchnorm"), L("avgpool", kernel=1, stride=2),
              *head),
        chain("fused_pools", (2, 10, 9), 12, L("conv", channels=5, kernel=1), L("batchnorm"),
              L("relu"), L("maxpool", kernel=2), L("conv", channels=3, kernel=1), L("batchnorm"),
              L("avgpool", kernel=3), *head),
        chain("overlapping_pools", (3, 12, 11), 9, L("avgpool", kernel=3, stride=1, padding=1),
              L("maxpool", kernel=3, stride=2, padding=1), L("avgpool", kernel=2, stride=1), *head),
        chain("input_norm", (2, 5, 4), 10, L("batchnorm", running_variance="unbiased"),
              L("conv", channels=3, kernel=2), L("flatten"), L("batchnorm", start="standard"),
              L("dense", features=7), L("batchnorm", affine=False), L("relu"),
              L("dense", features=3), L("batchnorm", fix_gamma=True), reduction="mean"),
        chain("no_batchnorm", (1, 8, 8), 64, L("conv", channels=4, kernel=3), L("relu"),
              L("conv", channels=4, kernel=3), L("relu"), *head, reduction="mean"),
        chain("dense_only", (37,), 50, L("dense", features=29, bias=False), L("batchnorm"),
              L("relu"), L("dense", features=2)),
        chain("relu_first", (1, 6, 6), 3, L("relu"), L("conv", channels=2, kernel=3), *head),
        chain("batch_of_one", (2, 6, 6), 1, L("conv", channels=3, kernel=3), L("batchnorm"),
              L("relu"), *head, reduction="mean"),
        chain("one_number_a_channel", (5,), 2, L("batchnorm", running_variance="unbiased"),
              L("dense", features=3)),
        chain("by_axis", (2, 9, 8), 5,
              L("conv", channels=3, kernel=[4, 3], stride=[2, 1], padding=[1, 0, 2, 1]),
              L("conv", channels=2, kernel=[1, 3], padding=[0, 1], stride=[1, 2]), *head),
        chain("same_of_tensorflow", (2, 8, 7), 6,
              L("conv", channels=3, kernel=3, stride=2, padding="same_upper"),
              L("conv", channels=2, kernel=[2, 3], padding="same_lower"), L("relu"),
              L("avgpool", kernel=2, padding="same_upper", count_padding=False), *head),
        chain("dilation", (2, 11, 12), 7, L("conv", channels=3, kernel=3, dilation=2, padding=2),
              L("conv", channels=2, kernel=3, dilation=[3, 2], stride=[2, 3], padding=[1, 3]),
              *head),
        chain("groups", (4, 7, 6), 9, L("conv", channels=6, kernel=3, groups=2, padding=1),
              L("batchnorm"), L("relu"), L("conv", channels=12, kernel=3, groups=6, padding=1),
              L("batchnorm", scale=False), L("conv", channels=3, kernel=1, groups=3, stride=2),
              *head),
        chain("of_sequences", (3, 17), 11,
              L("conv", channels=4, kernel=5, stride=2, padding=[1, 3]),
              L("batchnorm"), L("relu"), L("maxpool", kernel=2),
              L("conv", channels=4, kernel=3, groups=4, dilation=2, padding=2),
              L("avgpool", kernel=3, stride=1, padding=1), *head),
        chain("ceil", (2, 8, 7), 5, L("maxpool", kernel=[3, 2], stride=2, padding=1, ceil=True),
              L("avgpool", kernel=3, stride=2, padding=1, ceil=True, count_padding=False), *head),
        chain("ceil_of_counted_padding", (2, 8, 7), 5,
              L("maxpool", kernel=2, dilation=[3, 2], stride=[1, 2]),
              L("avgpool", kernel=3, stride=2, padding=1, ceil=True), *head),
        chain("global_means", (5, 4, 3), 6, L("conv", channels=7, kernel=1), L("relu"),
              L("global_avgpool"), L("dense", features=3)),
        chain("global_maxima", (5, 11), 6, L("global_maxpool"), L("dense", features=3)),
        chain("transposed", (3, 4, 5), 7, L("conv_transpose", channels=4, kernel=2, stride=2),
              L("relu"),
              L("conv_transpose", channels=2, kernel=[3, 4], stride=[2, 3], padding=[1, 0, 2, 1],
                output_padding=[1, 2]),
              L("batchnorm"), L("avgpool", kernel=5), *head),
        chain("transposed_groups", (4, 6), 9,
              L("conv_transpose", channels=6, kernel=3, stride=2, groups=2, dilation=2), L("relu"),
              L("conv_transpose", channels=4, kernel=3, stride=2, padding="same_upper"), *head),
        chain("padding_modes", (2, 6, 7), 9,
              L("conv", channels=3, kernel=[3, 5], padding=[1, 2], padding_mode="reflect"),
              L("sigmoid"),
              L("conv", channels=4, kernel=3, stride=2, padding=[2, 0, 1, 2],
                padding_mode="replicate"), *head),
        chain("padding_modes_of_sequences", (3, 8), 5,
              L("conv", channels=4, kernel=3, padding=[0, 2], padding_mode="reflect"), L("tanh"),
              L("conv", channels=2, kernel=2, padding=1, dilation=2, padding_mode="replicate"),
              *head),
        chain("running_statistics", (2, 5, 6), 7, L("conv", channels=4, kernel=3),
              L("batchnorm", statistics="running"), L("silu"), L("normalize", statistics="running"),
              *head),
        chain("like_other_frameworks", (2, 6, 6), 7, L("conv", channels=4, kernel=3),
              L("batchnorm", eps=1e-3, momentum=0.99, start="standard"), L("relu"),
              L("conv", channels=3, kernel=3),
              L("batchnorm", running_variance="unbiased", start="standard"), *head),
        chain("two_halves", (2, 7, 7), 13, L("conv", channels=3, kernel=3), L("normalize", eps=1e-2),
              L("scale_shift"), L("relu"), L("avgpool", kernel=2), L("scale_shift"),
              L("normalize", eps_on="deviation", start="standard"), L("sigmoid"),
              L("scale_shift"), *head),
        chain("two_halves_first", (2, 7, 7), 9, L("normalize"), L("scale_shift"), L("relu"),
              L("avgpool", kernel=2), *head),
        chain("eps_on_deviation", (1, 8, 7), 11, L("conv", channels=3, kernel=3),
              L("batchnorm", eps=0.1, eps_on="deviation"), L("relu"), L("maxpool", kernel=2),
              L("conv", channels=2, kernel=2),
              L("batchnorm", eps=0.1, eps_on="deviation", fix_gamma=True), *head),
        chain("regression", (6,), 18, L("dense", features=9), L("sigmoid"),
              L("dense", features=3), loss="linear_regression"),
        chain("regression_of_images", (2, 5, 5), 7, L("conv", channels=2, kernel=3), L("relu"),
              loss="linear_regression", reduction="mean"),
        chain("binary_classes", (6,), 21, L("dense", features=9), L("batchnorm"), L("relu"),
              L("dense", features=1), L("sigmoid"), loss="binary_cross_entropy", classes=True),
        chain("binary_values", (6,), 5, L("dense", features=4), L("sigmoid"),
              loss="binary_cross_entropy", reduction="mean"),
        # More than 2048 numbers an example and more than 256 a plane, which cut work into tasks.
        chain("many_tasks", (3, 31, 29), 4, L("relu"), L("batchnorm"),
              L("conv", channels=3, kernel=3, padding=1), L("relu"),
              L("avgpool", kernel=4), *head),
        # Images that no cache holds, which are worked through in bands of rows and groups of tiles.
        chain("large_images", (3, 61, 64), 23,
              L("conv", channels=40, kernel=3, padding=1), L("batchnorm"), L("sigmoid"),
              L("conv", channels=37, kernel=5, stride=2, padding=2), L("batchnorm"), L("sigmoid"),
              L("conv", channels=24, kernel=1), L("batchnorm"), L("sigmoid"),
              L("conv", channels=29, kernel=3), L("sigmoid"), L("avgpool", kernel=29), *head),
    ]
    return networks
