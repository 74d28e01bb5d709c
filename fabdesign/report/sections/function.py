"""What the device does with light: its scores, and pictures of its answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fabdesign.design.metrics import METRICS
from fabdesign.report.blocks import Block, Cell, Section, Table, Text, text
from fabdesign.report.subject import Subject

Scores = Mapping[str, Any]


def function(subject: Subject) -> Section:
    """Scores of files and design side by side, then the pictures of the task."""
    columns = dict(_columns(subject))
    blocks: list[Block] = [_table(columns)] if columns else [Text("The design has no optical task or score.")]
    blocks += [Text(sentence) for sentence in _compared(subject)]
    return Section("function", "What the device does", [*blocks, *subject.answers])


def _columns(subject: Subject) -> Iterator[tuple[str, Scores]]:
    checked, stored = subject.checked.scores, subject.design.scores
    if checked:
        yield "from the files", checked["file"]
        yield "design, now", checked["design"]
    if hard := stored.get("quantised"):
        yield "design, when made", hard
        if finer := hard.get("finer"):
            yield f"at {finer['samples_per_pixel']} samples a pixel", finer
    if free := stored.get("float"):
        yield "free phases (not printable)", free


def _table(columns: Mapping[str, Scores]) -> Table:
    names = [name for name in METRICS if any(name in scores for scores in columns.values())]
    rows = [
        [text(METRICS[name].label), *(_score(scores.get(name), name) for scores in columns.values())]
        for name in names
    ]
    settings = ("sample_count", "samples_per_pixel", "data", "model")
    for key in settings:
        if any(key in scores for scores in columns.values()):
            values = [scores.get(key, "thin" if key == "model" else "–") for scores in columns.values()]
            rows.append([text(key.replace("_", " ")), *map(text, values)])
    return Table("Scores", ("score", *columns), rows)


def _score(value: float | None, metric: str) -> Cell:
    return text("–") if value is None else Cell(METRICS[metric].text(value))


def _compared(subject: Subject) -> Iterator[str]:
    same = subject.checked.scores.get("predictions")
    if same:
        ties = f", {same['ties']} ties apart" if same["ties"] else ""
        yield f"{same['different']} of {same['count']} answers of the files differ from the design's{ties}."
