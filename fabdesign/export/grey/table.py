"""The level table of a grey export as CSV: what each level becomes, and how far that is off."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from fabdesign.formats.raster import RasterLevel, RasterRecord


def levels_csv(records: Sequence[RasterRecord], names: Sequence[str]) -> bytes:
    """One line for each used level of each layer, below a line of titles.

    Args:
        records: one for each layer.
        names: file of each layer.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("file", "layer", *RasterLevel.model_fields))
    for record, name in zip(records, names, strict=True):
        for level in record.levels:
            writer.writerow((name, record.layer, *map(cell, level.model_dump().values())))
    return text.getvalue().encode("ascii")


def cell(value: Any) -> str:
    """A value as text; empty where there is none.

    >>> cell(None), cell(0.1), cell(3)
    ('', '0.1', '3')
    """
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else str(value)
