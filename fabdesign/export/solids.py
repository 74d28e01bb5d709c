"""What formats of solids share: one closed solid per layer, in a file of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from fabdesign.export.options import check_known, choice
from fabdesign.export.registry import Report
from fabdesign.formats.atomic import atomic_file
from fabdesign.relief import Relief

MESHES = ("merged", "pixels")
"""Values of the option "mesh": the fewest triangles that a closed mesh can have, or the quickest to make."""

WriteLayer = Callable[[Relief, int, IO[bytes], str], Report]
"""Writes one layer to a stream with one of `MESHES`, and reports what is in it."""


@dataclass(frozen=True)
class SolidExporter:
    """A format of which each file holds one layer as a solid.

    Args:
        name: of the format; also the suffix of its files.
        summary: for people.
        write_layer: writes one layer.
    """

    name: str
    summary: str
    write_layer: WriteLayer
    context: tuple[str, ...] = ()

    def check_options(self, options: Mapping[str, object]) -> None:
        """Refuse unknown or wrong options."""
        check_known(options, ("mesh",))
        choice(options, "mesh", MESHES)

    def paths(self, relief: Relief, folder: Path) -> tuple[Path, ...]:
        """The files that an export would write, in the order of the layers."""
        return tuple(folder / f"{relief.name}-layer{layer:02d}.{self.name}" for layer in range(relief.layers))

    def write(self, relief: Relief, paths: tuple[Path, ...], options: Mapping[str, object]) -> Report:
        """Write the files, all or none, and say what is in them."""
        mesh = choice(options, "mesh", MESHES)
        relief.require_base()
        with contextlib.ExitStack() as stack:
            layers = []
            for layer, path in enumerate(paths):
                stream = stack.enter_context(atomic_file(path, "w+b"))
                layers.append({"file": path.name, **self.write_layer(relief, layer, stream, mesh)})
        return {"format": self.name, "unit": "um", "layers": layers}
