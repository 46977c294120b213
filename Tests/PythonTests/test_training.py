"""Training from Python beside `bnc train`, and what callbacks can do."""

import subprocess

import numpy as np
import pytest
from conftest import MODEL, REGRESSION

import bnc
from bnc import _executable, safetensors

# What the loop has to get right beside the steps: passes, an average, a schedule, drawn numbers,
# batch norm, bytes that are scaled and normalized, views.
EVERYTHING = """
model everything {
  input  image: [2, 6, 6]
  target label: class(3)

  h = image | conv(4, kernel: 3) | batchnorm | relu | avgpool(2) | flatten | dropout(0.2)
  logits = h | dense(3)

  loss softmax_cross_entropy(logits, label)
}

training {
  batch 8
  accumulate 2
  epochs 2
  optimizer adamw(lr: 0.01)
  average ema(0.9)
  schedule cosine(warmup: 2)
  initialize orthogonal
  data scale(1/255)
  data normalize
  augment flip
  tta flip
}
"""


def trained_by_bnc(folder, model, x, y, *options):
    """The weights that `bnc train` makes of the same data."""
    (folder / "m.bn").write_text(model)
    for part in ("train", "test"):
        np.save(folder / f"{part}-inputs.npy", x)
        np.save(folder / f"{part}-targets.npy", y)
    command = [
        _executable.executable(), "train", folder / "m.bn", "--data", folder, "--seed", "5",
        "--save", folder / "bnc.safetensors", "--progress", "none", *options]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return safetensors.load(folder / "bnc.safetensors")[0]


def test_the_bits_of_bnc_train(tmp_path):
    """Protects everything at once: the start, the order, the schedule, each step, what is saved."""
    generator = np.random.default_rng(3)
    x = generator.integers(0, 256, (45, 2, 6, 6)).astype(np.uint8)
    y = generator.integers(0, 3, 45).astype(np.int32)
    wanted = trained_by_bnc(tmp_path, EVERYTHING, x, y, "--threads", "1")
    network = bnc.compile(tmp_path / "m.bn", seed=5)
    network.fit(x, y, seed=5)
    network.save(tmp_path / "python.safetensors")
    found, metadata = safetensors.load(tmp_path / "python.safetensors")
    assert metadata == {"bnc.model": "everything"}
    assert set(found) == set(wanted)
    for name, array in wanted.items():
        np.testing.assert_array_equal(found[name], array, err_msg=name)
    # The mean over each image and its mirror image, of the averages of the parameters. `bnc predict` has a
    # plan of its own, with batch norms in the weights: each output is rounded otherwise, some times over.
    np.save(tmp_path / "x.npy", x)
    _executable.run([
        "predict", str(tmp_path / "m.bn"), "--weights", str(tmp_path / "bnc.safetensors"),
        "--input", str(tmp_path / "x.npy"), "--save", str(tmp_path / "out.npy")])
    np.testing.assert_allclose(
        network.predict(x), np.load(tmp_path / "out.npy"), rtol=0, atol=16 * np.finfo(np.float32).eps)


def test_first_numbers_are_those_of_bnc(tmp_path, data):
    """Protects each initializer: each starts another tensor, by the tensor's own stream."""
    starts = {
        "dense1.weight": "normal(0.1)", "dense1.bias": "uniform(-0.2, 0.2)",
        "dense2.weight": "truncated_normal(0.1)", "dense2.bias": "constant(0.5)",
        "dense3.weight": "dirac", "dense4.weight": "xavier", "dense5.weight": "orthogonal"}
    lines = "".join(f"  initialize {how} on {name}\n" for name, how in starts.items())
    model = MODEL.replace("initialize he\n", "initialize he\n" + lines).replace(
        "| dense(3)", "| dense(6) | dense(9) | dense(4) | dense(3)")
    wanted = trained_by_bnc(tmp_path, model, *data, "--epochs", "0")
    network = bnc.compile(model, seed=5)
    for name, array in wanted.items():
        np.testing.assert_array_equal(network.parameters[name], array, err_msg=name)
        assert array.any() or name in ("dense3.bias", "dense4.bias", "dense5.bias")


def test_training_learns_and_tells(data):
    network = bnc.compile(MODEL)
    seen = []
    history = network.fit(
        *data, epochs=30, validation=data, callbacks=[lambda epoch, logs: seen.append(epoch)])
    assert seen == list(range(30))
    assert set(history.epochs[0]) == {"loss", "learning_rate", "val_loss", "val_accuracy"}
    assert history["val_accuracy"][-1] > 0.9
    assert history["loss"][-1] < history["loss"][0]
    assert history["val_loss"][-1] == network.evaluate(*data)["loss"]
    assert not history.stopped


class Recorder(bnc.Callback):
    def __init__(self):
        self.calls = []

    def on_train_begin(self, network):
        self.calls.append(network.description.model_name)

    def on_step_end(self, step, loss):
        self.calls.append(step)

    def on_epoch_end(self, epoch, logs):
        self.calls.append(f"epoch {epoch}")
        return epoch < 1

    def on_train_end(self, history):
        self.calls.append(len(history.epochs))


def test_callbacks_are_told_of_everything_and_stop(data):
    recorder = Recorder()
    history = bnc.compile(MODEL, batch=20).fit(*data, epochs=9, callbacks=[recorder])
    assert recorder.calls == ["small", 1, 2, 3, "epoch 0", 4, 5, 6, "epoch 1", 2]
    assert history.stopped


def test_stop_training(data):
    def stop(epoch, logs):
        raise bnc.StopTraining

    assert len(bnc.compile(MODEL).fit(*data, epochs=9, callbacks=[stop]).epochs) == 1


def test_schedule(data):
    network = bnc.compile(MODEL.replace("initialize he", "initialize he\n  schedule cosine"))
    history = network.fit(*data, epochs=4)
    rates = history["learning_rate"]
    assert rates == sorted(rates, reverse=True) and rates[-1] < 0.01
    assert network.scheduled(28, 28)["learning_rate"] == pytest.approx(rates[-1])
    assert network.hyperparameters["learning_rate"] == 0.1


def test_plateau_lets_the_rate_fall(data):
    model = REGRESSION.replace(
        "initialize he", "initialize he\n  schedule plateau(patience: 0, factor: 0.5)")
    network = bnc.compile(model)
    with pytest.raises(bnc.Error, match="validation="):
        network.fit(data[0], data[0][:, 0])
    # No epoch is better than the first.
    far = np.full(50, 1e6, np.float32)
    network.hyperparameters["learning_rate"] = 1e-30
    rates = network.fit(data[0], far, epochs=4, validation=(data[0], far))["learning_rate"]
    np.testing.assert_allclose(rates, [1e-30, 1e-30, 5e-31, 2.5e-31])


def test_a_plateau_of_what_is_not_known(data):
    model = MODEL.replace("initialize he", "initialize he\n  schedule plateau(metric: f1)")
    with pytest.raises(bnc.Error, match="judges by 'f1'"):
        bnc.compile(model).fit(*data, validation=data)


def test_keep_best(data):
    kept = []
    network = bnc.compile(MODEL)

    def remember(epoch, logs):
        kept.append(network.parameters.copy())
        network.hyperparameters["learning_rate"] = 0.1

    history = network.fit(
        *data, epochs=6, validation=data, callbacks=[remember], keep="best")
    best = int(np.argmax(history["val_accuracy"]))
    assert history.best_epoch == best
    for name, array in kept[best].items():
        np.testing.assert_array_equal(network.parameters[name], array)


def test_a_loss_that_is_not_finite_changes_nothing(data):
    network = bnc.compile(MODEL.replace("sgd(lr: 0.1)", "sgd(lr: 1e30)"))
    before = network.parameters.copy()
    with pytest.raises(bnc.NotFiniteError, match="not finite") as caught:
        network.fit(*data)
    assert caught.value.layer is not None
    # The first step's loss was finite, what it made of the numbers was not.
    for name, array in before.items():
        np.testing.assert_array_equal(network.parameters[name], array)
    network.parameters["dense1.bias"][0] = np.inf
    before["dense1.bias"][0] = np.inf
    with pytest.raises(bnc.NotFiniteError):
        network.step(data[0][:8], data[1][:8])
    for name, array in before.items():
        np.testing.assert_array_equal(network.parameters[name], array)


def test_what_is_made_of_the_data(data):
    network = bnc.compile(MODEL.replace("initialize he", "initialize he\n  data normalize"))
    with pytest.raises(bnc.Error, match="start_from_data"):
        network.step(data[0][:8], data[1][:8])
    network.start_from_data(data[0])
    factors = [array for name, array in network.parameters.items() if name.endswith(".gamma")]
    np.testing.assert_allclose(factors[0], 1 / data[0].std(axis=0), rtol=1e-5)
    network.step(data[0][:8], data[1][:8])


def test_batch_norm_needs_a_batch_before_it_evaluates(data):
    network = bnc.compile(MODEL.replace("dense(5) | relu", "dense(5) | batchnorm | relu"))
    with pytest.raises(bnc.NotTrainedError, match="never trained"):
        network.predict(data[0])
    network.step(data[0][:8], data[1][:8])
    assert network.state["batchnorm1.running_mean"].any()
    assert network.predict(data[0]).shape == (50, 3)
