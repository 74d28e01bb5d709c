"""Layers that were put together in one file, each as a reader gives it; the file is parsed once for all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from fabdesign.check.assembly import AssemblyReading, AssemblyTag, read_assembly
from fabdesign.check.header import HeaderTag
from fabdesign.check.mesh_file import MeshFile
from fabdesign.check.readers.reading import LayerFile, PlainReading
from fabdesign.design import Design


@dataclass(eq=False)
class _Print:
    """A file that is parsed once for all of its layers."""

    path: Path
    format: str
    tag: AssemblyTag
    open: Callable[[], MeshFile]
    _reading: tuple[str, AssemblyReading] | None = field(default=None, init=False)

    def read(self, design: Design) -> AssemblyReading:
        """Everything that the file holds."""
        if self._reading is None or self._reading[0] != design.content_hash:
            self._reading = design.content_hash, read_assembly(self.open(), self.tag, design)
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
        """The format, and how the layers were put together."""
        return f"{self.source.format} {self.source.tag.kind}"

    @property
    def paths(self) -> tuple[Path, ...]:
        """The file."""
        return (self.source.path,)

    @property
    def tag(self) -> HeaderTag:
        """The design that the header names, and the layer by its place."""
        tag = self.source.tag
        return HeaderTag(tag.hash_prefix, self.layer, tag.layers, tag.compensation)

    @property
    def title(self) -> str:
        """What the file says of itself."""
        tag = self.source.tag
        return f"fabdesign {tag.hash_prefix} {tag.kind} {tag.layers:02d}"

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
            rounding_um=found.file.rounding_um(float(abs(found.solid.maximum_um[2]))),
            rounding_source=found.file.rounding_source,
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


def layers_of_print(
    path: Path, format: str, tag: AssemblyTag, open: Callable[[], MeshFile]
) -> list[LayerFile]:
    """The layers of a file, by their place in it.

    Args:
        path: the file.
        format: name of its format.
        tag: what it says of itself.
        open: gives its mesh.
    """
    source = _Print(path, format, tag, open)
    return [AssembledLayer(source, layer) for layer in range(tag.layers)]
