"""Reading exported files of every format back into layers; a new format is one new file in ``of``."""

from fabdesign.check.readers.reading import LayerFile, LayerReading, PlainReading
from fabdesign.check.readers.registry import (
    Reader,
    can_read,
    find_reader,
    layers_by_format,
    open_files,
    readable_formats,
    readers,
)

__all__ = [
    "LayerFile",
    "LayerReading",
    "PlainReading",
    "Reader",
    "can_read",
    "find_reader",
    "layers_by_format",
    "open_files",
    "readable_formats",
    "readers",
]
