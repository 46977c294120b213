"""Networks of other programs, as their exporters write them, with random weights."""

import dataclasses
import importlib.util
import io
import typing

import numpy
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn import functional as F


@dataclasses.dataclass
class Case:
    name: str
    write: typing.Callable  # a path
    shapes: dict = dataclasses.field(default_factory=dict)
    # Whether the output has other axes of one number there.
    is_reshaped: bool = False


def trained(module):
    """The module in evaluation, as if it had been trained: its norms have statistics."""
    random = torch.Generator().manual_seed(1)
    for part in module.modules():
        if isinstance(part, nn.modules.batchnorm._BatchNorm):
            part.running_mean.normal_(0, 0.3, generator=random)
            part.running_var.uniform_(0.5, 2, generator=random)
        if isinstance(part, (nn.modules.batchnorm._BatchNorm, nn.LayerNorm, nn.GroupNorm)):
            if part.weight is not None:
                with torch.no_grad():
                    part.weight.uniform_(0.5, 1.5, generator=random)
                    part.bias.normal_(0, 0.3, generator=random)
    return module.eval()


def torch_case(name, module, *shapes, opset=17, dynamic=True, dynamo=False, folds=True, outputs=None):
    names = ["x"] if len(shapes) == 1 else [f"x{i + 1}" for i in range(len(shapes))]
    outputs = outputs or ["y"]

    def write(path):
        torch.manual_seed(len(name))
        network = trained(module() if callable(module) and not isinstance(module, nn.Module) else module)
        inputs = tuple(torch.randn(2 if dynamic else 1, *shape) for shape in shapes)
        if dynamo:
            batch = torch.export.Dim("batch", min=1, max=64)
            torch.onnx.export(
                network, inputs, path, dynamo=True, opset_version=opset, input_names=names,
                output_names=outputs, external_data=False, verbose=False,
                dynamic_shapes=[{0: batch} for _ in shapes] if dynamic else None)
            return
        torch.onnx.export(
            network, inputs, path, dynamo=False, opset_version=opset, input_names=names,
            output_names=outputs, do_constant_folding=folds,
            dynamic_axes={n: {0: "batch"} for n in names + outputs} if dynamic else None)

    return Case(name, write)


class Basic(nn.Module):
    def __init__(self, inputs, channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.downsample = None
        if stride > 1 or inputs != channels:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, channels, 1, stride, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet18(nn.Module):
    """torchvision's, by its names."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        widths = [64, 64, 128, 256, 512]
        for index in range(1, 5):
            stride = 1 if index == 1 else 2
            setattr(self, f"layer{index}", nn.Sequential(
                Basic(widths[index - 1], widths[index], stride), Basic(widths[index], widths[index], 1)))
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(512, 100)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


class Inverted(nn.Module):
    def __init__(self, inputs, outputs, stride, factor):
        super().__init__()
        hidden = inputs * factor

        def unit(a, b, kernel=1, stride=1, groups=1):
            return nn.Sequential(
                nn.Conv2d(a, b, kernel, stride, kernel // 2, groups=groups, bias=False),
                nn.BatchNorm2d(b), nn.ReLU6(inplace=True))

        parts = [unit(inputs, hidden)] if factor > 1 else []
        self.conv = nn.Sequential(
            *parts, unit(hidden, hidden, 3, stride, hidden),
            nn.Conv2d(hidden, outputs, 1, bias=False), nn.BatchNorm2d(outputs))
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.conv(x) if self.adds else self.conv(x)


class MobileNetV2(nn.Module):
    """torchvision's, of a quarter of its channels."""

    def __init__(self):
        super().__init__()
        features = [nn.Sequential(
            nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU6(inplace=True))]
        inputs = 8
        for factor, width, count, stride in [
                (1, 4, 1, 1), (6, 8, 2, 2), (6, 8, 3, 2), (6, 16, 4, 2), (6, 24, 3, 1), (6, 40, 3, 2),
                (6, 80, 1, 1)]:
            for index in range(count):
                features.append(Inverted(inputs, width, stride if index == 0 else 1, factor))
                inputs = width
        features.append(nn.Sequential(
            nn.Conv2d(inputs, 320, 1, bias=False), nn.BatchNorm2d(320), nn.ReLU6(inplace=True)))
        self.features = nn.Sequential(*features)
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(320, 100))

    def forward(self, x):
        x = self.features(x)
        return self.classifier(F.adaptive_avg_pool2d(x, (1, 1)).reshape(x.shape[0], -1))


class Excited(nn.Module):
    """Squeeze, excite: as MobileNetV3 and EfficientNet have it, with convolutions of one place."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 12, 3, padding=1)
        self.fc1, self.fc2 = nn.Conv2d(12, 4, 1), nn.Conv2d(4, 12, 1)
        self.bn = nn.BatchNorm2d(12)
        self.head = nn.Linear(12, 5)

    def forward(self, x):
        x = F.hardswish(self.bn(self.conv(x)))
        s = F.hardsigmoid(self.fc2(F.relu(self.fc1(F.adaptive_avg_pool2d(x, 1)))))
        x = F.silu(x * s)
        return F.softmax(self.head(x.mean([2, 3])), 1)


class DSCNN(nn.Module):
    """MLPerf Tiny's network for keywords."""

    def __init__(self):
        super().__init__()
        layers = [nn.ZeroPad2d((1, 1, 4, 5)), nn.Conv2d(1, 64, (10, 4), (2, 2)), nn.BatchNorm2d(64),
                  nn.ReLU(), nn.Dropout(0.2)]
        for _ in range(4):
            layers += [nn.Conv2d(64, 64, 3, padding=1, groups=64), nn.BatchNorm2d(64), nn.ReLU(),
                       nn.Conv2d(64, 64, 1), nn.BatchNorm2d(64), nn.ReLU()]
        self.body = nn.Sequential(*layers, nn.Dropout(0.4), nn.AvgPool2d((25, 5)))
        self.fc = nn.Linear(64, 12)

    def forward(self, x):
        return F.softmax(self.fc(self.body(x).flatten(1)), dim=-1)


class MobileNetV1(nn.Module):
    """MLPerf Tiny's network for persons, of a quarter of the channels, with TensorFlow's padding."""

    def __init__(self):
        super().__init__()

        def unit(a, b, stride):
            pad = [nn.ZeroPad2d((0, 1, 0, 1))] if stride == 2 else []
            return nn.Sequential(
                *pad, nn.Conv2d(a, a, 3, stride, 0 if pad else 1, groups=a, bias=False),
                nn.BatchNorm2d(a, eps=1e-3, momentum=0.01), nn.ReLU6(),
                nn.Conv2d(a, b, 1, bias=False), nn.BatchNorm2d(b, eps=1e-3, momentum=0.01), nn.ReLU6())

        widths = [8, 16, 32, 32, 64, 64, 128, 128, 128, 128, 128, 128, 256, 256]
        strides = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1]
        self.stem = nn.Sequential(nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(3, 8, 3, 2, bias=False),
                                  nn.BatchNorm2d(8, eps=1e-3), nn.ReLU6())
        self.units = nn.Sequential(*[
            unit(a, b, s) for a, b, s in zip(widths, widths[1:], strides)])
        self.fc = nn.Linear(256, 2)

    def forward(self, x):
        return self.fc(self.units(self.stem(x)).mean((2, 3)))


class ResNet8(nn.Module):
    """MLPerf Tiny's network for CIFAR-10."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3, padding=1)
        self.bn = nn.BatchNorm2d(16)
        self.layers = nn.Sequential(Basic(16, 16, 1), Basic(16, 32, 2), Basic(32, 64, 2))
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        x = self.layers(F.relu(self.bn(self.conv(x))))
        return self.fc(F.avg_pool2d(x, 8).view(x.size(0), -1))


def autoencoder():
    layers = []
    for a, b in zip([640, 128, 128, 128, 8, 128, 128], [128, 128, 128, 8, 128, 128, 128]):
        layers += [nn.Linear(a, b), nn.BatchNorm1d(b, eps=1e-3, momentum=0.01), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(128, 640))


class Mixer(nn.Module):
    """Layer norms and dense layers over the last of three axes, and over the one before."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 16, 4, 4)
        self.position = nn.Parameter(torch.randn(1, 16, 16))
        self.norm1, self.norm2 = nn.LayerNorm(16), nn.LayerNorm(16)
        self.tokens = nn.Sequential(nn.Linear(16, 24), nn.GELU(), nn.Linear(24, 16))
        self.channels = nn.Sequential(nn.Linear(16, 32), nn.GELU(approximate="tanh"), nn.Linear(32, 16))
        self.gamma = nn.Parameter(torch.randn(16))
        self.head = nn.Linear(16, 7)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2) + self.position
        x = x + self.tokens(self.norm1(x).transpose(1, 2)).transpose(1, 2)
        x = x + self.gamma * self.channels(self.norm2(x))
        return self.head(x.mean(1))


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down1, self.down2 = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 16, 3, padding=1)
        self.up = nn.ConvTranspose2d(16, 8, 2, 2)
        self.end = nn.Conv2d(24, 4, 1)

    def forward(self, x):
        a = F.leaky_relu(self.down1(x), 0.2)
        b = F.elu(self.down2(F.max_pool2d(a, 2)))
        c = F.interpolate(self.up(b), scale_factor=2, mode="bilinear", align_corners=False)
        d = torch.cat([a, F.max_pool2d(c, 2), F.interpolate(self.up(b), size=x.shape[2:])], 1)
        return self.end(d)


class Activations(nn.Module):
    def __init__(self):
        super().__init__()
        self.prelu, self.one = nn.PReLU(6), nn.PReLU()

    def forward(self, x):
        x = torch.cat([F.gelu(x), F.gelu(x, approximate="tanh"), F.silu(x)], 1)
        x = self.one(self.prelu(x)) + F.softplus(x) - F.elu(x, 0.5) * F.hardsigmoid(x)
        x = F.hardswish(x) / 3 + F.selu(x) + F.celu(x, 0.7) + F.mish(x) + torch.abs(x)
        x = torch.clamp(x, -0.5, 2.0) + torch.clamp(x, min=-1) + F.relu6(x) + F.hardtanh(x)
        return F.log_softmax(torch.tanh(x).flatten(1) * torch.sigmoid(1 - x.flatten(1)), 1)


class Norms(nn.Module):
    def __init__(self):
        super().__init__()
        self.group = nn.GroupNorm(3, 6)
        self.instance, self.affine = nn.InstanceNorm2d(6), nn.InstanceNorm2d(6, affine=True)
        self.layer, self.last = nn.LayerNorm([6, 5, 4]), nn.LayerNorm(4, eps=1e-3)
        self.batch = nn.BatchNorm2d(6, affine=False)
        self.affine.weight.data.uniform_(0.5, 1.5)
        self.rms = nn.Parameter(torch.rand(4) + 0.5)

    def forward(self, x):
        x = torch.tanh(self.group(x)) + self.instance(x) - torch.tanh(self.affine(x))
        x = self.last(torch.tanh(self.layer(x))) + self.batch(x)
        x = x * torch.rsqrt((x * x).mean(-1, keepdim=True) + 1e-6) * self.rms
        return x.flatten(1)


class Pieces(nn.Module):
    """Shapes: parts, joins, moves, borders."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(40, 4)

    def forward(self, x):
        a, b, c = x.chunk(3, 1)
        a = F.pad(a, (1, 2, 0, 1), mode="reflect")[:, :, :-1, 1:-2]
        b = F.pad(b, (1, 1, 1, 1), mode="replicate")[:, :, 1:-1, 1:-1]
        n, g, h, w = x.shape
        shuffled = x.view(n, 2, 3, h, w).transpose(1, 2).reshape(n, g, h, w)
        y = torch.cat([a, b, c], 1) + shuffled - x[:, 1:2] * x[:, :, 2:3].squeeze(2).unsqueeze(2)
        y = F.pad(y, (1, 0, 2, 0), value=0.5)[:, :, ::2, :][:, :, :3]
        return self.fc(torch.stack([y[:, :4, 0], y[:, 2:, 1]], 1).reshape(n, -1))


class Pools(nn.Module):
    def forward(self, x):
        a = F.avg_pool2d(x, 3, 2, 1, ceil_mode=True, count_include_pad=False)
        b = F.avg_pool2d(x, 3, 2, 1, ceil_mode=True)
        c = F.max_pool2d(x, 3, 2, 1, dilation=1, ceil_mode=True)
        d = F.max_pool2d(x, (2, 3), (2, 2), (1, 1), ceil_mode=True)
        return torch.cat([v.flatten(1) for v in (a, b, c, d, F.adaptive_max_pool2d(x, 1))], 1)


class Several(nn.Module):
    def __init__(self):
        super().__init__()
        self.image, self.side = nn.Conv2d(2, 4, 3), nn.Linear(3, 4)
        self.one, self.two = nn.Linear(8, 2), nn.Linear(8, 3, bias=False)

    def forward(self, x, side):
        h = torch.cat([self.image(x).amax((2, 3)), torch.relu(self.side(side))], 1)
        return self.one(h), torch.sigmoid(self.two(h))


def sequence():
    return nn.Sequential(
        nn.Conv1d(6, 16, 5, 2, 2, bias=False), nn.BatchNorm1d(16), nn.ReLU(), nn.MaxPool1d(2),
        nn.Conv1d(16, 16, 3, dilation=2, groups=4), nn.ReLU(), nn.ConvTranspose1d(16, 8, 3, 2, 1, 1),
        nn.Tanh(), nn.AvgPool1d(3, 2, 1), nn.Upsample(scale_factor=2),
        nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(8, 3))


def linear():
    # The dynamo exporter takes this apart into tables of places.
    return nn.Sequential(nn.Upsample(scale_factor=2, mode="linear"), nn.Conv1d(3, 2, 3), nn.Flatten())


def uneven():
    return nn.Sequential(
        nn.ZeroPad2d((2, 0, 1, 3)), nn.Conv2d(3, 6, (3, 5), (2, 1)), nn.ReLU(),
        nn.Conv2d(6, 8, 4, 2, (1, 2), (1, 2)), nn.ConstantPad2d((9, 1, 0, 0), 0.0), nn.Conv2d(8, 8, 3),
        nn.ConvTranspose2d(8, 4, 4, 3, 1, (1, 2)), nn.ReLU(), nn.Flatten(), nn.Dropout(0.5),
        nn.Linear(960, 9, bias=False))


def graph_case(name, make, **more):
    """A graph of nodes by hand, in the style of another exporter."""
    def write(path):
        onnx.save(make(numpy.random.default_rng(len(name))), path)
    return Case(name, write, **more)


def graph(producer, opset, inputs, outputs, nodes, tensors):
    values = [helper.make_tensor_value_info(n, t, s) for n, t, s in inputs]
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in outputs]
    made = helper.make_graph(
        nodes, "graph", values, ends, [numpy_helper.from_array(v, k) for k, v in tensors.items()])
    return helper.make_model(
        made, producer_name=producer, ir_version=8, opset_imports=[helper.make_opsetid("", opset)])


def keras(random):
    """tf2onnx of a Keras network: images whose channels are last, moved around each convolution."""
    def r(*shape):
        return random.normal(0, 0.5, shape).astype(numpy.float32)
    node = helper.make_node
    tensors = {
        "model/conv2d/Conv2D/ReadVariableOp:0": r(8, 3, 3, 3), "model/conv2d/BiasAdd/ReadVariableOp:0": r(8),
        "model/separable/depthwise/ReadVariableOp:0": r(8, 1, 3, 3),
        "model/conv2d_1/Conv2D/ReadVariableOp:0": r(12, 8, 1, 1),
        "model/bn/gamma:0": r(12), "model/bn/beta:0": r(12), "model/bn/mean:0": r(12),
        "model/bn/variance:0": numpy.abs(r(12)) + 0.5,
        "bias": r(12), "pads": numpy.array([0, 0, 0, 0, 0, 1, 1, 0], numpy.int64),
        "model/dense/MatMul/ReadVariableOp:0": r(12 * 5 * 5, 10), "model/dense/BiasAdd/ReadVariableOp:0": r(10),
        "axes": numpy.array([1, 2], numpy.int64), "minus": numpy.array([-1], numpy.int64),
        "from": numpy.array([0], numpy.int64), "to": numpy.array([1], numpy.int64),
        "scales": numpy.array([1, 1, 2, 2], numpy.float32), "none": numpy.zeros(0, numpy.float32),
        "six": numpy.array(6, numpy.float32), "zero": numpy.array(0, numpy.float32)}
    nodes = [
        node("Transpose", ["x"], ["x_t"], perm=[0, 3, 1, 2]),
        node("Conv", ["x_t", "model/conv2d/Conv2D/ReadVariableOp:0", "model/conv2d/BiasAdd/ReadVariableOp:0"],
             ["c1"], auto_pad="SAME_UPPER", strides=[2, 2], kernel_shape=[3, 3]),
        node("Clip", ["c1", "zero", "six"], ["r1"]),
        node("Transpose", ["r1"], ["r1_t"], perm=[0, 2, 3, 1]),
        node("Pad", ["r1_t", "pads"], ["p1"]),
        node("Transpose", ["p1"], ["p1_t"], perm=[0, 3, 1, 2]),
        node("Conv", ["p1_t", "model/separable/depthwise/ReadVariableOp:0"], ["c2"], group=8,
             auto_pad="VALID", strides=[2, 2], kernel_shape=[3, 3]),
        node("Conv", ["c2", "model/conv2d_1/Conv2D/ReadVariableOp:0"], ["c3"], kernel_shape=[1, 1]),
        node("Transpose", ["c3"], ["c3_t"], perm=[0, 2, 3, 1]),
        node("Add", ["c3_t", "bias"], ["c3_b"]),
        node("Transpose", ["c3_b"], ["c3_bt"], perm=[0, 3, 1, 2]),
        node("BatchNormalization", ["c3_bt", "model/bn/gamma:0", "model/bn/beta:0", "model/bn/mean:0",
                                    "model/bn/variance:0"], ["n1"], epsilon=1e-3, momentum=0.99),
        node("Resize", ["n1", "none", "scales"], ["u1"], mode="nearest", nearest_mode="floor",
             coordinate_transformation_mode="asymmetric"),
        node("MaxPool", ["u1"], ["m1"], kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER"),
        node("Transpose", ["m1"], ["m1_t"], perm=[0, 2, 3, 1]),
        node("LeakyRelu", ["m1_t"], ["l1"], alpha=0.3),
        node("Shape", ["l1"], ["s"]), node("Slice", ["s", "from", "to", "from"], ["s0"]),
        node("Concat", ["s0", "minus"], ["shape"], axis=0),
        node("Reshape", ["l1", "shape"], ["flat"]),
        node("MatMul", ["flat", "model/dense/MatMul/ReadVariableOp:0"], ["d"]),
        node("Add", ["d", "model/dense/BiasAdd/ReadVariableOp:0"], ["e"]),
        node("Softmax", ["e"], ["probabilities"], axis=-1),
        node("ReduceMean", ["l1"], ["features"], axes=[1, 2], keepdims=0)]
    return graph("tf2onnx", 15, [("x", TensorProto.FLOAT, ["unk__1", 20, 20, 3])],
                 ["probabilities", "features"], nodes, tensors)


def sklearn_style(random):
    """skl2onnx of an MLPClassifier."""
    def r(*shape):
        return random.normal(0, 0.5, shape).astype(numpy.float32)
    node = helper.make_node
    tensors = {"coefficient": r(4, 16), "intercepts": r(1, 16), "coefficient1": r(16, 3),
               "intercepts1": r(1, 3), "classes": numpy.array([0, 1, 2], numpy.int32),
               "shape_tensor": numpy.array([-1], numpy.int64)}
    nodes = [
        node("Cast", ["X"], ["cast_input"], to=1),
        node("MatMul", ["cast_input", "coefficient"], ["mul_result"]),
        node("Add", ["mul_result", "intercepts"], ["add_result"]),
        node("Relu", ["add_result"], ["next_activations"]),
        node("MatMul", ["next_activations", "coefficient1"], ["mul_result1"]),
        node("Add", ["mul_result1", "intercepts1"], ["add_result1"]),
        node("Softmax", ["add_result1"], ["out_activations_result"]),
        node("ArgMax", ["out_activations_result"], ["argmax_output"], axis=1),
        node("ArrayFeatureExtractor", ["classes", "argmax_output"], ["extracted"], domain="ai.onnx.ml"),
        node("Reshape", ["extracted", "shape_tensor"], ["reshaped"]),
        node("Cast", ["reshaped"], ["output_label"], to=7),
        node("Identity", ["out_activations_result"], ["output_probability"])]
    made = graph("skl2onnx", 15, [("X", TensorProto.FLOAT, [None, 4])], ["output_label"], nodes, tensors)
    made.graph.output[0].type.tensor_type.elem_type = TensorProto.INT64
    made.graph.output.append(
        helper.make_tensor_value_info("output_probability", TensorProto.FLOAT, [None, 3]))
    made.opset_import.append(helper.make_opsetid("ai.onnx.ml", 1))
    return made


def gemms(random):
    """Every form of a matrix product with constants."""
    def r(*shape):
        return random.normal(0, 0.5, shape).astype(numpy.float32)
    node = helper.make_node
    tensors = {"w1": r(6, 5), "b1": r(5), "w2": r(4, 5), "b2": r(1, 4), "w3": r(4, 4), "b3": r(1),
               "w4": r(4, 3), "b4": r(3), "two": numpy.array(2, numpy.float32), "m": r(2, 3)}
    nodes = [
        node("Gemm", ["x", "w1", "b1"], ["a"], alpha=0.5, beta=2.0),
        node("Gemm", ["a", "w2", "b2"], ["b"], transB=1), node("Gemm", ["b", "w3", "b3"], ["c"]),
        node("MatMul", ["c", "w4"], ["d"]), node("Add", ["b4", "d"], ["e"]),
        node("Sub", ["two", "e"], ["f"]), node("Div", ["two", "e"], ["g"]), node("Neg", ["e"], ["h"]),
        node("Pow", ["h", "two"], ["i"]), node("Sum", ["f", "g", "i"], ["y"])]
    return graph("hand", 13, [("x", TensorProto.FLOAT, ["n", 6])], ["y"], nodes, tensors)


def sklearn_cases():
    if importlib.util.find_spec("skl2onnx") is None:
        return
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from skl2onnx import to_onnx
    random = numpy.random.default_rng(3)
    x = random.normal(0, 1, (60, 4)).astype(numpy.float32)
    for name, network, y, options in [
            ("sklearn_classes", MLPClassifier((8, 6), max_iter=20), x.argmax(1), {}),
            ("sklearn_two", MLPClassifier((8,), activation="tanh", max_iter=20), x[:, 0] > 0, {}),
            ("sklearn_array", MLPClassifier((8,), activation="logistic", max_iter=20), x.argmax(1),
             {"zipmap": False}),
            ("sklearn_numbers", MLPRegressor(hidden_layer_sizes=(8,), max_iter=20), x[:, 0], {})]:
        def write(path, network=network, y=y, options=options):
            network.fit(x, y)
            kept = {id(network): options} if options else None
            path.write_bytes(to_onnx(network, x[:1], options=kept).SerializeToString())
        yield Case(name, write)


def cases():
    image = (3, 64, 64)
    yield torch_case("resnet18", ResNet18, image)
    yield torch_case("resnet18_unfolded", ResNet18, image, dynamic=False, folds=False)
    yield torch_case("resnet18_dynamo", ResNet18, image, dynamo=True, opset=18)
    yield torch_case("mobilenet_v2", MobileNetV2, image, opset=13)
    yield torch_case("mobilenet_v2_dynamo", MobileNetV2, image, dynamo=True, opset=20)
    small = {
        "resnet8": (ResNet8, (3, 32, 32)), "ds_cnn": (DSCNN, (1, 49, 10)),
        "mobilenet_v1": (MobileNetV1, (3, 96, 96)), "autoencoder": (autoencoder, (640,)),
        "excited": (Excited, (3, 12, 12)), "mixer": (Mixer, (3, 16, 16)), "unet": (UNet, (3, 16, 12)),
        "activations": (Activations, (2, 3, 4)), "norms": (Norms, (6, 5, 4)), "pieces": (Pieces, (6, 5, 4)),
        "pools": (Pools, (3, 10, 11)), "sequence": (sequence, (6, 64)), "uneven": (uneven, (3, 15, 14))}
    for name, (module, shape) in small.items():
        for suffix, more in [("", {}), ("_one", {"dynamic": False, "opset": 12}),
                             ("_dynamo", {"dynamo": True, "opset": 18})]:
            yield torch_case(name + suffix, module, shape, **more)
    yield torch_case("linear", linear, (3, 7))
    yield torch_case("several", Several, (2, 6, 5), (3,), outputs=["y", "z"])
    yield torch_case("several_dynamo", Several, (2, 6, 5), (3,), outputs=["y", "z"], dynamo=True, opset=18)
    yield graph_case("keras", keras)
    yield graph_case("sklearn_style", sklearn_style)
    yield graph_case("gemms", gemms)
    yield from sklearn_cases()
