#!/usr/bin/env python3
"""Prints, as JSON, what the tensorboard package reads in a folder of event files: of each tag its
steps, and of each step a number, a histogram or the size of a picture.

    python3 Tests/References/read_events.py FOLDER > Tests/References/Data/tensorboard/read.json

Needs tensorboard and Pillow. Tests/RunnerTests/TensorBoardTests.swift writes the events that lie beside
read.json, byte for byte, and holds what it wrote against what was read.
"""

import io
import json
import sys

from PIL import Image
from tensorboard.backend.event_processing import event_accumulator


def picture(event):
    image = Image.open(io.BytesIO(event.encoded_image_string))
    assert (image.width, image.height) == (event.width, event.height)
    return {"width": image.width, "height": image.height, "mode": image.mode,
            "pixels": list(image.tobytes())}


def histogram(event):
    value = event.histogram_value
    return {"min": value.min, "max": value.max, "num": value.num, "sum": value.sum,
            "sum_squares": value.sum_squares, "limits": list(value.bucket_limit),
            "buckets": list(value.bucket)}


def main():
    events = event_accumulator.EventAccumulator(
        sys.argv[1], size_guidance={kind: 0 for kind in ("scalars", "histograms", "images")})
    events.Reload()
    tags = events.Tags()
    found = {}
    for tag in tags["scalars"]:
        found[tag] = {event.step: event.value for event in events.Scalars(tag)}
    for tag in tags["histograms"]:
        found[tag] = {event.step: histogram(event) for event in events.Histograms(tag)}
    for tag in tags["images"]:
        found[tag] = {event.step: picture(event) for event in events.Images(tag)}
    print(json.dumps(found, indent=1, sort_keys=True))


main()
