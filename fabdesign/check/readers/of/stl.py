"""STL: one closed solid, its design and layer in the 80 bytes of its header."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fabdesign.check.compare import design_base_um
from fabdesign.check.header import HeaderTag
from fabdesign.check.readback import ReadBack, read_back_stl
from fabdesign.check.readers.reading import LayerFile
from fabdesign.check.readers.sides import head_of
from fabdesign.check.stl_file import HEADER_BYTES, RECORD_BYTES, StlFile, open_stl
from fabdesign.design import Design

_START = HEADER_BYTES + 4


@dataclass(frozen=True)
class StlLayer:
    """An STL whose size fits its count."""

    file: StlFile
    format: str = "stl"

    @property
    def paths(self) -> tuple[Path, ...]:
        """The file."""
        return (self.file.path,)

    @property
    def tag(self) -> HeaderTag | None:
        """What the header says."""
        return self.file.tag

    @property
    def title(self) -> str:
        """The header's text."""
        return self.file.title

    def read(self, design: Design, layer: int) -> ReadBack:
        """Read the heights on the design's pixels."""
        return read_back_stl(self.file.path, design.pixels, design_base_um(design, layer))


class StlReader:
    """Reads binary STL."""

    name = "stl"
    formats = ("stl",)
    suffixes = (".stl",)

    def recognises(self, path: Path) -> bool:
        """Whether the size of the file is that of its count of triangles."""
        head = head_of(path, _START)
        if len(head) < _START:
            return False
        (count,) = struct.unpack("<I", head[HEADER_BYTES:])
        return bool(count > 0 and path.stat().st_size == _START + RECORD_BYTES * count)

    def open(self, paths: Sequence[Path]) -> list[LayerFile]:
        """Each file as a layer."""
        return [StlLayer(open_stl(path)) for path in paths]


READER = StlReader()
