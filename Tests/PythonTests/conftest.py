"""The Python package's tests, with bnc named by BNC_EXECUTABLE or on PATH:

    BNC_EXECUTABLE=.build/debug/bnc python3 -m pytest Tests/PythonTests
"""

import pathlib
import sys
import tempfile

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Sources/Python"))

MODEL = """
model small {
  input  x: [4]
  target label: class(3)

  logits = x | dense(5) | relu | dense(3)

  loss softmax_cross_entropy(logits, label, reduction: mean)
}

training {
  batch 8
  epochs 2
  optimizer sgd(lr: 0.1)
  initialize he
}
"""

REGRESSION = MODEL.replace("label: class(3)", "y: [1]").replace(
    "logits = x | dense(5) | relu | dense(3)", "out = x | dense(5) | tanh | dense(1)").replace(
    "softmax_cross_entropy(logits, label, reduction: mean)", "mean_squared_error(out, y)")


@pytest.fixture
def data():
    """Examples of three classes that a network can learn."""
    generator = np.random.default_rng(1)
    labels = generator.integers(0, 3, 50).astype(np.int32)
    x = generator.normal(size=(50, 4)).astype(np.float32)
    x[np.arange(50), labels] += 3
    return x, labels


@pytest.fixture(scope="session", autouse=True)
def cache():
    """A cache of the tests' own, so that they find nothing that another version left."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", folder)
        yield folder
