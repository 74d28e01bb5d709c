"""Grey images, drawings by grey level and dose planes: values that a record turns into heights."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.finding import Finding, error
from fabdesign.check.grey import GreyRead, read_grey
from fabdesign.check.header import HeaderTag
from fabdesign.check.readers.reading import LayerFile, PlainReading
from fabdesign.check.readers.sides import head_of
from fabdesign.design import Design
from fabdesign.formats.raster import RasterRecord

_LEAST_UM = 1e-6
_RESOLUTION = 1e-3
_HEAD = 4096
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*", b"BM")
_GDSII = b"\0\6\0\2"
_RECORD = b'"fabdesign-raster '
_PLANE = re.compile(r"(?P<stem>.+)-bit\d+\.(?P<suffix>bmp|png)\Z")
_EXPORT_AGAIN = "Export the design again and send that file unchanged."


@dataclass(frozen=True)
class GreyLayer:
    """A grey file, read; heights follow from its record."""

    grey: GreyRead

    @property
    def format(self) -> str:
        """Name of the exporter that writes such files."""
        record, suffix = self.grey.record, self.grey.path.suffix.lower()
        if record.kind == "dose-planes":
            return "dose-planes-png" if record.planes[0].file.endswith(".png") else "dose-planes"
        if record.kind == "grey-layers":
            return "gds-grey"
        return {".png": "png16", ".bmp": "bmp8"}.get(suffix, "tiff16")

    @property
    def paths(self) -> tuple[Path, ...]:
        """The file that names all others: the image, the drawing, or the record of a set of planes."""
        planes = tuple(self.grey.path.with_name(plane.file) for plane in self.grey.record.planes)
        return (self.grey.path, *planes)

    @property
    def tag(self) -> HeaderTag:
        """Design and layer by the record."""
        return self.grey.tag

    @property
    def title(self) -> str:
        """The kind of record."""
        return self.grey.record.kind

    def read(self, design: Design, layer: int) -> PlainReading:
        """Turn values into heights, and hold the record against the design."""
        grey = self.grey
        pitch_um = grey.record.pitch_um
        return PlainReading(
            format=self.format,
            paths=self.paths,
            tag=self.tag,
            thickness_um=grey.height_um,
            pixel_um=(pitch_um, pitch_um),
            rounding_um=(half_steps_um(grey.table_um) + _LEAST_UM)[grey.values],
            rounding_source="half a step between grey values",
            facts=_facts(grey),
            findings=(*grey.findings, *_record_findings(grey, design)),
        )


class GreyReader:
    """Reads height maps, dose maps, drawings by grey level, and sets of dose planes."""

    name = "grey"
    formats = ("png16", "tiff16", "bmp8", "gds-grey", "dose-planes", "dose-planes-png")
    suffixes = (".png", ".tif", ".tiff", ".bmp")

    def recognises(self, path: Path) -> bool:
        """Whether a file is an image or drawing with its record beside or in it, or a record of planes."""
        head = head_of(path, _HEAD)
        if head.startswith(_IMAGES):
            return (
                _RECORD in head or _is_record(_beside(path)) or _is_record(set_of_planes(path)) or _deep(path)
            )
        if head.startswith(_GDSII):
            return _is_record(_beside(path))
        return head[:1] == b"{" and _RECORD in head and b'"dose-planes"' in head

    def open(self, paths: Sequence[Path]) -> list[LayerFile]:
        """Each image or drawing as a layer; the planes of a set are one."""
        firsts = dict.fromkeys(set_of_planes(path) or path for path in paths)
        return [GreyLayer(read_grey(path)) for path in firsts]


READER = GreyReader()


def set_of_planes(path: Path) -> Path | None:
    """The record of the set that a plane belongs to by its name; None for any other file.

    >>> set_of_planes(Path("a-layer00-bit3.bmp")).name
    'a-layer00-bmp-planes.json'
    """
    plane = _PLANE.match(path.name)
    return None if plane is None else path.with_name(f"{plane['stem']}-{plane['suffix']}-planes.json")


def half_steps_um(table_um: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half the larger step from each value's height to its neighbours': how far a nearest value can be off.

    >>> half_steps_um(np.array([0.0, 2.0, 3.0])).tolist()
    [1.0, 1.0, 0.5]
    """
    step, end = np.abs(np.diff(table_um)), np.zeros(1)
    return np.asarray(np.fmax(np.append(end, step), np.append(step, end)) / 2)


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _is_record(path: Path | None) -> bool:
    return path is not None and _RECORD in head_of(path, _HEAD)


def _deep(path: Path) -> bool:
    """Whether a TIFF has a record behind its pixels, where TIFF may have it."""
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - (1 << 20)))
        return _RECORD in stream.read(1 << 20)


def _facts(grey: GreyRead) -> dict[str, object]:
    record: RasterRecord = grey.record
    return {
        "kind": record.kind,
        "record_base_um": record.base_um,
        "values": [int(grey.values.min()), int(grey.values.max())],
    }


def _record_findings(grey: GreyRead, design: Design) -> Iterator[Finding]:
    physical, optics = design.physical, grey.record.optics
    known = (physical.wavelength_um, physical.material.index, physical.medium.index)
    if optics is not None and (optics.wavelength_um, optics.material_index, optics.medium_index) != known:
        yield error(
            "record.optics",
            f"The record is for {optics.wavelength_um:.6g} um and indices {optics.material_index:.6g} in "
            f"{optics.medium_index:.6g}; the design {known[0]:.6g} um, {known[1]:.6g} in {known[2]:.6g}.",
            file=str(grey.path),
            hint=_EXPORT_AGAIN,
        )
    for axis, side_um in zip("xy", grey.pixel_um or (), strict=False):
        if abs(side_um / physical.pitch_um - 1) > _RESOLUTION:
            yield error(
                "scale.resolution",
                f"Pixels are {side_um:.6g} um in {axis} by the file, {physical.pitch_um:.6g} by the design.",
                file=str(grey.path),
                value=side_um,
                limit=physical.pitch_um,
                unit="um",
                hint="Another program has saved it, or it was scaled. " + _EXPORT_AGAIN,
            )
