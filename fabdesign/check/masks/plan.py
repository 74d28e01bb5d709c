"""How masks make heights, by the layer table beside a file, or by the notes inside it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fabdesign.check.header import HASH_DIGITS, HeaderTag
from fabdesign.errors import FileFormatError
from fabdesign.formats.drawing import Note

_DESIGN = re.compile(r"fabdesign ([0-9a-f]{64}) layer (\d{2,3})/(\d{2,3})\Z")
_CODING = re.compile(r"([a-z-]{3,20}) coding, (etch|add) tone, (\d{1,3}) levels, ")
_MASK = re.compile(r"([ML]\d{1,3}) on layer (\d{1,5})/0(?:, (\d{1,7}(?:\.\d{1,9})?) nm (?:etched|added))?\Z")
_CODINGS = ("binary", "staircase", "one-per-level", "gray")
_TONES = {"loses material": "etch", "gains material": "add"}
_COLUMNS = ("file", "gds_layer", "mask", "coding", "drawn", "target_depth_nm")
_MOST_MASKS = 256
_MOST_BYTES = 1 << 22
_SAME = 1e-5


@dataclass(frozen=True)
class PlannedMask:
    """One mask: name, layer in the file, and the depth it etches or adds; None where depths don't add."""

    name: str
    layer: int
    depth_um: float | None


@dataclass(frozen=True)
class MaskPlan:
    """How the masks of a file make heights.

    Args:
        coding: "binary", "staircase", "one-per-level" or "gray".
        tone: "etch" where drawn pixels lose material, "add" where they gain it.
        masks: in the order of their weights.
        source: where it was read.
        rounding_um: how far its depths can be off.
    """

    coding: str
    tone: str
    masks: tuple[PlannedMask, ...]
    source: str
    rounding_um: float

    @property
    def top_um(self) -> float:
        """The highest level above the lowest."""
        depths = [mask.depth_um or 0.0 for mask in self.masks]
        return max(depths, default=0.0) if self.coding == "one-per-level" else sum(depths)

    def agrees(self, other: MaskPlan) -> bool:
        """Whether another says the same, but for the rounding of depths."""
        if (self.coding, self.tone) != (other.coding, other.tone):
            return False
        mine, theirs = ({mask.layer: mask.depth_um or 0.0 for mask in plan.masks} for plan in (self, other))
        return mine.keys() == theirs.keys() and all(
            abs(depth - theirs[layer]) <= _SAME * (depth + 1e-3) for layer, depth in mine.items()
        )


def tag_of_notes(notes: Iterable[Note]) -> HeaderTag | None:
    """Design and layer by the notes of a file."""
    for note in notes:
        found = _DESIGN.match(note.text)
        if found and int(found[2]) < int(found[3]):
            return HeaderTag(found[1][:HASH_DIGITS], int(found[2]), int(found[3]))
    return None


def plan_of_notes(notes: Sequence[Note]) -> MaskPlan | None:
    """The plan by the notes of a file; None where they do not say it."""
    coding = next((found for note in notes if (found := _CODING.match(note.text))), None)
    lines = [match for note in notes if (match := _MASK.match(note.text))]
    if coding is None or coding[1] not in _CODINGS or not 1 <= len(lines) <= _MOST_MASKS:
        return None
    masks = tuple(PlannedMask(m[1], int(m[2]), float(m[3]) / 1e3 if m[3] else None) for m in lines)
    total_um = sum(mask.depth_um or 0.0 for mask in masks)
    return _checked(coding[1], coding[2], masks, "the notes in the file", _SAME * total_um)


def plan_of_table(table: Path, file: str) -> MaskPlan | None:
    """The plan of a file by a layer table; None where the table does not list the file.

    Args:
        table: the CSV.
        file: name of the file that holds the masks.

    Raises:
        FileFormatError: the table is damaged.
    """
    rows = [row for row in _rows(table) if row["file"] == file]
    if not rows:
        return None
    codings, tones = {row["coding"] for row in rows}, {row["drawn"] for row in rows}
    try:
        [coding], [tone] = codings, [_TONES[drawn] for drawn in tones]
        masks = tuple(_mask(row) for row in rows[: _MOST_MASKS + 1])
    except (KeyError, ValueError) as error:
        raise _damaged(table, "a row of it makes no sense") from error
    plan = _checked(coding, tone, masks, table.name, 1e-8)
    if plan is None:
        raise _damaged(table, "its masks make no set")
    return plan


def _mask(row: dict[str, str]) -> PlannedMask:
    depth = row["target_depth_nm"]
    return PlannedMask(row["mask"], int(row["gds_layer"]), float(depth) / 1e3 if depth else None)


def _checked(
    coding: str, tone: str, masks: tuple[PlannedMask, ...], source: str, rounding_um: float
) -> MaskPlan | None:
    """The plan, if its layers differ and every mask has the depth that its coding needs."""
    depths = [mask.depth_um for mask in masks]
    known = coding in _CODINGS and 1 <= len(masks) <= _MOST_MASKS
    if not known or len({mask.layer for mask in masks}) < len(masks):
        return None
    if coding == "gray":
        return MaskPlan(coding, tone, masks, source, rounding_um) if len(masks) < 9 else None
    if any(depth is None or not 0 <= depth < 1e4 for depth in depths):
        return None
    return MaskPlan(coding, tone, masks, source, rounding_um)


def _rows(table: Path) -> list[dict[str, str]]:
    try:
        with table.open("rb") as stream:
            text = stream.read(_MOST_BYTES + 1)
        lines = text.decode("ascii").splitlines()
    except OSError as error:
        raise FileFormatError(f"{table} cannot be read: {error.strerror}.", hint="Check the path.") from error
    except UnicodeDecodeError as error:
        raise _damaged(table, "it is not ASCII") from error
    if len(text) > _MOST_BYTES:
        raise _damaged(table, f"it has more than {_MOST_BYTES} bytes")
    try:
        rows = list(csv.DictReader(lines, strict=True))
    except csv.Error as error:
        raise _damaged(table, str(error)) from error
    if any(row.get(column) is None for row in rows for column in _COLUMNS):
        raise _damaged(table, f"each row must have {', '.join(_COLUMNS)}")
    return rows


def _damaged(table: Path, why: str) -> FileFormatError:
    return FileFormatError(f"{table} is no layer table of masks: {why}.", hint="Export the design again.")
