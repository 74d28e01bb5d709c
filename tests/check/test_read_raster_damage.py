"""Damaged, hostile and huge grey files: a clear error, a finding, or still the design."""

from __future__ import annotations

import contextlib
import struct
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fabdesign.check.grey import read_grey
from fabdesign.check.grey.image import read_grey_image
from fabdesign.errors import FileFormatError
from fabdesign.formats.raster import parse_record
from tests.check.devices import make_design
from tests.check.test_read_raster import FORMATS, check_grey_files, write

MUTATIONS = 60


def mutate(data: bytes, rng: np.random.Generator) -> bytes:
    """One of: flipped bits, a run of noise, a cut, a doubled piece, a large number."""
    changed = bytearray(data)
    start = int(rng.integers(len(data)))
    match rng.integers(5):
        case 0:
            for position in rng.integers(0, len(data), rng.integers(1, 4)):
                changed[position] ^= 1 << int(rng.integers(8))
        case 1:
            changed[start : start + 16] = rng.bytes(16)
        case 2:
            del changed[start:]
        case 3:
            changed[start:start] = changed[start : start + int(rng.integers(1, 80))]
        case _:
            changed[start : start + 4] = rng.choice([b"\xff" * 4, b"\x7f\xff\xff\xff", b"\0" * 4, b"9999"])
    return bytes(changed)


def survive(paths: list[Path], design, rng: np.random.Generator, count: int) -> None:
    """Mutate one file of an export at a time and hold the check to its promise."""
    held = {path: path.read_bytes() for path in paths if path.suffix != ".csv"}
    for _ in range(count):
        path = list(held)[rng.integers(len(held))]
        path.write_bytes(mutate(held[path], rng))
        with contextlib.suppress(FileFormatError):
            check = check_grey_files(paths, design)
            assert check.findings or check.levels_identical
            if check.levels_identical:
                np.testing.assert_array_equal(check.layers[0].comparison.levels, design.levels[0])
        path.write_bytes(held[path])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", FORMATS)
def test_no_mutation_goes_unseen(tmp_path, name):
    design = make_design(2, layers=1, pixels=(7, 9))
    survive(write(design, tmp_path, name), design, np.random.default_rng(FORMATS.index(name)), MUTATIONS)


def png(width: int, height: int, *, bits: int = 16, colour: int = 0, data: bytes = b"") -> bytes:
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    chunks = (struct.pack(">I", len(c)) + k + c + struct.pack(">I", zlib.crc32(k + c)) for k, c in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def test_bombs_are_refused_before_they_are_decoded(tmp_path):
    bomb = tmp_path / "a.png"
    for side, words in ((12_000, "12000 x 12000 pixels"), (60_000, "claims more than")):
        bomb.write_bytes(png(side, side, data=zlib.compress(bytes(1 << 20))))
        started = time.process_time()
        with pytest.raises(FileFormatError, match=words):
            read_grey_image(bomb)
        assert time.process_time() - started < 1
    text = b"fabdesign\0\0" + zlib.compress(bytes(1 << 26))
    inside = struct.pack(">I", len(text)) + b"zTXt" + text + struct.pack(">I", zlib.crc32(b"zTXt" + text))
    data = png(1, 1, data=zlib.compress(b"\0\0\0"))
    bomb.write_bytes(data[:33] + inside + data[33:])
    with pytest.raises(FileFormatError):
        read_grey(bomb)


def test_other_kinds_of_files_are_named(tmp_path):
    path = tmp_path / "a.png"
    for data, words in ((b"", "no PNG"), (b"hello", "no PNG"), (png(4, 4, bits=8, colour=2), "mode is RGB")):
        path.write_bytes(data)
        with pytest.raises(FileFormatError, match=words):
            read_grey_image(path)
    Image.new("P", (3, 3)).save(path)
    assert read_grey_image(path).bits == 8
    colours = Image.new("P", (2, 1))
    colours.putpalette([255, 0, 0])
    colours.save(path)
    with pytest.raises(FileFormatError, match="colours"):
        read_grey_image(path)
    Image.fromarray(np.full((2, 2), 1 << 20, np.int32)).save(tmp_path / "a.tif")
    with pytest.raises(FileFormatError, match="values up to"):
        read_grey_image(tmp_path / "a.tif")
    with pytest.raises(FileFormatError, match="does not exist"):
        read_grey(tmp_path / "none.png")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"bits": 16', '"bits": 17', "bits"),
        ('"format": "fabdesign-raster 1.0"', '"format": "fabdesign-raster 2.0"', "format"),
        ('"layer": 0', '"layer": 0, "x": 1', "x"),
        ('"file": "design-layer00.png"', '"file": "../design-layer00.png"', "plain file name"),
        ('"planes": []', '"planes": [{}]', "planes"),
        ('"pitch_um": 1.5', '"pitch_um": NaN', "pitch_um"),
        ('"a_um": 0.0', '"a_um": 1e999', "a_um"),
        ("{", "[" * 100_000, "JSON"),
    ],
)
def test_records_are_checked_field_by_field(tmp_path, old, new, words):
    paths = write(make_design(layers=1), tmp_path, "png16")
    text = paths[1].read_text()
    assert old in text
    with pytest.raises(FileFormatError, match=words):
        parse_record(text.replace(old, new, 1), "a.json")


def test_large_records_are_not_parsed():
    with pytest.raises(FileFormatError, match="at most"):
        parse_record(b" " * ((16 << 20) + 1), "a.json")
