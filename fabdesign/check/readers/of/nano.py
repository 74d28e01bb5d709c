"""Projects of nanoPrintX: one mesh, of a layer or of all layers put together, and how it is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from fabdesign.check.assembly import parse_assembly
from fabdesign.check.compare import design_base_um
from fabdesign.check.header import HeaderTag
from fabdesign.check.nano import (
    NanoProject,
    ProjectMesh,
    is_nano,
    open_nano,
    project_findings,
    slice_findings,
)
from fabdesign.check.readback import ReadBack, read_back_mesh
from fabdesign.check.readers.assembled import layers_of_print
from fabdesign.check.readers.reading import LayerFile, PlainReading
from fabdesign.design import Design


@dataclass(frozen=True, eq=False)
class NanoLayer:
    """A project of one layer."""

    project: NanoProject
    format: str = "nano"

    @property
    def paths(self) -> tuple[Path, ...]:
        """The file."""
        return (self.project.path,)

    @property
    def tag(self) -> HeaderTag | None:
        """What the header of its mesh says."""
        return self.project.solid.tag

    @property
    def title(self) -> str:
        """The text of that header."""
        return self.project.solid.title

    def read(self, design: Design, layer: int) -> ReadBack:
        """Read the heights on the design's pixels."""
        base_um = design_base_um(design, layer)
        read = read_back_mesh(ProjectMesh(self.project), design.pixels, base_um)
        own = [*project_findings(self.project), *slice_findings(self.project, design, layer, read.base_um)]
        return replace(read, findings=(*read.findings, *own))


@dataclass(frozen=True, eq=False)
class NanoPart:
    """One layer in a project that prints them all."""

    project: NanoProject
    layer: LayerFile

    @property
    def format(self) -> str:
        """The format, and how the layers were put together."""
        return self.layer.format

    @property
    def paths(self) -> tuple[Path, ...]:
        """The file."""
        return self.layer.paths

    @property
    def tag(self) -> HeaderTag | None:
        """The design that the header names, and the layer by its place."""
        return self.layer.tag

    @property
    def title(self) -> str:
        """What the mesh says of itself."""
        return self.layer.title

    def read(self, design: Design, layer: int) -> PlainReading:
        """Read the heights on the design's pixels; findings on the project as a whole come with layer 0."""
        read = cast(PlainReading, self.layer.read(design, layer))
        whole = project_findings(self.project) if layer == 0 else ()
        plane_um = float(read.facts["modulation_plane_um"])
        own = (*whole, *slice_findings(self.project, design, layer, plane_um))
        return replace(read, findings=(*read.findings, *own))


class NanoReader:
    """Reads projects of nanoPrintX."""

    name = "nano"
    formats = ("nano",)
    suffixes = (".nano",)

    def recognises(self, path: Path) -> bool:
        """Whether a file is an archive with the main table of a project."""
        return is_nano(path)

    def open(self, paths: Sequence[Path]) -> list[LayerFile]:
        """The layer of each file, or all layers where they were put together."""
        return [layer for path in paths for layer in _layers(path)]


READER = NanoReader()


def _layers(path: Path) -> list[LayerFile]:
    project = open_nano(path)
    tag = parse_assembly(project.solid.header)
    if tag is None:
        return [NanoLayer(project)]
    return [
        NanoPart(project, layer) for layer in layers_of_print(path, "nano", tag, lambda: ProjectMesh(project))
    ]
