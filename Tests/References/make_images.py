#!/usr/bin/env python3
"""Writes small PNG and JPEG files to Tests/References/Data/images, and pixels.json with what Pillow
makes of them: [height][width] of grey (mode L), [height][width][3] of colours (mode RGB); and resized.json with
the same of other sizes, by its BILINEAR.

    python3 Tests/References/make_images.py

Needs numpy and Pillow. 16 bits are cut to 8 and alpha is left out by hand, for Pillow does neither.
"""

import json
import pathlib
import struct
import zlib

import numpy
from PIL import Image

FOLDER = pathlib.Path(__file__).resolve().parent / "Data" / "images"
HEIGHT, WIDTH = 6, 9


def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def png16(path, pixels):
    """A PNG of 16 bits of grey, which Pillow writes only of one kind."""
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 16, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b""))


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    numbers = numpy.random.default_rng(3)
    ramp = numpy.add.outer(numpy.arange(HEIGHT) * 30, numpy.arange(WIDTH) * 10)
    grey = (ramp + numbers.integers(0, 16, (HEIGHT, WIDTH))).astype(numpy.uint8)
    colour = numpy.stack([grey, 255 - grey, numpy.roll(grey, 3, axis=1)], axis=2)
    alpha = numbers.integers(0, 256, (HEIGHT, WIDTH, 1)).astype(numpy.uint8)
    wide = numbers.integers(0, 65536, (HEIGHT, WIDTH))

    Image.fromarray(grey).save(FOLDER / "grey.png")
    Image.fromarray(colour).save(FOLDER / "colour.png")
    Image.fromarray(numpy.concatenate([colour, alpha], axis=2)).save(FOLDER / "alpha.png")
    Image.fromarray(colour).quantize(8).save(FOLDER / "palette.png")
    Image.fromarray(grey > 100).save(FOLDER / "bit.png")
    png16(FOLDER / "wide.png", wide)
    Image.fromarray(grey).save(FOLDER / "grey.jpg", quality=90)
    Image.fromarray(colour).save(FOLDER / "colour.jpg", quality=85)
    Image.fromarray(colour).save(FOLDER / "progressive.jpg", quality=60, progressive=True)
    Image.fromarray(colour).convert("CMYK").save(FOLDER / "cmyk.jpg")

    expected = {}
    for name in ("grey.png", "colour.png", "palette.png", "bit.png", "grey.jpg", "colour.jpg",
                 "progressive.jpg"):
        image = Image.open(FOLDER / name)
        isGrey = image.mode in ("L", "1")
        expected[name] = {"L": numpy.asarray(image.convert("RGB").convert("L")).tolist()}
        if not isGrey:
            expected[name]["RGB"] = numpy.asarray(image.convert("RGB")).tolist()
    expected["alpha.png"] = {"RGB": colour.tolist()}
    expected["wide.png"] = {"L": (wide >> 8).tolist()}
    # Both larger, both smaller, one of each, by a lot and by a little, and one side as it is.
    # In two calls, for Pillow goes along the rows first, but from version 13 on down the columns where
    # that is much less work, and rounds between.
    resized = [
        {"name": name, "mode": mode, "height": height, "width": width,
         "pixels": numpy.asarray(Image.open(FOLDER / name).convert("RGB").convert(mode).resize(
             (width, HEIGHT), Image.BILINEAR).resize((width, height), Image.BILINEAR)).tolist()}
        for name, mode in (("colour.png", "RGB"), ("colour.png", "L"), ("grey.png", "L"))
        for height, width in ((12, 18), (3, 4), (1, 1), (7, 5), (5, 20), (6, 4), (4, 9), (6, 9))]
    (FOLDER / "resized.json").write_text(json.dumps(resized, separators=(",", ":")) + "\n")
    (FOLDER / "pixels.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
