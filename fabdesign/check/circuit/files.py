"""Mask files of chips: recognised by their notes, read, and their design found."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.circuit.tag import chip_tag
from fabdesign.check.readers.sides import head_of
from fabdesign.chip.sources import CHIP_KINDS, ChipDesign, load_chip_design
from fabdesign.design.runs import find_among
from fabdesign.errors import ConfigError, FabdesignError, FileFormatError
from fabdesign.export.circuit.netlist import NETLIST_FORMAT
from fabdesign.export.circuit.shapes import DATA, MASKS
from fabdesign.formats.drawing import Contents
from fabdesign.formats.gdsii_read import read_gdsii
from fabdesign.formats.oasis import MAGIC
from fabdesign.formats.oasis_read import read_oasis
from fabdesign.formats.reading import reading
from fabdesign.process.photonic import Photonic

_PROCESS = re.compile(r"process ([a-z0-9][a-z0-9.-]*) ([0-9a-f]{64})\Z")
_GDSII = b"\0\6\0\2"
_HEAD = 4096
_LARGEST_NETLIST = 1 << 26

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ChipFile:
    """A mask file of a chip.

    Args:
        path: the file.
        format: ``"gds"`` or ``"oasis"``.
        contents: its shapes and notes.
        kind: of the design that it names.
        content_hash: of that design.
        layer: which chip of the design it says it is.
        layers: how many it says there are.
        process: name and hash of the process that it names.
    """

    path: Path
    format: str
    contents: Contents
    kind: str
    content_hash: str
    layer: int
    layers: int
    process: tuple[str, str] | None

    def polygons(self, process: Photonic) -> dict[str, list[Ints]]:
        """The shapes of each mask, corners [n, 2] in database units."""
        found: dict[str, list[Ints]] = {}
        for mask in MASKS:
            key = int(getattr(process, mask).layer.value), DATA
            boxes = self.contents.rectangles.get(key, np.empty((0, 4), np.int32)).astype(np.int64)
            corners = boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2)
            others = [points.astype(np.int64) for points in self.contents.polygons.get(key, [])]
            found[mask] = [*corners, *others]
        return found

    def netlist(self) -> dict[str, Any] | None:
        """The netlist beside the file; None where there is none.

        Raises:
            FileFormatError: it is damaged.
        """
        path = self.path.with_name(f"{self.path.stem}-{self.path.suffix[1:]}-netlist.json")
        return read_netlist(path) if path.is_file() else None


def is_chip_file(path: Path) -> bool:
    """Whether a file is the mask of a chip, by what it says of itself. Never raises."""
    head = head_of(path, _HEAD)
    if head.startswith(_GDSII):
        return any(f"fabdesign {kind} ".encode() in head for kind in CHIP_KINDS)
    if not head.startswith(MAGIC):
        return False
    try:
        return chip_tag(read_oasis(path)) is not None
    except FabdesignError:
        return False


def open_chip_file(path: Path) -> ChipFile:
    """Read a mask file of a chip.

    Raises:
        FileFormatError: it is unreadable, or names no design that is made as a chip.
    """
    head = head_of(path, len(MAGIC))
    format = "oasis" if head == MAGIC or path.suffix.lower() == ".oas" else "gds"
    contents = read_oasis(path) if format == "oasis" else read_gdsii(path)
    tag = chip_tag(contents)
    if tag is None:
        raise FileFormatError(
            f"{path} names no mesh design.", hint="Its notes on layer 127 were changed or left out."
        )
    process = next((match for note in contents.notes if (match := _PROCESS.match(note.text))), None)
    named = None if process is None else (process[1], process[2])
    return ChipFile(path, format, contents, tag[1], tag[2], int(tag[3]), int(tag[4]), named)


def find_chip_design(files: Sequence[ChipFile], named: Path | None) -> tuple[ChipDesign, Path, str]:
    """The design behind some mask files: as named, beside them or in a folder above, or in this folder.

    Returns:
        the design, its file, and how it was found.

    Raises:
        ConfigError: it is nowhere to be found.
        FileFormatError: it is damaged.
    """
    if named is not None:
        return load_chip_design(named), named, "named"
    wanted = files[0].content_hash
    folders = list(dict.fromkeys(place for file in files for place in _around(file.path)))
    found = find_among((path for folder in folders for path in sorted(folder.glob("*.safetensors"))), wanted)
    if found is None:
        looked = ", ".join(str(folder / "*.safetensors") for folder in folders)
        raise ConfigError(
            f"{files[0].path} was made from the mesh design with hash {wanted[:32]}…, which is not in "
            f"{looked}.",
            hint="Name the design with --design, or put its file beside this one.",
        )
    return load_chip_design(found), found, "by its hash"


def read_netlist(path: Path) -> dict[str, Any]:
    """Read a netlist and check that it has what is needed of it.

    Raises:
        FileFormatError: it is damaged.
    """
    with reading(path):
        if path.stat().st_size > _LARGEST_NETLIST:
            raise FileFormatError(f"{path} is too large for a netlist.")
        data = path.read_bytes()
    try:
        record = json.loads(data)
        if record["format"] != NETLIST_FORMAT:
            raise ValueError(f"its format is {record['format']!r}")
        for heater in record["heaters"]:
            str(heater["name"]), float(heater["phase_rad"]), [int(pad) for pad in heater["pads"]]
        for pad in record["pads"]:
            int(pad["number"]), [float(at) for at in pad["box_um"]][3]
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise FileFormatError(f"{path} is no netlist, or is damaged: {error}.") from error
    return dict(record)


def _around(path: Path) -> Iterator[Path]:
    folder = path.absolute().parent
    yield from (path.parent, folder.parent, Path())
