"""Valid networks made up at random, so that shapes occur that nobody would think of."""

from networks import Network

PRIMES = [1, 2, 3, 5, 7, 11, 13, 17, 19, 23]


def random_network(random, name):
    """A network of a few layers, small enough to compile and run in a second or two."""
    def chance(share):
        return random.random() < share

    def pick(options):
        return options[random.integers(len(options))]

    def norm(after=None):
        attributes = {}
        if chance(0.3):
            attributes["eps"] = pick([1e-3, 1e-2, 0.5])
        if chance(0.3):
            attributes["momentum"] = pick([0.0, 0.5, 0.99, 1.0])
        if chance(0.4):
            attributes["running_variance"] = "unbiased"
        if chance(0.4):
            attributes["start"] = "standard"
        if chance(0.15):
            attributes["eps_on"] = "deviation"
        if chance(0.15):
            value = network.add("normalize", after, **attributes)
            return network.add("scale_shift", [value]) if chance(0.7) else value
        kind = random.random()
        if kind < 0.15:
            attributes["affine"] = False
        elif kind < 0.3:
            attributes["fix_gamma"] = True
        return network.add("batchnorm", after, **attributes)

    batch = int(random.integers(1, 71))
    side = int(random.integers(1, 20))
    other = side if chance(0.5) else int(random.integers(1, 20))
    flat = chance(0.15)
    network = Network(
        (int(random.integers(1, 60)),) if flat else (int(pick(PRIMES[:5])), side, other), batch,
        reduction=pick(["sum", "mean"]), scale=1 / 255, name=name,
        loss=pick(["softmax_cross_entropy"] * 3 + ["linear_regression", "binary_cross_entropy"]))
    if chance(0.25):
        norm()

    def image():
        return len(network.output_shape) == 3

    def conv():
        height, width = network.output_shape[1:]
        kernel = int(random.integers(1, 8))
        padding = int(random.integers(0, kernel)) if chance(0.6) else 0
        stride = int(pick([1, 1, 1, 2, 3]))
        if min(height, width) + 2 * padding < kernel:
            kernel, padding = 1, 0
        extra = {"bias": False} if chance(0.3) else {}
        network.add("conv", channels=int(pick(PRIMES)), kernel=kernel, stride=stride,
                    padding=padding, **extra)

    def pool():
        height, width = network.output_shape[1:]
        kernel = int(pick([2, 2, 3, 3, 4, 5]))
        if min(height, width) < kernel:
            return
        attributes = {}
        if chance(0.4):
            attributes["stride"] = int(random.integers(1, kernel + 2))
        if chance(0.4):
            attributes["padding"] = int(random.integers(0, kernel // 2 + 1))
        network.add(pick(["avgpool", "maxpool"]), kernel=kernel, **attributes)

    def residual():
        # Two readers of one value, and their sum; each path keeps the shape.
        start = len(network.layers)
        ends = []
        for _ in range(2):
            end = start
            if chance(0.7) and image():
                channels = network.value_shape(start)[0]
                kernel = int(pick([1, 3, 5]))
                end = network.add("conv", [start], channels=channels, kernel=kernel,
                                  padding=kernel // 2)
            if chance(0.5):
                end = norm([end])
            if chance(0.4):
                end = network.add(pick(["relu", "relu", "sigmoid"]), [end])
            ends.append(end)
        network.add("add", ends)
        if chance(0.6):
            network.add("relu")

    for _ in range(int(random.integers(1, 5))):
        if not image():
            break
        step = random.random()
        if step < 0.55:
            conv()
            if chance(0.6):
                norm()
            if chance(0.6):
                network.add("relu")
            if chance(0.5):
                pool()
        elif step < 0.75:
            residual()
        elif step < 0.85:
            pool()
        else:
            norm()
            if chance(0.7):
                network.add("relu")
    if image():
        network.add("flatten")
        if chance(0.2):
            norm()
    if chance(0.5):
        network.add("dense", features=int(random.integers(1, 40)),
                    **({"bias": False} if chance(0.3) else {}))
        if chance(0.7):
            norm()
        if chance(0.7):
            network.add("relu")
        if chance(0.3):
            residual()
    network.add("dense", features=int(random.integers(2, 13)))
    if chance(0.1):
        norm()
    if network.loss == "binary_cross_entropy":
        network.add("sigmoid")
    return network
