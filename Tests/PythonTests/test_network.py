"""A network in Python against the formulas in numpy."""

import os
import pickle
import threading

import numpy as np
import pytest
from conftest import MODEL, REGRESSION

import bnc

# Floats of 24 bits, sums of a dozen numbers: some units in the last place.
CLOSE = {"rtol": 1e-5, "atol": 1e-6}


def forward(parameters, x):
    w1, b1, w2, b2 = (np.float64(p) for p in parameters.values())
    h = np.maximum(x @ w1.T + b1, 0)
    logits = h @ w2.T + b2
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return h, logits, powers / powers.sum(axis=1, keepdims=True)


def gradients(parameters, x, labels):
    h, _, p = forward(parameters, x)
    d = (p - np.eye(3)[labels]) / len(x)
    e = (d @ np.float64(parameters["dense2.weight"])) * (h > 0)
    return {"dense1.weight": e.T @ x, "dense1.bias": e.sum(0), "dense2.weight": d.T @ h,
            "dense2.bias": d.sum(0)}


def test_forward_loss_and_accuracy(data):
    x, labels = data
    network = bnc.compile(MODEL)
    _, logits, p = forward(network.parameters, x)
    np.testing.assert_allclose(network.predict(x), logits, **CLOSE)
    found = network.evaluate(x, labels)
    np.testing.assert_allclose(found["loss"], -np.log(p[np.arange(50), labels]).mean(), **CLOSE)
    assert found["accuracy"] == (logits.argmax(axis=1) == labels).mean()


def test_the_loss_of_weighed_classes_goes_by_all_examples(data):
    # Not by the batches of 8, some of which have hardly an example that counts.
    x, labels = data
    weights = np.array([1, 2, 0])
    network = bnc.compile(MODEL.replace("label, reduction", "label, weights: [1, 2, 9], ignore: 2, reduction"))
    _, _, p = forward(network.parameters, x)
    counts = weights[labels]
    expected = -(counts * np.log(p[np.arange(50), labels])).sum() / counts.sum()
    np.testing.assert_allclose(network.evaluate(x, labels)["loss"], expected, **CLOSE)


LABELS = """
model labels {
  input  x: [4]
  target tags: [3]
  y = x | dense(3)
  loss mean_squared_error(y, tags) + binary_cross_entropy_with_logits(y, tags)
}

training { schedule plateau(metric: accuracy, patience: 1) }
"""


def test_labels():
    random = np.random.default_rng(3)
    x = random.normal(0, 1, (40, 4)).astype(np.float32)
    tags = (random.normal(0, 1, (40, 3)) > 0).astype(np.float32)
    network = bnc.compile(LABELS)
    assert [loss.is_of_labels for loss in network.description.losses] == [False, True]
    found = network.evaluate(x, tags, ["accuracy"])
    assert found["accuracy"] == ((network.predict(x) > 0) == (tags > 0.5)).mean()
    history = network.fit(x, tags, validation=(x, tags), epochs=3)
    assert len(history["val_accuracy"]) == 3


def test_a_plugin_for_evaluation_goes_by_the_parameters_of_now(data, tmp_path):
    x, labels = data
    network = bnc.compile(MODEL.replace("dense(5)", "dense(5) | batchnorm(like: pytorch)"))
    alone = bnc.open_plugin(network._source.plugin("evaluation"))
    for factor in (1, 3):
        network.parameters["batchnorm1.gamma"] = np.full(5, factor, np.float32)
        network.save(tmp_path / "weights.safetensors")
        alone.load(tmp_path / "weights.safetensors")
        found, wanted = alone.evaluate(x, labels), network.evaluate(x, labels)
        np.testing.assert_allclose(found["loss"], wanted["loss"], **CLOSE)
        assert found["accuracy"] == wanted["accuracy"]


def test_gradients_and_values(data):
    x, labels = data[0][:7], data[1][:7]
    network = bnc.compile(MODEL)
    before = network.parameters.copy()
    found = network.inspect(x, labels)
    for name, wanted in gradients(network.parameters, x, labels).items():
        np.testing.assert_allclose(found.gradients[name], wanted, **CLOSE, err_msg=name)
    h, logits, _ = forward(network.parameters, x)
    np.testing.assert_allclose(found.outputs["logits"], logits, **CLOSE)
    assert any(v.shape == h.shape and np.allclose(v, h, **CLOSE) for v in found.values.values())
    for name, array in before.items():
        np.testing.assert_array_equal(network.parameters[name], array)


def test_a_step_is_gradient_descent(data):
    x, labels = data[0][:8], data[1][:8]
    network = bnc.compile(MODEL)
    network.hyperparameters["learning_rate"] = 0.5
    before = network.parameters.copy()
    loss = network.step(x, labels)
    _, _, p = forward(before, x)
    np.testing.assert_allclose(loss, -np.log(p[np.arange(8), labels]).mean(), **CLOSE)
    for name, slope in gradients(before, x, labels).items():
        np.testing.assert_allclose(
            network.parameters[name], before[name] - 0.5 * slope, **CLOSE, err_msg=name)


def test_double_precision_is_closer(data):
    x, labels = data
    network = bnc.compile(MODEL, precision="double")
    assert network.parameters["dense1.weight"].dtype == np.float64
    np.testing.assert_allclose(network.predict(x), forward(network.parameters, x)[1], rtol=1e-12)


def test_parameters_are_the_memory_that_is_computed_in(data):
    network = bnc.compile(MODEL)
    weight = network.parameters["dense2.weight"]
    weight[:] = 0
    network.parameters["dense2.bias"] = [1, 2, 3]
    np.testing.assert_array_equal(network.predict(data[0][:2]), [[1, 2, 3]] * 2)
    network.step(data[0][:8], data[1][:8])
    assert weight.any()
    with pytest.raises(bnc.DataError, match=r"shape \[3\], not \[2\]"):
        network.parameters["dense2.bias"] = [1, 2]


def test_examples_are_not_copied_where_their_type_fits(data):
    from bnc._examples import Examples
    network = bnc.compile(MODEL)
    examples = Examples(network.description, *data)
    assert np.shares_memory(examples.inputs[0], data[0])
    assert np.shares_memory(examples.targets[0], data[1])
    wide = Examples(network.description, data[0].astype(np.float64)[:, ::-1], data[1])
    np.testing.assert_array_equal(wide.inputs[0], data[0][:, ::-1])


def test_seeds(data):
    one, other = bnc.compile(MODEL, seed=1), bnc.compile(MODEL, seed=2)
    assert not np.array_equal(one.predict(data[0]), other.predict(data[0]))
    other.init(1)
    np.testing.assert_array_equal(one.predict(data[0]), other.predict(data[0]))


def test_threads_do_not_change_a_bit(data):
    made = []
    for threads in (1, 2, 5):
        network = bnc.compile(MODEL, batch=32, threads=threads)
        network.fit(*data, epochs=3)
        made.append(network.predict(data[0]))
    np.testing.assert_array_equal(made[0], made[1])
    np.testing.assert_array_equal(made[0], made[2])


def test_calls_from_several_python_threads(data):
    network = bnc.compile(MODEL, threads=2)
    wanted = network.predict(data[0])
    made = [None] * 4

    def predict(index):
        for _ in range(20):
            made[index] = network.predict(data[0])

    workers = [threading.Thread(target=predict, args=(index,)) for index in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for one in made:
        np.testing.assert_array_equal(one, wanted)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_process_goes_on(data):
    network = bnc.compile(MODEL, batch=32, threads=2)
    network.fit(*data, epochs=1)
    child = os.fork()
    if child == 0:
        network.fit(*data, epochs=1)
        os._exit(0 if np.isfinite(network.predict(data[0])).all() else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_networks_can_be_pickled(data):
    network = bnc.compile(MODEL)
    network.fit(*data)
    network.class_names = ["a", "b", "c"]
    copy = pickle.loads(pickle.dumps(network))
    np.testing.assert_array_equal(copy.predict(data[0]), network.predict(data[0]))
    assert copy.class_names == network.class_names
    copy.parameters["dense2.bias"] += 1
    assert not np.array_equal(copy.predict(data[0]), network.predict(data[0]))


def test_several_inputs_outputs_and_losses():
    network = bnc.compile("""
model two {
  input  a: [2]
  input  b: [3]
  target y: [1]
  target label: class(2)

  h = concat(a, b) | dense(4) | relu
  out = h | dense(1)
  logits = h | dense(2)

  loss mean_squared_error(out, y) + 0.5 * softmax_cross_entropy(logits, label)
}
training { batch 4 }
""")
    generator = np.random.default_rng(2)
    x = {"a": generator.normal(size=(6, 2)), "b": generator.normal(size=(6, 3))}
    y = {"y": generator.normal(size=6), "label": [0, 1, 1, 0, 1, 0]}
    network.fit(x, y, epochs=2)
    outputs = network.predict(x)
    assert {name: array.shape for name, array in outputs.items()} == {
        "out": (6, 1), "logits": (6, 2)}
    found = network.evaluate(x, y)
    assert found["loss"] == pytest.approx(
        found["mean_squared_error"] + found["softmax_cross_entropy"])
    with pytest.raises(bnc.DataError, match="by name"):
        network.predict(x["a"])
    with pytest.raises(bnc.DataError, match=r"\['a', 'b'\], not \['a'\]"):
        network.predict({"a": x["a"]})


def test_metrics_of_real_values(data):
    network = bnc.compile(REGRESSION)
    y = data[0].sum(axis=1)
    rest = network.predict(data[0])[:, 0] - y
    found = network.evaluate(data[0], y, metrics=["mean_absolute_error", "r2"])
    assert found["mean_absolute_error"] == pytest.approx(np.abs(rest).mean(), rel=1e-5)
    total = ((y - y.mean()) ** 2).sum()
    assert found["r2"] == pytest.approx(1 - (rest ** 2).sum() / total, rel=1e-4)


def test_metrics_of_probabilities():
    """Protects that real values are compared with probabilities where a loss reads logits, and that
    an example with shares of classes is what it has most of."""
    text = """
      model m {
        input x: [8]
        target shares: [3]
        target tags: [2]
        h = x | dense(3) as a
        tagged = x | dense(2) as b
        loss softmax_cross_entropy(h, shares) + binary_cross_entropy_with_logits(tagged, tags)
      }
    """
    network = bnc.compile(text)
    rng = np.random.default_rng(3)
    x = rng.normal(size=(40, 8)).astype(np.float32)
    shares = rng.dirichlet([1, 1, 1], len(x)).astype(np.float32)
    tags = rng.integers(0, 2, (len(x), 2)).astype(np.float32)
    outputs = network.predict(x)
    powers = np.exp(outputs["h"])
    right = (powers.argmax(axis=1) == shares.argmax(axis=1)).mean()
    made = powers / powers.sum(axis=1, keepdims=True)
    found = network.evaluate(
        x, {"shares": shares, "tags": tags}, metrics=["accuracy", "mean_squared_error", "r2"])
    assert found["accuracy"] == pytest.approx(right)
    rest = made - shares
    assert found["mean_squared_error"] == pytest.approx((rest ** 2).mean(), rel=1e-5)
    total = ((shares - shares.mean(axis=0)) ** 2).sum(axis=0)
    assert found["r2"] == pytest.approx((1 - (rest ** 2).sum(axis=0) / total).mean(), rel=1e-4)
    tagging = text.replace("softmax_cross_entropy(h, shares) + ", "").replace(
        "target shares: [3]", "").replace("h = x | dense(3) as a", "")
    single = bnc.compile(tagging)
    said = 1 / (1 + np.exp(-single.predict(x)))
    found = single.evaluate(x, tags, metrics=["accuracy", "mean_absolute_error"])
    assert found["mean_absolute_error"] == pytest.approx(np.abs(said - tags).mean(), rel=1e-5)
    assert found["accuracy"] == pytest.approx(((said > 0.5) == (tags > 0.5)).mean())


def test_predictions_that_are_not_finite():
    """Protects a prediction from infinities that nobody notices: the layer is named."""
    network = bnc.compile("""
      model m {
        input x: [4]
        target t: [2]
        y = x | dense(3) as first | relu | dense(2) as last
        loss mean_squared_error(y, t)
      }
    """)
    network.parameters["first.weight"][:] = 1e30
    network.parameters["last.weight"][:] = 1e10
    x = np.zeros((3, 4), np.float32)
    assert np.isfinite(network.predict(x)).all()
    x[2] = 1
    with pytest.raises(bnc.NotFiniteError, match="output.*'last'") as caught:
        network.predict(x)
    assert caught.value.layer == "last"
