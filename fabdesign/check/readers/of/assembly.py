"""STL of layers that were put together: all layers of a design in one file, which its header says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fabdesign.check.assembly import parse_assembly
from fabdesign.check.readers.assembled import layers_of_print
from fabdesign.check.readers.reading import LayerFile
from fabdesign.check.readers.sides import head_of
from fabdesign.check.stl_file import HEADER_BYTES, open_stl
from fabdesign.errors import FileFormatError


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
        return layers_of_print(path, "stl", tag, lambda: file)


READER = AssemblyReader()
