"""3MF: one closed solid, its design and layer in the metadata of the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fabdesign.check.compare import design_base_um
from fabdesign.check.finding import warning
from fabdesign.check.header import HeaderTag
from fabdesign.check.readback import ReadBack, read_back_mesh
from fabdesign.check.readers.assembled import layers_of_print
from fabdesign.check.readers.reading import LayerFile
from fabdesign.check.threemf_file import UNITS_UM, assembly_of, is_3mf, open_3mf, read_3mf_metadata, tag_of
from fabdesign.design import Design


@dataclass(frozen=True)
class ThreeMfLayer:
    """A 3MF of which only the metadata were read."""

    path: Path
    metadata: Mapping[str, str]
    format: str = "3mf"

    @property
    def paths(self) -> tuple[Path, ...]:
        """The file."""
        return (self.path,)

    @property
    def tag(self) -> HeaderTag | None:
        """What the metadata say."""
        return tag_of(self.metadata)

    @property
    def title(self) -> str:
        """The title in the metadata."""
        return self.metadata.get("Title", "")

    def read(self, design: Design, layer: int) -> ReadBack:
        """Read the heights on the design's pixels."""
        file = open_3mf(self.path)
        read = read_back_mesh(file, design.pixels, design_base_um(design, layer))
        if file.unit == "micron":
            return read
        other = warning(
            "scale.unit",
            f"The file's unit is {file.unit}; fabdesign writes micron.",
            file=str(self.path),
            value=UNITS_UM[file.unit],
            limit=1.0,
            unit="um",
            hint="Another program has saved it, or its unit was changed. Export the design again.",
        )
        return replace(read, findings=(*read.findings, other))


class ThreeMfReader:
    """Reads 3MF."""

    name = "3mf"
    formats = ("3mf",)
    suffixes = (".3mf",)

    def recognises(self, path: Path) -> bool:
        """Whether a file is a package with relations."""
        return is_3mf(path)

    def open(self, paths: Sequence[Path]) -> list[LayerFile]:
        """Each file as a layer, or as all layers where they were put together."""
        return [layer for path in paths for layer in _layers(path)]


def _layers(path: Path) -> list[LayerFile]:
    metadata = read_3mf_metadata(path)
    tag = assembly_of(metadata)
    if tag is None:
        return [ThreeMfLayer(path, metadata)]
    return layers_of_print(path, "3mf", tag, lambda: open_3mf(path))


READER = ThreeMfReader()
