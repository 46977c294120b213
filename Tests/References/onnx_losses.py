"""ONNX's two losses by class, as losses of the language.

SoftmaxCrossEntropyLoss is softmax_cross_entropy, all positions of an example in one axis. What
ONNX leaves unreduced is found position by position, each as a batch of its own.

NegativeLogLikelihoodLoss takes minus the number of the right class, whatever the numbers are: that
is kl_divergence from probabilities of 0 and 1. A class's weight is the factor that a scale_shift
has for it, and the sum is divided here by what the labels count together, as a mean is in ONNX.
"""

import dataclasses

import numpy

from onnx_graph import model_text


@dataclasses.dataclass
class Question:
    """A model, what goes in, and what is found out of it."""
    text: str
    parameters: dict
    inputs: numpy.ndarray
    targets: numpy.ndarray
    each: bool  # whether each example is a batch of its own


def cross_entropy(node, x, labels, weights, with_logarithms):
    """The question, and the factor of the loss that it finds, for `softmax_cross_entropy`."""
    classes, reduction = x.shape[1], node.get("reduction", "mean")
    # The numbers of an example: the classes by all positions.
    x, labels = x.reshape(*x.shape[:2], -1), labels.reshape(len(labels), -1)
    positions = x.shape[2]
    each = reduction == "none"
    if each or x.shape[2] == 1:
        x, labels = x.transpose(0, 2, 1).reshape(-1, classes), labels.reshape(-1)
        positions = 1
    keys = f", weights: {[float(w) for w in weights]}" if weights is not None else ""
    if "ignore_index" in node.attributes:
        keys += f", ignore: {node.get('ignore_index')}"
    target = f"class({classes})" if x.ndim == 2 else f"class({classes}, shape: [{positions}])"
    # log_softmax of a log_softmax is itself: a test that wants it gets both from one model.
    layer = "log_softmax" if with_logarithms else "scale_shift"
    lines = [f"input x1: {list(x.shape[1:])}", f"target t: {target}", f"y = x1 | {layer}",
             f"loss softmax_cross_entropy(y, t{keys}, "
             f"reduction: {'mean' if reduction == 'mean' else 'sum'})"]
    parameters = ({} if with_logarithms else
                  {"scale_shift1.gamma": numpy.ones(classes),
                   "scale_shift1.beta": numpy.zeros(classes)})
    question = Question(model_text(lines, 1 if each else len(x)), parameters, x,
                        labels.astype(numpy.int32), each)
    return question, 1 / len(x) if reduction == "mean" else positions


def likelihood(node, x, labels, weights):
    """The same for minus the numbers of the right classes."""
    classes, reduction = x.shape[1], node.get("reduction", "mean")
    x = x.reshape(*x.shape[:2], -1).transpose(0, 2, 1).reshape(-1, classes)
    labels = labels.reshape(-1)
    counts = (numpy.ones(len(labels)) if weights is None
              else weights[numpy.clip(labels, 0, classes - 1)])
    if "ignore_index" in node.attributes:
        counts = numpy.where(labels == node.get("ignore_index"), 0, counts)
    targets = (labels[:, None] == numpy.arange(classes)) * (counts[:, None] != 0)
    each = reduction == "none"
    gamma = numpy.ones(classes) if weights is None else weights
    lines = [f"input x1: [{classes}]", f"target t: [{classes}]", "y = x1 | scale_shift",
             "loss kl_divergence(y, t, reduction: sum)"]
    parameters = {"scale_shift1.gamma": gamma, "scale_shift1.beta": numpy.zeros(classes)}
    question = Question(model_text(lines, 1 if each else len(x)), parameters, x,
                        targets.astype(float), each)
    return question, 1 / counts.sum(dtype=float) if reduction == "mean" else 1
