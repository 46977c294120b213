"""One network's inference by OpenVINO and ONNX Runtime: prints one JSON object, seconds a call.

usage: inference_rate.py NETWORK --batch N --threads N --seconds S

Both read the same ONNX file, written by PyTorch, whose weights are what PyTorch starts from.
"""
import argparse
import json
import pathlib
import tempfile

import numpy
import onnxruntime
import openvino
import torch

import networks
from torch_rate import median_seconds


def export(name, batch, path):
    """The network as an ONNX file for one batch, ready to infer; its input's shape."""
    shape = (batch, *networks.NETWORKS[name][0])
    torch.manual_seed(0)
    network = networks.torch_network(name).eval()
    torch.onnx.export(network, torch.rand(*shape), path, input_names=['x'], dynamo=False)
    return shape


def onnx_runtime(path, x, options):
    session_options = onnxruntime.SessionOptions()
    session_options.intra_op_num_threads = options.threads
    session = onnxruntime.InferenceSession(path, session_options, providers=['CPUExecutionProvider'])
    return median_seconds(lambda: session.run(None, {'x': x}), options.seconds)


def open_vino(path, x, options):
    network = openvino.Core().compile_model(path, 'CPU', {
        'INFERENCE_NUM_THREADS': options.threads, 'PERFORMANCE_HINT': 'LATENCY',
        'INFERENCE_PRECISION_HINT': 'f32'})
    request = network.create_infer_request()
    request.set_input_tensor(openvino.Tensor(x))
    return median_seconds(request.infer, options.seconds)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('network')
    parser.add_argument('--batch', type=int, default=64)
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--seconds', type=float, default=2)
    options = parser.parse_args()
    onnxruntime.set_default_logger_severity(3)
    with tempfile.TemporaryDirectory() as folder:
        path = str(pathlib.Path(folder) / 'network.onnx')
        shape = export(options.network, options.batch, path)
        x = numpy.random.default_rng(0).random(shape, dtype=numpy.float32)
        print(json.dumps({'onnx_runtime': onnx_runtime(path, x, options),
                          'openvino': open_vino(path, x, options)}))


if __name__ == '__main__':
    main()
