"""STL of layers that were put together: all layers of a design in one file, which its header says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fabdesign.check.assembly import AssemblyReading, AssemblyTag, parse_assembly, read_assembly
from fabdesign.check.header import HeaderTag
from fabdesign.check.readers.reading import LayerFile, PlainReading
from fabdesign.check.readers.sides import head_of
from fabdesign.check.stl_file import HEADER_BYTES, StlFile, open_stl
from fabdesign.design import Design
from fabdesign.errors import FileFormatError

_ROUNDING = 2.0**-22
"""Four spacings of a 32-bit number, relative to the largest coordinate."""


@dataclass(eq=False)
class _Print:
    """A file that is parsed once for all of its layers."""

    file: StlFile
    tag: AssemblyTag
    _reading: tuple[str, AssemblyReading] | None = field(default=None, init=False)

    def read(self, design: Design) -> AssemblyReading:
        """Everything that the file holds."""
        if self._reading is None or self._reading[0] != design.content_hash:
            self._reading = design.content_hash, read_assembly(self.file, self.tag, design)
        return self._reading[1]


@dataclass(frozen=True, eq=False)
class AssembledLayer:
    """One layer in a file that holds them all.

    Args:
        source: the file.
        layer: index of the layer.
    """

    source: _Print
    layer: int

    @property
    def format(self) -> str:
        """How the layers were put together, in STL."""
        return f"stl {self.source.tag.kind}"

    @property
    def paths(self) -> tuple[Path, ...]:
        """The file."""
        return (self.source.file.path,)

    @property
    def tag(self) -> HeaderTag:
        """The design that the header names, and the layer by its place."""
        tag = self.source.tag
        return HeaderTag(tag.hash_prefix, self.layer, tag.layers)

    @property
    def title(self) -> str:
        """The header's text."""
        return self.source.file.header.decode("ascii", "backslashreplace").strip()

    def read(self, design: Design, layer: int) -> PlainReading:
        """Read the heights on the design's pixels; findings on the print as a whole come with layer 0."""
        found = self.source.read(design)
        own = found.layers[self.layer]
        whole = found.findings if self.layer == 0 else ()
        return PlainReading(
            format=self.format,
            paths=self.paths,
            tag=self.tag,
            thickness_um=own.thickness_um,
            pixel_um=(found.pitch_um, found.pitch_um),
            rounding_um=_ROUNDING * float(abs(found.solid.maximum_um[2])),
            rounding_source="float32 coordinates",
            has_base=True,
            upside_down=own.upside_down,
            facts={
                "triangles": found.solid.triangles,
                "closed": found.solid.closed,
                "outward": found.solid.outward,
                "base_bottom_um": own.bottom_um,
                "modulation_plane_um": own.plane_um,
                "gap_before_um": own.gap_um,
                "shift_um": list(own.shift_um),
                **found.facts,
            },
            findings=(*whole, *(one.at(file=str(self.paths[0])) for one in own.findings)),
        )


class AssemblyReader:
    """Reads binary STL that holds all layers of a design."""

    name = "assembly"
    formats: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()

    def recognises(self, path: Path) -> bool:
        """Whether the header says that all layers are in the file."""
        return parse_assembly(head_of(path, HEADER_BYTES)) is not None

    def open(self, paths: Sequence[Path]) -> list[LayerFile]:
        """The layers of each file, by their place in it."""
        return [layer for path in paths for layer in self._layers(path)]

    @staticmethod
    def _layers(path: Path) -> list[LayerFile]:
        file = open_stl(path)
        tag = parse_assembly(file.header)
        if tag is None:
            raise FileFormatError(f"{path} changed while it was opened.", hint="Read it again.")
        source = _Print(file, tag)
        return [AssembledLayer(source, layer) for layer in range(tag.layers)]


READER = AssemblyReader()
