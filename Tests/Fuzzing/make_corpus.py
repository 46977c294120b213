#!/usr/bin/env python3
"""Writes Tests/Fuzzing/corpus: for each reader some small files that it takes, and some that it nearly
takes. Needs numpy, pillow, onnx and safetensors; the checkpoint is written by the fuzzing program:

    python3 Tests/Fuzzing/make_corpus.py [.build-fuzz/release/Fuzzing PLUGIN.so]

What fuzzing found and is kept lies beside them, under names that begin with `found-`.
"""

import gzip
import io
import json
import os
import pathlib
import struct
import subprocess
import sys
import wave

import numpy
import onnx
import safetensors.numpy
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

FUZZING = pathlib.Path(__file__).parent
ROOT = FUZZING.parent.parent
random = numpy.random.default_rng(1)


def write(reader, name, content):
    folder = FUZZING / "corpus" / reader
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def squeezed(content):
    return gzip.compress(content, mtime=0)


def language():
    for model in sorted((ROOT / "Sources/ExampleModels").glob("*.bn")):
        if model.stat().st_size <= 1600:
            write("language", model.name, model.read_bytes())
    cases = ROOT / "Tests/GoldenTests/Cases"
    for case in sorted(cases.rglob("*.bn")):
        if case.stat().st_size <= 500:
            write("language", "case-" + case.name, case.read_bytes())


def idx():
    def header(kind, *shape):
        return bytes([0, 0, kind, len(shape)]) + b"".join(struct.pack(">I", n) for n in shape)
    write("idx", "labels", header(8, 5) + bytes([0, 1, 2, 3, 9]))
    write("idx", "images", header(8, 2, 3, 4) + bytes(range(24)))
    write("idx", "floats", header(13, 2, 3) + struct.pack(">6f", 1, 2, 3, 4, 5, -6))
    write("idx", "doubles", header(14, 1, 1, 1, 2) + struct.pack(">2d", 1, float("nan")))
    write("idx", "shorts", header(11, 3) + struct.pack(">3h", 1, -2, 3))
    write("idx", "images.gz", squeezed(header(8, 2, 3, 4) + bytes(range(24))))
    write("idx", "too-many", header(8, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF) + bytes(8))


def cifar():
    ten = b"".join(bytes([label]) + bytes([label * 20]) * 3072 for label in (1, 9))
    hundred = bytes([3, 77]) + bytes([8]) * 3072
    write("cifar", "ten.gz", squeezed(ten))
    write("cifar", "hundred.gz", squeezed(hundred))
    write("cifar", "cut.gz", squeezed(ten[:4000]))
    write("cifar", "two-members.gz", squeezed(ten[:3073]) + squeezed(ten[3073:]))


def npy():
    def saved(array):
        file = io.BytesIO()
        numpy.save(file, array)
        return file.getvalue()
    for kind in ("u1", "i1", "?", "<i2", "<i4", "<i8", "<f2", "<f4", "<f8"):
        name = numpy.dtype(kind).name
        write("npy", name, saved(numpy.arange(6).reshape(2, 3).astype(kind)))
    write("npy", "fortran", saved(numpy.asfortranarray(numpy.ones((2, 3, 4), "<f4"))))
    write("npy", "scalar", saved(numpy.float32(3)))
    write("npy", "empty", saved(numpy.ones((0, 3), "<f4")))
    write("npy", "records", saved(numpy.zeros(2, [("a", "<f4"), ("b", "<i4")])))
    write("npy", "float32.gz", squeezed(saved(numpy.ones((5, 2), "<f4"))))
    text = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n"
    write("npy", "version2", b"\x93NUMPY\2\0" + struct.pack("<I", len(text)) + text + bytes(4))


def csv():
    write("csv", "plain", "1,2,3\n4,5,6\n")
    write("csv", "names", "a,b,c\n1,-2.5e3,3\n4,5,6\n\n")
    write("csv", "windows", "\ufeffa,b\r\n1,2\r\n3,4")
    write("csv", "mistake", "1,2\n3,nan\n")
    write("csv", "blank", "1,2\n\n3,4\n")
    write("csv", "columns", "1,2\n3,4,5\n")
    write("csv", "plain.gz", squeezed(b"1,2,3\n" * 40))


def tensors():
    arrays = {"dense1.weight": numpy.ones((3, 4), "<f4"), "dense1.bias": numpy.zeros(3, "<f4")}
    write("safetensors", "weights", safetensors.numpy.save(arrays, {"bnc.model": "m"}))
    kinds = {name: numpy.ones(2, name) for name in
             ("uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64", "bool")}
    write("safetensors", "types", safetensors.numpy.save(kinds))
    torch = {"module.conv.weight": numpy.ones((2, 1, 3, 3), "<f4"),
             "module.bn.num_batches_tracked": numpy.ones((), "<i8")}
    write("safetensors", "torch", safetensors.numpy.save(torch))

    def raw(text, data):
        text = text.encode()
        return struct.pack("<Q", len(text)) + text + data
    entry = '{"dtype":"BF16","shape":[2],"data_offsets":[%d,%d]}'
    write("safetensors", "bfloat16", raw('{"a":%s}' % (entry % (0, 4)), bytes(4)))
    write("safetensors", "overlap", raw('{"a":%s,"b":%s}' % (entry % (0, 4), entry % (2, 6)), bytes(6)))
    write("safetensors", "twice", raw('{"a":%s,"a":%s}' % (entry % (0, 4), entry % (4, 8)), bytes(8)))
    write("safetensors", "escapes", raw('{"\\u00e9\\ud83d\\ude00\\n":%s}  ' % (entry % (0, 4)), bytes(4)))
    write("safetensors", "empty", raw("{}", b""))


def network(nodes, shape, tensors, outputs=("y",), opset=17):
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(numpy.asarray(value), name) for name, value in tensors.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    return model


def floats(*shape):
    return random.standard_normal(shape).astype("<f4").round(2)


def onnx_files():
    node = helper.make_node
    dense = network(
        [node("Gemm", ["x", "w", "b"], ["h"], transB=1), node("Relu", ["h"], ["r"]),
         node("Gemm", ["r", "v"], ["y"], transB=1)],
        ["n", 4], {"w": floats(3, 4), "b": floats(3), "v": floats(2, 3)})
    write("onnx", "dense", dense.SerializeToString())
    conv = network(
        [node("Conv", ["x", "w"], ["c"], kernel_shape=[3, 3], pads=[1, 1, 1, 1], name="conv1"),
         node("BatchNormalization", ["c", "g", "b", "m", "v"], ["n"], epsilon=1e-5),
         node("Relu", ["n"], ["r"]), node("MaxPool", ["r"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
         node("GlobalAveragePool", ["p"], ["q"]), node("Flatten", ["q"], ["f"]),
         node("MatMul", ["f", "k"], ["z"]), node("Add", ["z", "a"], ["s"]),
         node("Softmax", ["s"], ["y"], axis=-1)],
        ["n", 2, 4, 4],
        {"w": floats(2, 2, 3, 3), "g": floats(2), "b": floats(2), "m": floats(2),
         "v": abs(floats(2)), "k": floats(2, 3), "a": floats(3)})
    write("onnx", "conv", conv.SerializeToString())
    residual = network(
        [node("Conv", ["x", "w"], ["c"], kernel_shape=[1, 1]), node("Add", ["c", "x"], ["s"]),
         node("Clip", ["s", "low", "high"], ["r"]), node("Concat", ["r", "x"], ["k"], axis=1),
         node("Transpose", ["k"], ["t"], perm=[0, 2, 3, 1]),
         node("Transpose", ["t"], ["u"], perm=[0, 3, 1, 2]),
         node("ReduceMean", ["u"], ["m"], axes=[2, 3], keepdims=0),
         node("Reshape", ["m", "shape"], ["y"])],
        [1, 2, 4, 4],
        {"w": floats(2, 2, 1, 1), "low": numpy.float32(0), "high": numpy.float32(6),
         "shape": numpy.array([-1, 4], "<i8")}, opset=13)
    write("onnx", "residual", residual.SerializeToString())
    constants = network(
        [node("Shape", ["x"], ["a"]), node("Gather", ["a", "zero"], ["n"], axis=0),
         node("Unsqueeze", ["n", "zeros"], ["u"]), node("Concat", ["u", "rest"], ["s"], axis=0),
         node("Reshape", ["x", "s"], ["r"]), node("Slice", ["r", "start", "end", "axis"], ["c"]),
         node("ConstantOfShape", ["two"], ["o"], value=helper.make_tensor("v", 1, [1], [2.0])),
         node("Range", ["zero", "limit", "one"], ["i"]), node("Cast", ["i"], ["f"], to=1),
         node("Mul", ["c", "f"], ["e"]), node("Sub", ["e", "o"], ["y"])],
        [1, 2, 3],
        {"zero": numpy.int64(0), "one": numpy.int64(1), "limit": numpy.int64(4),
         "zeros": numpy.array([0], "<i8"), "rest": numpy.array([6], "<i8"),
         "start": numpy.array([0], "<i8"), "end": numpy.array([4], "<i8"),
         "axis": numpy.array([1], "<i8"), "two": numpy.array([4], "<i8")})
    write("onnx", "constants", constants.SerializeToString())
    padded = network(
        [node("Pad", ["x", "pads"], ["p"], mode="reflect"),
         node("AveragePool", ["p"], ["a"], kernel_shape=[2, 2], strides=[1, 1]),
         node("Resize", ["a", "", "scales"], ["r"], mode="nearest"),
         node("LeakyRelu", ["r"], ["l"], alpha=0.1), node("Sigmoid", ["l"], ["g"]),
         node("Mul", ["l", "g"], ["m"]), node("Dropout", ["m"], ["d"]), node("Identity", ["d"], ["y"])],
        ["n", 1, 5, 5],
        {"pads": numpy.array([0, 0, 1, 1, 0, 0, 1, 1], "<i8"),
         "scales": numpy.array([1, 1, 2, 2], "<f4")})
    write("onnx", "padded", padded.SerializeToString())
    norm = network(
        [node("Conv", ["x", "w"], ["c"], kernel_shape=[3], group=2, dilations=[2], strides=[2]),
         node("PRelu", ["c", "s"], ["p"]), node("LayerNormalization", ["p", "g"], ["l"], axis=-1),
         node("Expand", ["e", "shape"], ["k"]), node("Div", ["l", "k"], ["d"]),
         node("Squeeze", ["d", "axes"], ["y"])],
        ["n", 2, 9],
        {"w": floats(2, 1, 3), "s": floats(2, 1), "g": floats(3), "e": numpy.ones(1, "<f4"),
         "shape": numpy.array([1, 2, 3], "<i8"), "axes": numpy.array([], "<i8")})
    write("onnx", "norm", norm.SerializeToString())
    external = onnx.ModelProto.FromString(dense.SerializeToString())
    tensor = external.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", "w.data"), ("offset", "8"), ("length", "48")):
        tensor.external_data.add(key=key, value=value)
    write("onnx", "external", external.SerializeToString())
    typed = onnx.ModelProto.FromString(dense.SerializeToString())
    typed.graph.initializer[0].CopyFrom(helper.make_tensor("w", TensorProto.FLOAT16, [3, 4], range(12)))
    typed.graph.initializer[1].CopyFrom(helper.make_tensor("b", TensorProto.DOUBLE, [3], range(3)))
    typed.graph.initializer[2].CopyFrom(helper.make_tensor("v", TensorProto.BFLOAT16, [2, 3], range(6)))
    write("onnx", "typed", typed.SerializeToString())


def images():
    colours = random.integers(0, 256, (6, 5, 4), "uint8")
    kinds = {"grey": colours[..., 0], "rgb": colours[..., :3], "rgba": colours,
             "grey16": colours[..., 0].astype("uint16") * 257}
    for name, pixels in kinds.items():
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG")
        write("png", name, file.getvalue())
    picture = Image.fromarray(colours[..., :3])
    for name, image, options in (
            ("grey-alpha", picture.convert("LA"), {}),
            ("palette", picture.convert("P", palette=Image.ADAPTIVE), {"transparency": 0}),
            ("bits", picture.convert("1"), {})):
        file = io.BytesIO()
        image.save(file, "PNG", **options)
        write("png", name, file.getvalue())
    for name, image, options in (
            ("grey", picture.convert("L"), {"quality": 60}), ("colours", picture, {"quality": 60}),
            ("progressive", picture.resize((24, 20)), {"progressive": True, "quality": 30}),
            ("plain-444", picture, {"subsampling": 0, "quality": 20}),
            ("four", picture.convert("CMYK"), {"quality": 20})):
        file = io.BytesIO()
        image.save(file, "JPEG", **options)
        write("jpeg", name, file.getvalue())


def sounds():
    def chunk(tag, content):
        return tag + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)

    def riff(kind, bits, data, channels=1, extra=b"", more=b""):
        form = struct.pack("<HHIIHH", kind, channels, 8000, 8000 * bits // 8, bits // 8, bits) + extra
        content = b"WAVE" + chunk(b"fmt ", form) + more + chunk(b"data", data)
        return b"RIFF" + struct.pack("<I", len(content)) + content
    write("wav", "8", riff(1, 8, bytes(range(30))))
    write("wav", "16", riff(1, 16, struct.pack("<6h", 0, 1, -1, 32767, -32768, 5)))
    write("wav", "24", riff(1, 24, bytes(range(30))))
    write("wav", "32", riff(1, 32, bytes(range(32))))
    write("wav", "float", riff(3, 32, struct.pack("<4f", 0, 1, -1, 0.5)))
    write("wav", "double", riff(3, 64, struct.pack("<3d", 0, 1, -1)))
    write("wav", "infinite", riff(3, 32, struct.pack("<2f", 0, float("inf"))))
    write("wav", "stereo", riff(1, 16, bytes(16), channels=2))
    extra = struct.pack("<HHI", 22, 16, 4) + struct.pack("<H", 1) + bytes(14)
    write("wav", "extensible", riff(0xFFFE, 16, bytes(10), extra=extra, more=chunk(b"LIST", b"abc")))


def json_files():
    settings = {
        "bnc_version": "1", "command": ["bnc", "train", "a b"], "model": "m", "model_hash": "f00",
        "parameters": 10, "data": "d", "train_examples": 5, "judge_examples": 2, "judge": "test",
        "seed": 1, "epochs": 2, "batch": 3, "optimizer": "sgd", "learning_rate": 0.1, "threads": 1}
    text = json.dumps(settings, separators=(",", ":"))
    rows = [{"epoch": n, "loss": 1.5 / (n + 1), "train_accuracy": 0.5, "test_accuracy": None}
            for n in range(3)]
    write("json", "log.jsonl", "\n".join(
        ['{"run":%s}' % text] + [json.dumps(row, separators=(",", ":")) for row in rows]) + "\n")
    write("json", "log.csv", "# %s\nepoch,loss,train_accuracy\n0,1.5,0.5\n1,1e-3,\n2,0,1\n" % text)
    record = {"settings": [{"name": "lr", "text": "0.1"}], "seed": 1, "value": 0.5, "best_epoch": 1,
              "epochs": 3, "test_value": 0.25, "seconds": 1.5}
    write("json", "record", json.dumps(record))
    write("json", "header", json.dumps({
        "__metadata__": {"a": "b\u00e9\n"},
        "w": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]}}))
    write("json", "deep", '{"a":' * 40 + "1" + "}" * 40)


def elf(plugin):
    content = pathlib.Path(plugin).read_bytes()
    # Its program headers and what they lead to; the rest is cut off.
    write("elf", "cut", content[:3000])
    headers = struct.unpack_from("<H", content, 56)[0]
    # One that is whole: the headers promise nothing beyond them.
    start = bytearray(content[:64 + 56 * headers])
    for row in range(headers):
        place = 64 + 56 * row
        kind = struct.unpack_from("<I", start, place)[0]
        dynamic = kind == 2
        struct.pack_into("<QQ", start, place + 8, len(start) if dynamic else 0, 0)
        struct.pack_into("<Q", start, place + 32, 48 if dynamic else 64)
    tags = b"".join(struct.pack("<QQ", tag, 0) for tag in (5, 6, 0))
    write("elf", "whole", bytes(start) + tags)


def plugin():
    def edits(*rows):
        return b"".join(struct.pack("<HBBi", place, kind, 0, value) for place, kind, value in rows)
    write("plugin", "honest", b"")
    # The table's fields, four bytes each: numbers, addresses past the end, in endless texts, far off.
    for name, kind, value in (("counts", 2, 100000), ("past", 5, 3000), ("endless", 6, 1),
                              ("far", 7, 12345), ("nothing", 3, 0)):
        for group in range(0, 96, 16):
            write("plugin", f"{name}-{group // 16}", edits(
                *((place, kind, value) for place in range(group, group + 16, 4))))
    write("plugin", "shapes", edits((400, 3, -1), (410, 2, 7), (420, 4, -3)))


def checkpoint(program, plugin):
    folder = FUZZING / "corpus/checkpoint"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "whole"
    path.unlink(missing_ok=True)
    subprocess.run([program], check=True, env=dict(
        os.environ, BNC_FUZZ_READER="checkpoint", BNC_FUZZ_CHECKPOINT=str(path), BNC_FUZZ_PLUGIN=plugin))
    arrays = {"b.weight": numpy.ones((4, 2, 2, 2), "<f4"), "b.bias": numpy.ones((3, 2), "<f8"),
              "a.gamma": numpy.ones(2, "<f2")}
    write("checkpoint", "weights", safetensors.numpy.save(arrays, {"bnc.classes": '["a","b","c"]'}))


def main():
    for make in (language, idx, cifar, npy, csv, tensors, onnx_files, images, sounds, json_files, plugin):
        make()
    if len(sys.argv) > 2:
        checkpoint(sys.argv[1], os.path.abspath(sys.argv[2]))
        elf(sys.argv[2])


main()
