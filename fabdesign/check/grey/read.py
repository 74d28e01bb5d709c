"""From a grey file and its record back to values on the design's pixels, row 0 at the smallest y."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.finding import Finding, error, note, warning
from fabdesign.check.grey.drawn import read_grey_drawing
from fabdesign.check.grey.image import GreyImage, decoding, read_grey_image
from fabdesign.check.grey.paint import paint
from fabdesign.check.header import HASH_DIGITS, HeaderTag
from fabdesign.errors import FileFormatError
from fabdesign.formats.raster import RasterRecord, parse_record

Values = NDArray[np.uint16]

_PLANE = re.compile(r"(?P<stem>.+)-bit\d+\.(?P<suffix>bmp|png)\Z")
_EIGHT_TO_SIXTEEN = 257
_LIBRARY_DIGITS = 24
_MOST_RECORD_BYTES = 16 << 20


@dataclass(frozen=True, eq=False)
class GreyRead:
    """What a grey file holds.

    Args:
        path: the image, the drawing, or the record of a set of planes.
        record: what its values mean.
        values: uint16 [y, x], row 0 at the smallest y, in the size that the file has.
        pixel_um: side of a pixel (x, y) as the file itself says; None where it does not.
        findings: what is wrong with the file by itself.
    """

    path: Path
    record: RasterRecord
    values: Values
    pixel_um: tuple[float, float] | None
    findings: tuple[Finding, ...]

    @property
    def tag(self) -> HeaderTag:
        """Design and layer by the record."""
        return HeaderTag(self.record.design[:HASH_DIGITS], self.record.layer, self.record.layers)

    @cached_property
    def table_um(self) -> NDArray[np.float64]:
        """The height above the base of every value up to the largest one in the file; NaN off the curve."""
        most = max(self.record.white, int(self.values.max(initial=0)))
        return np.asarray(self.record.scale.heights_um(np.arange(most + 1)))

    @property
    def height_um(self) -> NDArray[np.float64]:
        """Relief heights, float64 [y, x]; NaN where a value has none."""
        return self.table_um[self.values]


def read_grey(path: str | os.PathLike[str]) -> GreyRead:
    """Read a height map, a dose map, a drawing by grey level or a set of dose planes.

    Args:
        path: the image or drawing, whose record lies beside it as `NAME.json` or inside it; or any plane of a
            set, or the set's record.

    Raises:
        FileFormatError: the file or its record is missing, damaged, too large, or of another kind.
    """
    file = Path(path)
    plane = _PLANE.match(file.name)
    if plane is not None:
        file = file.with_name(f"{plane['stem']}-{plane['suffix']}-planes.json")
    if file.suffix.lower() == ".json":
        record = _read_record(file)
        if record.kind == "dose-planes":
            return _read_planes(file, record)
        file = file.with_name(record.file or file.stem)
    read = _read_drawing(file) if file.suffix.lower() == ".gds" else _read_image(file)
    return replace(read, findings=tuple(finding.at(file=str(file)) for finding in read.findings))


def _read_image(file: Path) -> GreyRead:
    image = read_grey_image(file)
    inside = None if image.text is None else parse_record(image.text, str(file))
    beside = file.with_name(f"{file.name}.json")
    findings: list[Finding] = []
    if beside.exists():
        record = _read_record(beside)
        findings += _altered(file, record.sha256)
        if inside is not None and inside.inside() != record.inside():
            findings.append(
                error(
                    "chain.record",
                    f"The record inside the image is not the one in {beside.name}.",
                    hint="One of them belongs to another export. Export the design again.",
                )
            )
    elif inside is not None:
        record = inside
        findings.append(
            warning("chain.no-record", f"{beside.name} is missing; the record in the image is used.")
        )
    else:
        raise _no_record(file)
    values, depth = _at_depth(image, record)
    return GreyRead(file, record, values[::-1], image.pixel_um, (*findings, *depth))


def _at_depth(image: GreyImage, record: RasterRecord) -> tuple[Values, list[Finding]]:
    """The values at the record's depth, and a finding where the file has another."""
    wanted = 16 if record.bits > 8 else 8
    if image.bits == wanted:
        return image.values, []
    message = f"The image has {image.bits} bits a value; it was written with {wanted}."
    found = [error("grey.depth", message, hint="Another program has converted it. Export the design again.")]
    if (image.bits, wanted) == (8, 16):
        return image.values * np.uint16(_EIGHT_TO_SIXTEEN), found
    if (image.bits, wanted) == (16, 8):
        return image.values // np.uint16(_EIGHT_TO_SIXTEEN), found
    return image.values * np.uint16(record.white), found


def _read_planes(file: Path, record: RasterRecord) -> GreyRead:
    values: Values | None = None
    findings: list[Finding] = []
    pixel_um = None
    for plane in record.planes:
        path = file.with_name(plane.file)
        image = read_grey_image(path)
        pixel_um = image.pixel_um
        if image.bits != 1:
            raise FileFormatError(
                f"{path} has {image.bits} bits a value; a dose plane has one.", hint="Export it again."
            )
        findings += [finding.at(file=str(path)) for finding in _altered(path, plane.sha256)]
        if values is None:
            values = np.zeros(image.values.shape, np.uint16)
        if image.values.shape != values.shape:
            raise FileFormatError(
                f"{path} has another size than the planes before it.", hint="Export it again."
            )
        values |= image.values << np.uint16(plane.bit)
    assert values is not None  # a record of planes has one for each bit
    return GreyRead(
        file, record, values[::-1], pixel_um, tuple(f.at(file=f.file or str(file)) for f in findings)
    )


def _read_drawing(file: Path) -> GreyRead:
    beside = file.with_name(f"{file.name}.json")
    drawing = read_grey_drawing(file)
    if not beside.exists():
        raise _no_record(file)
    record = _read_record(beside)
    findings = _altered(file, record.sha256)
    if f"_{record.design[:_LIBRARY_DIGITS]}_" not in drawing.library:
        findings.append(
            error(
                "chain.header",
                f"The library is called {drawing.library[:40]!r}; it must name the design "
                f"{record.design[:_LIBRARY_DIGITS]}….",
                hint="The drawing was changed, or belongs to another record.",
            )
        )
    values, pitch, shift = paint(drawing, record.pixels)
    if shift != (0, 0):
        x, y = shift[0] * drawing.unit_um, shift[1] * drawing.unit_um
        findings.append(note("position.shifted", f"The drawing is shifted by ({x:.6g}, {y:.6g}) um."))
    pixel = pitch * drawing.unit_um
    return GreyRead(file, record, values, (pixel, pixel), tuple(findings))


def _altered(file: Path, sha256: str | None) -> list[Finding]:
    with decoding(file), file.open("rb") as stream:
        same = sha256 is not None and hashlib.file_digest(stream, "sha256").hexdigest() == sha256
    if same:
        return []
    message = "The file's bytes are not those that were written (SHA-256)."
    return [
        warning("chain.altered", message, hint="Another program has saved it; its pixels are compared below.")
    ]


def _read_record(file: Path) -> RasterRecord:
    with decoding(file), file.open("rb") as stream:
        text = stream.read(_MOST_RECORD_BYTES + 1)
    return parse_record(text, str(file))


def _no_record(file: Path) -> FileFormatError:
    return FileFormatError(
        f"{file} has no record of what its values mean: {file.name}.json is missing.",
        hint="Put the JSON file of the same name beside it, or export the design again.",
    )
