"""The page of results."""

from __future__ import annotations

import datetime
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks.roundtrips.worker import REPEATED, Tally

_PACKAGES = ("fabdesign", "numpy", "pillow", "numpy-stl")
_COLUMNS = (
    "files",
    "reliefs",
    "designs",
    "pixels",
    "touching",
    "unequal",
    "compensated",
    "twice",
    "failed",
    "CPU s",
)
_HEAD = """# Round trips

    python -m benchmarks.roundtrips --reliefs {reliefs} --together {together} --seed {seed} \\
        --page docs/benchmarks/roundtrips.md

Generated designs of one to three layers are written in every kind of file and read back by `check`. Layers
have any size up to 24 × 24 pixels (12 × 12 where layers are put together), 2 to 16 levels with equal or
unequal steps, and are random, smooth, chequered (so that pixels touch along edges), sparse or flat. The
options of the formats vary with them: codings, tones, meshes, contacts, hatching, inverted grey. One design
in four is compensated for shrinkage, and edge bias where the format can hold it; one in {repeated} is
written twice.

A relief comes back when each of its pixels has the level of the design, the design is unchanged, `check` has
nothing to say against the file, and bytes written twice are equal.

{date}, {versions}, {system}.

*Touching*: designs with pixels that touch along an edge alone. *Unequal*: designs with unequal steps.

| {columns} |
| --- | {dashes} |
"""


def write_page(path: Path, tallies: Sequence[Tally], *, reliefs: int, together: int, seed: int) -> None:
    """Write what came of all round trips as a page."""
    head = _HEAD.format(
        reliefs=reliefs,
        together=together,
        seed=seed,
        repeated=REPEATED,
        date=datetime.datetime.now(tz=datetime.UTC).date(),
        versions=", ".join(f"{name} {version(name)}" for name in _PACKAGES),
        columns=" | ".join(_COLUMNS),
        dashes=" | ".join(["---:"] * (len(_COLUMNS) - 1)),
        system=f"Python {platform.python_version()}, {platform.system()}",
    )
    rows = "".join(map(_row, tallies))
    total, failed = sum(tally.reliefs for tally in tallies), sum(len(tally.failures) for tally in tallies)
    path.write_text(f"{head}{rows}\n{total:,} reliefs, {failed} failures.\n", encoding="utf-8")


def _row(tally: Tally) -> str:
    counts = (tally.reliefs, tally.cases, tally.pixels, tally.contacts, tally.uneven, tally.compensated)
    cells = [*(f"{count:,}" for count in counts), str(tally.repeated), str(len(tally.failures))]
    return f"| {tally.name} | {' | '.join(cells)} | {tally.cpu_s:.0f} |\n"
