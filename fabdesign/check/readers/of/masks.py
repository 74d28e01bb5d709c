"""GDSII and OASIS mask sets: one file per optical layer, with a layer table beside it and notes inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fabdesign.check.circuit.tag import is_chip
from fabdesign.check.compensation import find_record
from fabdesign.check.finding import Finding, error
from fabdesign.check.header import HeaderTag
from fabdesign.check.masks import MaskPlan, plan_of_notes, plan_of_table, read_masks
from fabdesign.check.masks.plan import tag_of_notes
from fabdesign.check.readers.reading import LayerFile, PlainReading
from fabdesign.check.readers.sides import head_of
from fabdesign.design import Design
from fabdesign.errors import FileFormatError
from fabdesign.formats.drawing import Contents
from fabdesign.formats.gdsii_read import read_gdsii
from fabdesign.formats.oasis import MAGIC
from fabdesign.formats.oasis_read import read_oasis

_GDSII = b"\0\6\0\2"
_HEAD = 4096
_TITLE = b"file,optical_layer,"


@dataclass(frozen=True)
class MaskLayer:
    """A mask file with the table that describes it; shapes are read when they are needed."""

    path: Path
    format: str
    table: Path | None
    tag: HeaderTag | None
    title: str

    @property
    def paths(self) -> tuple[Path, ...]:
        """The file, and its table."""
        return (self.path,) if self.table is None else (self.path, self.table)

    def read(self, design: Design, layer: int) -> PlainReading:
        """Decode the masks on the design's pixels."""
        contents = _contents(self.path, self.format)
        noted = plan_of_notes(contents.notes)
        plan = noted if self.table is None else plan_of_table(self.table, self.path.name)
        if plan is None:
            raise FileFormatError(
                f"{self.path} does not say how its masks make heights: there is no layer table beside it, "
                "and it holds no notes.",
                hint="Put its …-layers.csv beside it; a drawing by grey level needs its .json.",
            )
        record = find_record(self.path)
        read = read_masks(
            contents,
            plan,
            design,
            layer,
            format=self.format,
            paths=self.paths,
            edge_shift_um=0.0 if record is None else record.edge_shift_um,
        )
        if noted is None or noted.agrees(plan):
            return read
        return replace(read, findings=(*read.findings, _contradiction(self, plan, noted)))


class MaskReader:
    """Reads mask sets."""

    name = "masks"
    formats = ("gds", "oasis")
    suffixes = (".gds", ".oas")

    def recognises(self, path: Path) -> bool:
        """Whether a file begins as GDSII or OASIS does, and is no drawing by grey level."""
        head = head_of(path, len(MAGIC))
        return head == MAGIC or (head.startswith(_GDSII) and not _is_grey(path))

    def open(self, paths: Sequence[Path]) -> list[LayerFile]:
        """Each file as a layer."""
        return [_open(path) for path in paths]


READER = MaskReader()


def _open(path: Path) -> MaskLayer:
    format = "oasis" if head_of(path, len(MAGIC)) == MAGIC or path.suffix.lower() == ".oas" else "gds"
    contents = _contents(path, format)
    if is_chip(contents):
        raise FileFormatError(
            f"{path} is the mask of a mesh, not of a diffractive layer.",
            hint="Check it with `fabdesign check`, or `fabdesign.check.check_chips`.",
        )
    return MaskLayer(path, format, _table_of(path), tag_of_notes(contents.notes), contents.library)


def _contents(path: Path, format: str) -> Contents:
    return read_oasis(path) if format == "oasis" else read_gdsii(path)


def _is_grey(path: Path) -> bool:
    return b'"fabdesign-raster ' in head_of(path.with_name(f"{path.name}.json"), _HEAD)


def _table_of(path: Path) -> Path | None:
    """The layer table in the same folder that lists a file."""
    tables = (
        table for table in sorted(path.parent.glob("*.csv")) if head_of(table, _HEAD).startswith(_TITLE)
    )
    return next((table for table in tables if plan_of_table(table, path.name) is not None), None)


def _contradiction(file: MaskLayer, plan: MaskPlan, noted: MaskPlan) -> Finding:
    return error(
        "masks.table",
        f"{plan.source} says {plan.coding} coding and {plan.tone} tone; the notes in the file say "
        f"{noted.coding} and {noted.tone}, or other depths.",
        file=str(file.path),
        hint="The table belongs to another export, or was changed. Export the design again.",
    )
