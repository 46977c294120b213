#!/usr/bin/env python3
"""Writes a sound in several WAV formats to Tests/References/Data/sound, and features.json with what
TensorFlow makes of it: mel-frequency cepstral coefficients and logarithms of mel bands.

    python3 Tests/References/make_sound.py

Needs numpy and tensorflow. The steps are those of MLPerf Tiny's keyword spotting: tf.signal.stft of 30 ms
each 20 ms under a periodic Hann window, 40 mel bands from 20 to 4000 Hz, 10 coefficients.
"""

import json
import pathlib
import struct

import numpy
import tensorflow as tf

FOLDER = pathlib.Path(__file__).resolve().parent / "Data" / "sound"
RATE = 16000


def chunk(name, data):
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def wav(path, code, bits, data, extensible=False):
    """A RIFF file of one channel."""
    size = bits // 8
    form = struct.pack("<HHIIHH", 0xFFFE if extensible else code, 1, RATE, RATE * size, size, bits)
    if extensible:
        guid = struct.pack("<H", code) + bytes.fromhex("000000001000800000aa00389b71")
        form += struct.pack("<HHI", 22, bits, 4) + guid
    body = b"WAVE" + chunk(b"fmt ", form) + chunk(b"LIST", b"INFO\0") + chunk(b"data", data)
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)


def features(samples, length, window, stride, bands, low, high, coefficients):
    samples = numpy.pad(samples[:length], (0, max(0, length - len(samples))))
    stft = tf.signal.stft(
        tf.constant(samples, tf.float64), frame_length=window, frame_step=stride, fft_length=None,
        window_fn=tf.signal.hann_window)
    spectrum = tf.abs(stft)
    matrix = tf.signal.linear_to_mel_weight_matrix(
        bands, spectrum.shape[-1], RATE, low, high, dtype=tf.float64)
    logs = tf.math.log(tf.tensordot(spectrum, matrix, 1) + 1e-6)
    if coefficients is None:
        return logs.numpy()
    return tf.signal.mfccs_from_log_mel_spectrograms(logs)[..., :coefficients].numpy()


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    numbers = numpy.random.default_rng(5)
    time = numpy.arange(3000) / RATE
    sound = 0.5 * numpy.sin(2 * numpy.pi * (300 + 4000 * time) * time)
    sound += 0.05 * numbers.standard_normal(len(time))
    whole = numpy.round(sound * 32768).clip(-32768, 32767).astype(numpy.int64)
    wav(FOLDER / "16.wav", 1, 16, whole.astype("<i2").tobytes())
    wav(FOLDER / "extensible.wav", 1, 16, whole.astype("<i2").tobytes(), extensible=True)
    wav(FOLDER / "24.wav", 1, 24, b"".join(
        int(n * 256).to_bytes(3, "little", signed=True) for n in whole))
    wav(FOLDER / "32.wav", 1, 32, (whole * 65536).astype("<i4").tobytes())
    wav(FOLDER / "float.wav", 3, 32, (whole / 32768).astype("<f4").tobytes())
    wav(FOLDER / "8.wav", 1, 8, ((whole >> 8) + 128).astype("u1").tobytes())
    samples = whole / 32768
    cases = {
        "mlperf_tiny": dict(
            length=3200, window=480, stride=320, bands=40, low=20.0, high=4000.0, coefficients=10),
        "log_mel": dict(
            length=2000, window=400, stride=160, bands=23, low=100.0, high=7600.0,
            coefficients=None),
        "a_power_of_two": dict(
            length=2999, window=512, stride=256, bands=13, low=0.0, high=8000.0, coefficients=13),
    }
    found = {
        name: dict(case, values=features(samples, **case).round(9).flatten().tolist())
        for name, case in cases.items()}
    (FOLDER / "features.json").write_text(
        json.dumps({"first": whole[:8].tolist(), "cases": found}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
