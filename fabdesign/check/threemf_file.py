"""3MF through a reader of our own: a ZIP believed only after it was checked, XML without document types."""

from __future__ import annotations

import contextlib
import os
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.assembly.header import AssemblyTag
from fabdesign.check.header import HASH_DIGITS, HeaderTag
from fabdesign.check.threemf_model import Model, read_metadata, read_model
from fabdesign.errors import FileFormatError
from fabdesign.formats.archive_directory import ArchiveLimits
from fabdesign.formats.archive_read import ArchiveReader
from fabdesign.formats.reading import reading
from fabdesign.formats.threemf import MODEL_RELATION, OURS
from fabdesign.formats.xml_read import XmlParser

CHUNK_TRIANGLES = 32_000
UNITS_UM: Mapping[str, float] = {
    "micron": 1.0,
    "millimeter": 1e3,
    "centimeter": 1e4,
    "inch": 25.4e3,
    "foot": 304.8e3,
    "meter": 1e6,
}
"""Units of the core specification in µm; a file that names none is in millimetres."""

_LIMITS = ArchiveLimits(entries=1000)
_RELATIONS = "_rels/.rels"
_MOST_RELATIONS_BYTES = 1 << 20
_DESIGN = re.compile(r"[0-9a-f]{64}\Z")
_COUNT = re.compile(r"\d{2,3}\Z")
_TAG = re.compile(r"[0-9a-f]{8}\Z")
_LAYER = re.compile(r"(\d{2,3})/(\d{2,3})\Z")

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ThreeMfFile:
    """The one mesh of a 3MF, where its build places it, in µm.

    Args:
        path: the file.
        model: what its model part says.
    """

    path: Path
    model: Model

    @property
    def triangles(self) -> int:
        """How many triangles it holds."""
        return sum(map(len, self.model.triangles))

    @property
    def format(self) -> str:
        """Name of the format."""
        return "3mf"

    @property
    def rounding_source(self) -> str:
        """What can move a height."""
        return "nothing: decimals are exact"

    def rounding_um(self, largest_um: float) -> float:
        """Decimals hold lengths exactly; what is left is 64-bit arithmetic on them."""
        return 4 * float(np.spacing(largest_um))

    @property
    def unit(self) -> str:
        """The unit that the file names."""
        return self.model.unit

    @property
    def tag(self) -> HeaderTag | None:
        """What its metadata say, if fabdesign wrote them."""
        return tag_of(self.model.metadata)

    def corners(self) -> Iterator[Floats]:
        """The corners of all triangles, piece by piece, float64 [triangle, corner, xyz]."""
        turn, shift = self.model.transform[:3], self.model.transform[3]
        placed = not np.array_equal(self.model.transform, np.eye(4, 3))
        for index in self._indices():
            corners = self.model.vertices.take(index, axis=0)
            if placed:
                corners = corners @ turn + shift
            yield corners * UNITS_UM[self.unit]

    def pieces(self) -> Iterator[tuple[Floats, Floats]]:
        """Corners, and zeros in the place of stored normals, which 3MF does not have."""
        for corners in self.corners():
            yield corners, np.zeros((len(corners), 3))

    def points(self) -> Iterator[NDArray[np.uint64]]:
        """The number of each corner's vertex, uint64 [corner, triangle]."""
        for index in self._indices():
            yield np.ascontiguousarray(index.T).astype(np.uint64)

    def _indices(self) -> Iterator[NDArray[np.int32]]:
        for batch in self.model.triangles:
            for first in range(0, len(batch), CHUNK_TRIANGLES):
                yield batch[first : first + CHUNK_TRIANGLES]


def open_3mf(path: str | os.PathLike[str]) -> ThreeMfFile:
    """Read the mesh of a 3MF package.

    Raises:
        FileFormatError: the file is missing, no 3MF, damaged, unsafe, or holds anything but one placed mesh.
    """
    file = Path(path)
    with _model_chunks(file) as (chunks, label):
        model = read_model(chunks, label)
    if model.unit not in UNITS_UM:
        raise FileFormatError(
            f"{file} names the unit {model.unit[:40]!r}, which 3MF does not know.", hint="Export it again."
        )
    return ThreeMfFile(file, model)


def read_3mf_metadata(path: str | os.PathLike[str]) -> Mapping[str, str]:
    """Read the metadata of a 3MF package, without its mesh; names of a namespace as "namespace name".

    Raises:
        FileFormatError: the file is missing, no 3MF, damaged or unsafe as far as it was read.
    """
    with _model_chunks(Path(path)) as (chunks, label):
        return read_metadata(chunks, label)


def assembly_of(metadata: Mapping[str, str]) -> AssemblyTag | None:
    """What metadata say of layers put together, if fabdesign wrote them."""
    design = metadata.get(f"{OURS} design", "")
    for kind in ("stack", "plates"):
        count = metadata.get(f"{OURS} {kind}", "")
        if _DESIGN.match(design) and _COUNT.match(count) and int(count):
            return AssemblyTag(design[:HASH_DIGITS], kind, int(count), _compensation_of(metadata))
    return None


def tag_of(metadata: Mapping[str, str]) -> HeaderTag | None:
    """What metadata say of design and layer, if fabdesign wrote them."""
    design, layer = (metadata.get(f"{OURS} {key}", "") for key in ("design", "layer"))
    place = _LAYER.match(layer)
    if not _DESIGN.match(design) or place is None or int(place[1]) >= int(place[2]):
        return None
    return HeaderTag(design, int(place[1]), int(place[2]), _compensation_of(metadata))


def _compensation_of(metadata: Mapping[str, str]) -> str | None:
    """The eight digits of a compensation, if the metadata name one."""
    tag = metadata.get(f"{OURS} compensation", "")
    return tag if _TAG.match(tag) else None


def is_3mf(path: Path) -> bool:
    """Whether a file is a package with relations, as every 3MF is; never raises."""
    try:
        with path.open("rb") as stream:
            return _RELATIONS in ArchiveReader(stream, str(path), _LIMITS).names
    except (OSError, FileFormatError):
        return False


@contextlib.contextmanager
def _model_chunks(file: Path) -> Iterator[tuple[Iterator[bytes], str]]:
    """The bytes of the model part, and how to call it."""
    with reading(file), file.open("rb") as stream:
        package = ArchiveReader(stream, str(file), _LIMITS)
        part = _model_part(package, file)
        yield package.chunks(part), f"{part} in {file}"


def _model_part(package: ArchiveReader, file: Path) -> str:
    """The name of the part that the package's relations call its 3D model."""
    if _RELATIONS not in package.names:
        raise FileFormatError(f"{file} is a ZIP but no 3MF: it has no {_RELATIONS}.", hint="Name a 3MF file.")
    relations = _Relations()
    data = package.read(_RELATIONS, _MOST_RELATIONS_BYTES)
    XmlParser(relations, f"{_RELATIONS} in {file}").parse([data])
    parts = [posixpath.normpath(target).lstrip("/") for target in relations.models]
    if len(parts) != 1 or parts[0] not in package.names:
        raise FileFormatError(
            f"{file} must hold one 3D model; it names {len(parts)}, which are there: "
            f"{sum(part in package.names for part in parts)}.",
            hint="Export it again.",
        )
    return parts[0]


class _Relations:
    """Collects the targets of relations to 3D models."""

    def __init__(self) -> None:
        self.models: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name.endswith(" Relationship") and attributes.get("Type") == MODEL_RELATION:
            self.models.append(attributes.get("Target", ""))

    def end(self, name: str) -> None:
        """Nothing ends that matters."""

    def prefix(self, prefix: str | None, namespace: str | None) -> None:
        """Prefixes do not matter."""
