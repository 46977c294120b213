"""One network's inference by OpenVINO and ONNX Runtime: prints one JSON object, seconds a call.

usage: inference_rate.py NETWORK --batch N --threads N --seconds S --bnc PROGRAM

Both read the same ONNX file, written by PyTorch, whose weights are what PyTorch starts from.
"""
import argparse
import json
import pathlib
import tempfile

import onnxruntime
import openvino
import torch

import networks
from torch_rate import median_seconds


def export(options, path):
    """The network as an ONNX file for one batch, ready to infer; what its inputs may be."""
    torch.manual_seed(0)
    network, shapes, _ = networks.torch_network(options.bnc, options.network, options.batch)
    inputs = {f'x{i}': torch.rand(options.batch, *shape) for i, shape in enumerate(shapes)}
    torch.onnx.export(network.eval(), tuple(inputs.values()), path, input_names=list(inputs),
                      dynamo=False)
    return {name: value.numpy() for name, value in inputs.items()}


def onnx_runtime(path, inputs, options):
    session_options = onnxruntime.SessionOptions()
    session_options.intra_op_num_threads = options.threads
    session = onnxruntime.InferenceSession(path, session_options, providers=['CPUExecutionProvider'])
    return median_seconds(lambda: session.run(None, inputs), options.seconds)


def open_vino(path, inputs, options):
    network = openvino.Core().compile_model(path, 'CPU', {
        'INFERENCE_NUM_THREADS': options.threads, 'PERFORMANCE_HINT': 'LATENCY',
        'INFERENCE_PRECISION_HINT': 'f32'})
    request = network.create_infer_request()
    for name, value in inputs.items():
        request.set_tensor(name, openvino.Tensor(value))
    return median_seconds(request.infer, options.seconds)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('network')
    parser.add_argument('--batch', type=int, default=64)
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--seconds', type=float, default=2)
    parser.add_argument('--bnc', required=True)
    options = parser.parse_args()
    onnxruntime.set_default_logger_severity(3)
    with tempfile.TemporaryDirectory() as folder:
        path = str(pathlib.Path(folder) / 'network.onnx')
        inputs = export(options, path)
        print(json.dumps({'onnx_runtime': onnx_runtime(path, inputs, options),
                          'openvino': open_vino(path, inputs, options)}))


if __name__ == '__main__':
    main()
