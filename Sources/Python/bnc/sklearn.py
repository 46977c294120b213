"""Networks as scikit-learn's estimators: in pipelines, searches and cross-validations.

    NetworkClassifier(hidden=(64, 32)).fit(x, y).predict(x)     # a multilayer perceptron
    NetworkClassifier("model.bn").fit(images, labels)           # any model of one input
"""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from . import _metrics
from ._source import ModelLike
from .network import Network
from .network import compile as compile_model
from .training import CallbackLike

Array = NDArray[Any]

_ACTIVATIONS = (
    "relu", "leaky_relu", "relu6", "elu", "sigmoid", "tanh", "silu", "gelu", "gelu_tanh",
    "hard_swish", "hard_sigmoid", "softplus")

_PERCEPTRON = """\
model perceptron {{
  input  x: [{features}]
  target y: {target}

  z = x{layers} | dense({outputs})

  loss {loss}(z, y)
}}

training {{
  batch 32
  epochs 100
  optimizer adam(lr: 0.005)
  initialize he
  data normalize
}}
"""


class _NetworkEstimator(BaseEstimator):  # type: ignore[misc]
    """What both estimators have in common.

    Parameters
    ----------
    model : the path of a .bn file or a model's text, of one input and one target; None for a
        multilayer perceptron, made for the data's shape.
    hidden : of a perceptron the sizes of its hidden layers.
    activation : of a perceptron what follows each of them.
    epochs, batch, learning_rate : in the place of the model's own.
    random_state : where the first weights and the order of the examples start.
    threads : how many to use; all cores if None.
    callbacks : what is told of each epoch, as in `Network.fit`.

    Attributes
    ----------
    network_ : the trained `bnc.Network`.
    history_ : the numbers of each epoch.
    n_iter_ : how many epochs there were.
    """

    def __init__(
        self, model: ModelLike | None = None, *, hidden: Sequence[int] = (64,),
        activation: str = "relu", epochs: int | None = None, batch: int | None = None,
        learning_rate: float | None = None, random_state: Any = None,
        threads: int | None = None, callbacks: Sequence[CallbackLike] | None = None,
    ) -> None:
        self.model = model
        self.hidden = hidden
        self.activation = activation
        self.epochs = epochs
        self.batch = batch
        self.learning_rate = learning_rate
        self.random_state = random_state
        self.threads = threads
        self.callbacks = callbacks

    def _check_x(self, x: Any, reset: bool) -> Array:
        # A perceptron takes a table; a model takes what its input is, bytes as bytes.
        table = self.model is None
        return np.asarray(validate_data(
            self, x, reset=reset, allow_nd=not table, dtype=np.float32 if table else "numeric"))

    def _train(self, x: Array, y: Array, text: ModelLike) -> None:
        seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        network = compile_model(text, batch=self.batch, threads=self.threads, seed=seed)
        d = network.description
        if len(d.inputs) != 1 or len(d.targets) != 1:
            raise ValueError(
                f"model '{d.model_name}' has {len(d.inputs)} inputs and {len(d.targets)} targets, "
                "an estimator takes one of each: call bnc.compile instead")
        self._check_model(network, y)
        history = network.fit(
            x, y, epochs=self.epochs, seed=seed, learning_rate=self.learning_rate,
            callbacks=self.callbacks or ())
        self.network_ = network
        self.history_ = history.epochs
        self.n_iter_ = len(history.epochs)

    def _check_model(self, network: Network, y: Array) -> None:
        """Raises ValueError where the model is none for such targets."""

    def _perceptron(self, features: int, target: str, outputs: int, loss: str) -> str:
        if self.activation not in _ACTIVATIONS:
            raise ValueError(f"activation is one of {_ACTIVATIONS}, not {self.activation!r}")
        for size in self.hidden:
            if not isinstance(size, numbers.Integral) or size < 1:
                raise ValueError(f"hidden holds whole numbers of 1 or more, not {size!r}")
        layers = "".join(f" | dense({size}) | {self.activation}" for size in self.hidden)
        return _PERCEPTRON.format(
            features=features, target=target, layers=layers, outputs=outputs, loss=loss)

    def _output(self, x: Any) -> Array:
        check_is_fitted(self)
        found = self.network_.predict(self._check_x(x, reset=False))
        if isinstance(found, dict):
            loss = self.network_.description.losses[0]
            found = found[self.network_.description.outputs[loss.output].name]
        return found


class NetworkClassifier(ClassifierMixin, _NetworkEstimator):  # type: ignore[misc]
    __doc__ = f"""A classifier. Labels may be anything; `classes_` has them in order, and a model's
    classes are numbered so.

    {_NetworkEstimator.__doc__}"""

    def fit(self, X: Any, y: Any) -> Self:
        """Trains on examples `X` and their labels."""
        x, labels = self._check(X, y)
        self.classes_, numbered = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                "a classifier needs examples of 2 classes or more, and these have one class")
        text = self.model if self.model is not None else self._perceptron(
            x.shape[1], f"class({len(self.classes_)})", len(self.classes_), "softmax_cross_entropy")
        self._train(x, numbered.reshape(labels.shape), text)
        return self

    def predict(self, X: Any) -> Array:
        """The label of each example."""
        output = self._output(X)
        description = self.network_.description
        labels = _metrics.classes_of(description, description.losses[0], output)
        return np.asarray(self.classes_[labels])

    def predict_proba(self, X: Any) -> Array:
        """The probability of each class, [examples, classes]: the softmax of logits, of one logit
        its sigmoid."""
        output = self._output(X).astype(np.float64)
        loss = self.network_.description.losses[0]
        if loss.name == "softmax_cross_entropy":
            powers = np.exp(output - output.max(axis=1, keepdims=True))
            return np.asarray(powers / powers.sum(axis=1, keepdims=True))
        if output[0].size == 1 and loss.name.startswith("binary_cross_entropy"):
            second = output.reshape(-1)
            if loss.is_logit:
                second = 0.5 * (1 + np.tanh(0.5 * second))
            return np.stack([1 - second, second], axis=1)
        raise ValueError(f"a network trained by {loss.name} has no probabilities")

    def _check(self, x: Any, y: Any) -> tuple[Array, Array]:
        table = self.model is None
        checked, labels = validate_data(
            self, x, y, allow_nd=not table, dtype=np.float32 if table else "numeric")
        check_classification_targets(labels)
        return np.asarray(checked), np.asarray(labels)

    def _check_model(self, network: Network, y: Array) -> None:
        target = network.description.targets[0]
        if target.classes != len(self.classes_) or target.size != 1:
            raise ValueError(
                f"y has {len(self.classes_)} classes, the model's target '{target.name}' has "
                f"{target.classes or 'none'}")


class NetworkRegressor(RegressorMixin, _NetworkEstimator):  # type: ignore[misc]
    __doc__ = f"""A regressor, of one number an example or of several. A perceptron learns targets
    of mean 0 and deviation 1, and predicts what they were before; a model learns them as they are.

    {_NetworkEstimator.__doc__}"""

    def fit(self, X: Any, y: Any) -> Self:
        """Trains on examples `X` and their targets, one or several numbers each."""
        table = self.model is None
        x, wanted = validate_data(
            self, X, y, allow_nd=not table, dtype=np.float32 if table else "numeric",
            multi_output=True, y_numeric=True)
        wanted = np.asarray(wanted, np.float64)
        self._is_flat = wanted.ndim == 1
        rows = wanted.reshape(len(wanted), -1)
        self._mean, self._deviation = np.zeros(rows.shape[1]), np.ones(rows.shape[1])
        text = self.model
        if text is None:
            self._mean, deviation = rows.mean(axis=0), rows.std(axis=0)
            self._deviation = np.where(deviation > 0, deviation, 1)
            text = self._perceptron(
                x.shape[1], f"[{rows.shape[1]}]", rows.shape[1], "mean_squared_error")
        self._train(np.asarray(x), (rows - self._mean) / self._deviation, text)
        return self

    def predict(self, X: Any) -> Array:
        """The number, or the numbers, of each example."""
        output = self._output(X)
        rows = output.reshape(len(output), -1) * self._deviation + self._mean
        return np.asarray(rows[:, 0] if self._is_flat else rows)

    def _check_model(self, network: Network, y: Array) -> None:
        target = network.description.targets[0]
        if target.classes is not None or target.size != y.shape[1]:
            raise ValueError(
                f"y has {y.shape[1]} numbers an example, the model's target '{target.name}' has "
                f"{'classes' if target.classes else target.size}")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
