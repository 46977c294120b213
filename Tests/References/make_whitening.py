#!/usr/bin/env python3
"""Writes whitening.json to Tests/References/Data: what numpy makes of the patches of a few inputs.

    python3 Tests/References/make_whitening.py

As airbench94 does (init_whitening_conv of Keller Jordan, 2024): eigenvectors of the mean of x x^T over
all patches x, over the roots of their eigenvalues plus eps, with both signs. The sign that comes first
is that with which the largest number is positive; numpy leaves it open.
"""

import json
import pathlib

import numpy

DATA = pathlib.Path(__file__).resolve().parent / "Data"


def patches(images, kernel, dilation):
    views = []
    height, width = images.shape[2:]
    for i in range(kernel[0]):
        for j in range(kernel[1]):
            down = height - (kernel[0] - 1) * dilation
            right = width - (kernel[1] - 1) * dilation
            views.append(images[:, :, i * dilation:i * dilation + down,
                                j * dilation:j * dilation + right])
    # [taps][examples][channels][...] to one row a patch, channels before taps
    stacked = numpy.stack(views, 0).transpose(1, 3, 4, 2, 0)
    return stacked.reshape(-1, images.shape[1] * kernel[0] * kernel[1])


def whitening(images, kernel, dilation, eps, outputs):
    x = patches(images, kernel, dilation)
    values, vectors = numpy.linalg.eigh(x.T @ x / len(x))
    vectors, values = vectors.T[::-1], values[::-1]
    signs = numpy.sign(vectors[numpy.arange(len(vectors)), numpy.abs(vectors).argmax(1)])
    scaled = vectors * signs[:, None] / numpy.sqrt(values + eps)[:, None]
    return numpy.concatenate([scaled, -scaled])[:outputs]


def smooth(generator, shape):
    """Noise whose neighbours resemble each other, so that its eigenvalues lie apart."""
    noise = generator.normal(size=shape)
    noise[..., 1:] += 0.8 * noise[..., :-1]
    noise[..., 1:, :] += 0.5 * noise[..., :-1, :]
    noise[:, 1:] += 0.3 * noise[:, :-1]
    return noise


def main():
    generator = numpy.random.default_rng(11)
    cases = []
    # Bytes, scaled by 1/255 and normalized by given numbers; fewer outputs than directions.
    raw = numpy.clip(smooth(generator, (9, 3, 7, 6)) * 30 + 120, 0, 255).astype(numpy.uint8)
    mean, std = numpy.array([0.4, 0.5, 0.45]), numpy.array([0.2, 0.25, 0.3])
    images = (raw / 255 - mean[:, None, None]) / std[:, None, None]
    cases.append({
        "name": "bytes", "inputs": raw.flatten().tolist(), "count": 9,
        "weight": whitening(images, (2, 2), 1, 5e-4, 20).flatten().tolist()})
    # Floats, normalized by what is computed of all 12; the first 5 count; dilated, all outputs.
    raw = smooth(generator, (12, 2, 9, 8)) + 2
    mean, std = raw.mean((0, 2, 3)), raw.std((0, 2, 3))
    images = (raw - mean[:, None, None]) / std[:, None, None]
    cases.append({
        "name": "floats", "inputs": raw.flatten().tolist(), "count": 12,
        "weight": whitening(images[:5], (3, 2), 2, 0.01, 24).flatten().tolist()})
    # A sequence as it is.
    raw = smooth(generator, (6, 2, 1, 30))
    cases.append({
        "name": "sequence", "inputs": raw.flatten().tolist(), "count": 6,
        "weight": whitening(raw, (1, 4), 1, 5e-4, 16).flatten().tolist()})
    text = json.dumps(cases, separators=(",", ":"))
    (DATA / "whitening.json").write_text(text + "\n")


main()
