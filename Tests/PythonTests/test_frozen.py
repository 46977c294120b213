"""Frozen networks on numpy arrays."""

import numpy as np
import pytest
from conftest import MODEL

import bnc

IMAGES = """
model images {
  input  image: [2, 5, 4]
  target label: class(3)

  logits = image | conv(3, kernel: 3) | relu | flatten | dense(3)

  loss softmax_cross_entropy(logits, label)
}

training {
  batch 8
  epochs 1
  optimizer sgd(lr: 0.1)
  data scale(1/255)
}
"""

# Folding changes the last digits alone.
CLOSE = {"rtol": 1e-4, "atol": 1e-5}


@pytest.mark.parametrize("batch", [1, 4])
def test_a_frozen_network_says_the_same(tmp_path, data, batch):
    network = bnc.compile(MODEL.replace("dense(5) | relu", "dense(5) | batchnorm | relu"))
    network.fit(*data)
    network.class_names = ["a", "b", "c"]
    path = network.freeze(tmp_path / "net.c", batch=batch)
    frozen = bnc.Frozen(path)
    assert frozen.batch == batch
    assert frozen.inputs == (bnc.FrozenValue("x", (4,), "float32"),)
    assert frozen.class_names == ["a", "b", "c"]
    for count in (1, 7, 50):
        np.testing.assert_allclose(
            frozen(data[0][:count]), network.predict(data[0][:count]), **CLOSE)


@pytest.mark.parametrize("target", ["portable", "generic"])
def test_bytes_probabilities_and_vectors(tmp_path, target):
    network = bnc.compile(IMAGES)
    x = np.random.default_rng(4).integers(0, 256, (9, 2, 5, 4)).astype(np.uint8)
    frozen = bnc.Frozen(network.freeze(tmp_path / "net.c", target=target, output="softmax"))
    powers = np.exp(network.predict(x))
    np.testing.assert_allclose(frozen(x), powers / powers.sum(axis=1, keepdims=True), **CLOSE)
    with pytest.raises(bnc.DataError, match="takes bytes, not float64"):
        frozen(x / 255)
    with pytest.raises(bnc.DataError, match=r"shape \[2, 5, 5\], the network's is \[2, 5, 4\]"):
        frozen(np.zeros((1, 2, 5, 5), np.uint8))


def test_weights_in_a_file_and_a_shared_library(tmp_path, data):
    from bnc import _executable
    network = bnc.compile(MODEL)
    (tmp_path / "m.bn").write_text(MODEL)
    network.save(tmp_path / "w.safetensors")
    _executable.run([
        "freeze", str(tmp_path / "m.bn"), "--load", str(tmp_path / "w.safetensors"), "-o",
        str(tmp_path / "net.c"), "--weights", "file"])
    _executable.build_library(
        [str(tmp_path / "net.c")], str(tmp_path / "net.so"), [f"-I{tmp_path}", "-O1"])
    for name in ("net.c", "net.so"):
        np.testing.assert_allclose(
            bnc.Frozen(tmp_path / name)(data[0]), network.predict(data[0]), **CLOSE)
    content = (tmp_path / "net.weights").read_bytes()
    (tmp_path / "net.weights").write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(bnc.Error, match="net.weights: is damaged"):
        bnc.Frozen(tmp_path / "net.so")


def test_what_is_no_frozen_network(tmp_path):
    with pytest.raises(bnc.Error, match="name its C file"):
        bnc.Frozen(tmp_path / "net.txt")
    (tmp_path / "net.c").write_text("int x;\n")
    with pytest.raises(bnc.Error, match="net.h: the header"):
        bnc.Frozen(tmp_path / "net.c")
    (tmp_path / "net.h").write_text("void f(void);\n")
    with pytest.raises(bnc.Error, match="declares no network"):
        bnc.Frozen(tmp_path / "net.c")
