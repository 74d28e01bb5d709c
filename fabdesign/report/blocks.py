"""What a section of a report is made of: plain values, which the template turns into HTML and escapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from fabdesign.units import format_length

_NUMERIC = tuple("0123456789+-−–>")
Tone = Literal["", "good", "bad", "doubtful"]
"""How a value is meant; shown by a colour and by a sign, never by the colour alone."""


@dataclass(frozen=True)
class Cell:
    """One value of a table or list.

    Args:
        text: what people read.
        sort: what the column is sorted by where that is not the text; ``inf`` sorts last.
        tone: how it is meant.
        share: length of a bar beside it, 0 to 1; none where None.
        code: whether it is for machines, such as a hash.
    """

    text: str
    sort: float | None = None
    tone: Tone = ""
    share: float | None = None
    code: bool = False


@dataclass(frozen=True)
class Facts:
    """Names and values below one another."""

    kind: ClassVar[str] = "facts"
    rows: Sequence[tuple[str, Cell]]


@dataclass(frozen=True)
class Table:
    """A table that readers can sort.

    Args:
        caption: what it holds; read out for those who do not see it.
        head: names of the columns.
        rows: cells.
        wide: columns of running text, which may be broken into lines.
    """

    kind: ClassVar[str] = "table"
    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    wide: Sequence[str] = ()

    def __post_init__(self) -> None:
        assert all(len(row) == len(self.head) for row in self.rows), (
            f"{self.caption}: a row fits not the head"
        )

    def is_number(self, column: int) -> bool:
        """Whether all values of a column are numbers or dashes, so that they stand at the right."""
        cells = [row[column] for row in self.rows]
        return bool(cells) and all(cell.sort is not None and cell.text[:1] in _NUMERIC for cell in cells)


@dataclass(frozen=True)
class Picture:
    """A picture inside the page.

    Args:
        data: data URI.
        alt: what it shows, for those who do not see it.
        caption: what stands below.
        width_px: width at which it is meant to be seen.
        look: a ``chart`` may be inverted on a dark page, a ``map`` keeps its colours.
    """

    kind: ClassVar[str] = "picture"
    data: str
    alt: str
    caption: str = ""
    width_px: int = 600
    look: Literal["chart", "map"] = "chart"


@dataclass(frozen=True)
class Gallery:
    """Several pictures side by side where there is room."""

    kind: ClassVar[str] = "gallery"
    pictures: Sequence[Picture]


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    kind: ClassVar[str] = "text"
    text: str
    tone: Tone = ""


@dataclass(frozen=True)
class Listing:
    """Text for machines as it is, folded up until it is asked for."""

    kind: ClassVar[str] = "listing"
    title: str
    text: str


@dataclass(frozen=True)
class Tiles:
    """The few values that matter most, each with its name."""

    kind: ClassVar[str] = "tiles"
    tiles: Sequence[tuple[str, Cell]]


@dataclass(frozen=True)
class Viewer:
    """The relief to turn around; ``scene`` is plain JSON for the script of the page."""

    kind: ClassVar[str] = "viewer"
    scene: Mapping[str, Any]


Block = Facts | Table | Picture | Gallery | Text | Listing | Tiles | Viewer


@dataclass(frozen=True)
class Section:
    """One section of a report.

    Args:
        id: its anchor.
        title: its heading.
        blocks: what it holds, from top to bottom.
        lead: one or two sentences on how to read it.
    """

    id: str
    title: str
    blocks: Sequence[Block] = field(default_factory=tuple)
    lead: str = ""


def text(value: object, tone: Tone = "") -> Cell:
    """A cell of words."""
    return Cell(str(value), tone=tone)


def number(value: float | None, form: str = ".4g", tone: Tone = "", missing: str = "–") -> Cell:
    """A cell of a number, sorted by its value; a dash where there is none.

    >>> number(0.12345).text, number(None).text
    ('0.1235', '–')
    """
    if value is None:
        return Cell(missing, float("inf"), tone)
    return Cell(f"{value:{form}}", float(value), tone)


def micro(unit: str) -> str:
    """A unit as it is printed.

    >>> micro("um")
    'µm'
    """
    return "µm" if unit == "um" else unit


def length(length_um: float) -> str:
    """A length as it is printed.

    >>> length(1.5), length(0.785)
    ('1.5 µm', '785 nm')
    """
    return format_length(length_um).replace(" um", " µm")


def code(value: str) -> Cell:
    """A cell for machines, such as a hash."""
    return Cell(value, code=True)
