"""3MF: one mesh in a package of XML, written batch by batch, the same bytes for the same mesh.

After the 3MF Core Specification 1.3: https://github.com/3MFConsortium/spec_core.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import IO
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from numpy.typing import NDArray

from fabdesign.formats.archive import ArchiveWriter, EntryWriter

MODEL_PART = "3D/3dmodel.model"
CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
OURS = "urn:fabdesign"
"""XML namespace of metadata that is not among the names of the specification."""
MODEL_RELATION = "http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = f"""{_XML}<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>
</Types>
"""
_RELATIONS = f"""{_XML}<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rel0" Target="/{MODEL_PART}" Type="{MODEL_RELATION}"/>
</Relationships>
"""

_LEVEL = 4
"""Of zlib: twice as quick as 6 on meshes, and hardly larger."""
_ROWS_AT_ONCE = 1 << 16
_GROUP = 10_000
_DIGITS = np.array([f"{n:04d}" for n in range(_GROUP)] + [str(n) for n in range(_GROUP)], dtype="S4")
_DIGITS[_GROUP] = b""
"""Groups of four digits: with leading zeros, and after them without; the first of those is nothing."""

Texts = NDArray[np.bytes_]


def write_3mf(
    stream: IO[bytes],
    name: str,
    metadata: Mapping[str, str],
    vertices: Iterable[tuple[Texts, Texts, Texts]],
    triangles: Iterable[NDArray[np.int32]],
) -> None:
    """Write a mesh in micrometres as the one object of a 3MF package.

    Args:
        stream: where the package goes; seekable, open for writing from its start.
        name: of the object.
        metadata: values by name; a name beginning with ``fabdesign:`` is fabdesign's own.
        vertices: batches of coordinates x, y, z as text (`decimal_texts`).
        triangles: batches int [triangle, 3] of vertex numbers, counter-clockwise seen from outside.

    Raises:
        FileFormatError: the model is larger than a plain ZIP may hold.
    """
    with ArchiveWriter(stream) as archive:
        archive.add_bytes("[Content_Types].xml", _TYPES.encode())
        archive.add_bytes("_rels/.rels", _RELATIONS.encode())
        with archive.entry(MODEL_PART, level=_LEVEL) as model:
            model.write(_head(name, metadata).encode())
            for x, y, z in vertices:
                _write_rows(model, (b'<vertex x="', x, b'" y="', y, b'" z="', z, b'"/>\n'))
            model.write(b"</vertices>\n<triangles>\n")
            for corners in triangles:
                _write_triangles(model, corners)
            model.write(b"</triangles>\n</mesh></object></resources>\n")
            model.write(b'<build><item objectid="1"/></build>\n</model>\n')


def decimal_texts(values: NDArray[np.int64], places: int) -> Texts:
    """Whole numbers of a small unit as exact decimals, without needless digits.

    Args:
        values: multiples of 10 to the power of -places.
        places: digits behind the point, 1 or more.

    >>> decimal_texts(np.array([-2500, 30, 0]), 3).tolist()
    [b'-2.5', b'0.03', b'0']
    """
    return np.array([_decimal(int(value), places) for value in values], dtype=np.bytes_)


def _decimal(value: int, places: int) -> str:
    whole, part = divmod(abs(value), 10**places)
    text = f"{whole}.{part:0{places}d}".rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 else text


def _head(name: str, metadata: Mapping[str, str]) -> str:
    lines = [f"<metadata name={quoteattr(key)}>{escape(value)}</metadata>" for key, value in metadata.items()]
    return "\n".join(
        [
            f'{_XML}<model unit="micron" xml:lang="en-US" xmlns="{CORE}" xmlns:fabdesign="{OURS}">',
            *lines,
            f'<resources><object id="1" type="model" name={quoteattr(name)}><mesh>',
            "<vertices>\n",
        ]
    )


def _write_triangles(model: EntryWriter, corners: NDArray[np.int32]) -> None:
    for first in range(0, len(corners), _ROWS_AT_ONCE):
        v1, v2, v3 = (_digits(column) for column in corners[first : first + _ROWS_AT_ONCE].T)
        _write_rows(model, (b'<triangle v1="', v1, b'" v2="', v2, b'" v3="', v3, b'"/>\n'))


def _write_rows(model: EntryWriter, pieces: Sequence[bytes | Texts]) -> None:
    """Put constant and changing pieces of lines side by side; the zero bytes that fill up texts fall out."""
    texts = [piece for piece in pieces if not isinstance(piece, bytes)]
    fields = [
        (f"f{k}", f"S{len(piece)}") if isinstance(piece, bytes) else (f"f{k}", piece.dtype, piece.shape[1:])
        for k, piece in enumerate(pieces)
    ]
    rows = np.empty(len(texts[0]), dtype=fields)
    for k, piece in enumerate(pieces):
        rows[f"f{k}"] = piece
    model.write(rows.tobytes().translate(None, b"\0"))


def _digits(values: NDArray[np.int32]) -> Texts:
    """Whole numbers from 0 to 2³¹ − 1 in groups of four digits, S4 [number, group]."""
    groups = 1
    while int(values.max()) >= _GROUP**groups:
        groups += 1
    texts = np.empty((len(values), groups), dtype="S4")
    rest = values
    for group in reversed(range(groups)):
        rest, last = np.divmod(rest, np.int32(_GROUP))
        texts[:, group] = _DIGITS.take(last + _GROUP * (rest == 0))
    texts[values == 0, -1] = b"0"
    return texts
