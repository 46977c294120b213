"""Files of weights: those of bnc and of the package safetensors, and damaged ones."""

import json
import struct
import subprocess

import numpy as np
import pytest
from conftest import MODEL

import bnc
from bnc import _executable, safetensors

NORMED = MODEL.replace("dense(5) | relu", "dense(5) | batchnorm | relu")


def run(*arguments):
    done = subprocess.run(
        [_executable.executable(), *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_bnc_reads_what_python_saves(tmp_path, data):
    network = bnc.compile(NORMED)
    network.fit(*data)
    network.class_names = ["ant", "bee", "Käfer"]
    network.save(tmp_path / "w.safetensors")
    (tmp_path / "m.bn").write_text(NORMED)
    np.save(tmp_path / "x.npy", data[0])
    options = ["--weights", tmp_path / "w.safetensors", "--input", tmp_path / "x.npy"]
    run("predict", tmp_path / "m.bn", *options, "--save", tmp_path / "out.npy")
    # `bnc predict` has a plan of its own, with batch norms in the weights: outputs are rounded otherwise.
    np.testing.assert_allclose(
        np.load(tmp_path / "out.npy"), network.predict(data[0]),
        rtol=0, atol=16 * np.finfo(np.float32).eps)
    assert "Käfer" in run("predict", tmp_path / "m.bn", *options)
    other = bnc.compile(NORMED, seed=9)
    assert len(other.load(tmp_path / "w.safetensors")) == 9
    np.testing.assert_array_equal(other.predict(data[0]), network.predict(data[0]))
    assert other.class_names == network.class_names


def test_the_package_safetensors_agrees(tmp_path, data):
    package = pytest.importorskip("safetensors.numpy")
    network = bnc.compile(NORMED)
    network.fit(*data)
    network.save(tmp_path / "w.safetensors")
    found = package.load_file(tmp_path / "w.safetensors")
    for name, array in network.parameters.items():
        np.testing.assert_array_equal(found[name], array)
    found["dense1.bias"] = found["dense1.bias"].astype(np.float16)
    package.save_file(found, tmp_path / "half.safetensors")
    network.load(tmp_path / "half.safetensors")
    np.testing.assert_array_equal(network.parameters["dense1.bias"], found["dense1.bias"])


def test_statistics_without_seen_count_as_seen(tmp_path, data):
    network = bnc.compile(NORMED)
    network.fit(*data)
    tensors = {**network.parameters, **network.state}
    safetensors.save(
        tmp_path / "w.safetensors", {n: a for n, a in tensors.items() if "seen" not in n})
    other = bnc.compile(NORMED)
    other.load(tmp_path / "w.safetensors")
    np.testing.assert_array_equal(other.predict(data[0]), network.predict(data[0]))


def test_weights_of_another_network_change_nothing(tmp_path, data):
    network = bnc.compile(MODEL)
    before = network.parameters.copy()
    tensors = {name: np.zeros_like(array) for name, array in before.items()}
    path = tmp_path / "w.safetensors"

    def refused(match):
        safetensors.save(path, tensors)
        with pytest.raises(bnc.WeightsError, match=match):
            network.load(path)
        for name, array in before.items():
            np.testing.assert_array_equal(network.parameters[name], array)

    last = tensors.pop("dense2.bias")
    refused(r"w.safetensors: lacks 'dense2.bias' \[3\] of model 'small'")
    tensors["dense2.bias"] = last[:2]
    refused(r"holds 'dense2.bias' as \[2\], not \[3\]")
    tensors["dense2.bias"] = np.full(3, np.nan, np.float32)
    refused("not finite")
    tensors["dense2.bias"] = last[:2]
    safetensors.save(path, tensors)
    assert network.load(path, matching=True) == ["dense1.weight", "dense1.bias", "dense2.weight"]
    np.testing.assert_array_equal(network.parameters["dense2.bias"], before["dense2.bias"])


@pytest.mark.parametrize(("content", "match"), [
    (b"", "0 bytes"),
    (b"\xff" * 8, "cut short"),
    (struct.pack("<Q", 3) + b"[1]", "no object"),
    (struct.pack("<Q", 3) + b"{,}", "no JSON"),
    (struct.pack("<Q", 15) + b'{"a":1,"a":[2]}', "two entries"),
    (struct.pack("<Q", 7) + b'{"a":1}', "lacks dtype"),
])
def test_damaged_files(tmp_path, content, match):
    (tmp_path / "w.safetensors").write_bytes(content)
    with pytest.raises(bnc.WeightsError, match=match):
        safetensors.load(tmp_path / "w.safetensors")


@pytest.mark.parametrize(("shape", "offsets"), [
    ([2], [0, 4]), ([2], [0, 1 << 62]), ([1 << 40, 1 << 40], [0, 8]), ([-2], [0, 8]),
    ([2], [8, 0]), ([True], [0, 4])])
def test_places_outside_of_a_file(tmp_path, shape, offsets):
    entry = {"a": {"dtype": "F32", "shape": shape, "data_offsets": offsets}}
    header = json.dumps(entry).encode()
    (tmp_path / "w.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + bytes(8))
    with pytest.raises(bnc.WeightsError, match="'a'"):
        safetensors.load(tmp_path / "w.safetensors")


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    with pytest.raises(bnc.WeightsError, match="cannot be written"):
        bnc.compile(MODEL).save(tmp_path / "missing" / "w.safetensors")
    assert list(tmp_path.iterdir()) == []
