"""The estimators in scikit-learn's own checks, and with models of one's own."""

import pickle

import numpy as np
import pytest
from conftest import MODEL, REGRESSION

sklearn = pytest.importorskip("sklearn", minversion="1.6")

from sklearn.model_selection import GridSearchCV  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.utils.estimator_checks import parametrize_with_checks  # noqa: E402

import bnc  # noqa: E402
from bnc.sklearn import NetworkClassifier, NetworkRegressor  # noqa: E402


# Small ones, so that they train quickly. None is expected to fail.
@parametrize_with_checks([
    NetworkClassifier(hidden=(16,), epochs=40, random_state=0, threads=1),
    NetworkRegressor(hidden=(16,), epochs=40, random_state=0, threads=1)])
def test_checks_of_scikit_learn(estimator, check):
    check(estimator)


def test_a_model_of_ones_own_in_a_search(data):
    labels = np.array(["ant", "bee", "cat"])[data[1]]
    pipeline = make_pipeline(StandardScaler(), NetworkClassifier(MODEL, epochs=20, random_state=1))
    search = GridSearchCV(pipeline, {"networkclassifier__learning_rate": [1e-9, 0.1]}, cv=2)
    search.fit(data[0], labels)
    assert search.best_params_ == {"networkclassifier__learning_rate": 0.1}
    assert search.score(data[0], labels) > 0.9
    probabilities = search.predict_proba(data[0])
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert set(search.predict(data[0])) == {"ant", "bee", "cat"}


def test_one_logit_for_two_classes():
    model = MODEL.replace("class(3)", "class(2)").replace("dense(3)", "dense(1)").replace(
        "softmax_cross_entropy", "binary_cross_entropy_with_logits")
    x = np.random.default_rng(5).normal(size=(60, 4))
    y = np.where(x[:, 0] > 0, "yes", "no")
    found = NetworkClassifier(model, epochs=40, random_state=1).fit(x, y)
    assert found.score(x, y) > 0.9
    np.testing.assert_array_equal(
        found.predict(x) == "yes", found.predict_proba(x)[:, 1] > 0.5)


def test_images_as_bytes():
    model = """
model m {
  input  image: [1, 3, 3]
  target label: class(2)
  logits = image | flatten | dense(2)
  loss softmax_cross_entropy(logits, label)
}
training {
  batch 8
  epochs 60
  optimizer sgd(lr: 0.5)
  data scale(1/255)
}
"""
    x = np.random.default_rng(6).integers(0, 256, (40, 1, 3, 3)).astype(np.uint8)
    y = (x[:, 0, 1, 1] > 127).astype(int)
    assert NetworkClassifier(model, random_state=0).fit(x, y).score(x, y) > 0.9


def test_regressors_of_several_numbers(data):
    y = np.stack([data[0][:, 0] * 1000, data[0][:, 1] + 50], axis=1)
    found = NetworkRegressor(hidden=(32,), epochs=150, random_state=0).fit(data[0], y)
    assert found.predict(data[0]).shape == (50, 2)
    assert found.score(data[0], y) > 0.9
    copy = pickle.loads(pickle.dumps(found))
    np.testing.assert_array_equal(copy.predict(data[0]), found.predict(data[0]))


@pytest.mark.parametrize(("estimator", "match"), [
    (NetworkClassifier(MODEL.replace("class(3)", "class(4)").replace("dense(3)", "dense(4)")),
     "3 classes, the model's target 'label' has 4"),
    (NetworkClassifier(REGRESSION), "has none"),
    (NetworkRegressor(MODEL), "has classes"),
    (NetworkClassifier(activation="relu | dropout(0.5)"), "activation is one of"),
    (NetworkClassifier(hidden=(0,)), "whole numbers of 1 or more"),
    (NetworkClassifier(hidden=("3) | relu",)), "whole numbers of 1 or more"),
])
def test_what_does_not_fit(data, estimator, match):
    with pytest.raises(ValueError, match=match):
        estimator.fit(*data)


def test_callbacks_and_history(data):
    def stop(epoch, logs):
        return epoch < 2

    found = NetworkClassifier(callbacks=[stop], random_state=0).fit(*data)
    assert found.n_iter_ == 3 and len(found.history_) == 3
    assert isinstance(found.network_, bnc.Network)
