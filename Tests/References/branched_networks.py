"""Networks whose values go more than one way, and those of many layers of a kind."""

from networks import L, Network, chain


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
