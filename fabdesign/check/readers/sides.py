"""Files that lie beside an export and hold no layer: tables, layer properties, records."""

from __future__ import annotations

from pathlib import Path

_HEAD = 512
_TITLES = (b"file,optical_layer,", b"layer,exposure,", b"file,layer,level,")
_PROPERTIES = b"<layer-properties>"
_RECORDS = (b'"fabdesign-raster ', b'"fabdesign compensation ')


def is_side_file(path: Path) -> bool:
    """Whether a file is a table, a set of layer properties or a record, by its first bytes."""
    head = head_of(path, _HEAD)
    return (
        head.startswith(_TITLES)
        or _PROPERTIES in head
        or (head[:1] == b"{" and any(record in head for record in _RECORDS))
    )


def head_of(path: Path, count: int) -> bytes:
    """The first bytes of a file; empty where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(count)
    except OSError:
        return b""
