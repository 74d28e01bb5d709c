"""The few numbers that decide, and whose they are."""

from __future__ import annotations

from collections.abc import Iterator

from fabdesign.check import Severity
from fabdesign.report.blocks import Block, Cell, Section, Text, Tiles, Tone
from fabdesign.report.results import Results
from fabdesign.report.subject import Subject

_ENOUGH = 0.9
"""A yield from here on is shown as good, one below a half as bad."""


def glance(subject: Subject) -> Section:
    """Verdict, findings, score, worst margin and yield."""
    blocks: list[Block] = [Tiles(list(_tiles(subject)))]
    blocks += [Text(sentence, tone) for sentence, tone in _reservations(subject)]
    return Section("glance", "At a glance", blocks)


def _tiles(subject: Subject) -> Iterator[tuple[str, Cell]]:
    checked = subject.checked
    tones: dict[str, Tone] = {"FAILED": "bad", "verified": "good"}
    yield "verdict of the check", Cell(checked.verdict, tone=tones.get(checked.verdict, ""))
    errors, warnings = checked.count(Severity.ERROR), checked.count(Severity.WARNING)
    tone: Tone = "bad" if errors else "doubtful" if warnings else "good"
    yield "findings", Cell(f"{_many(errors, 'error')}, {_many(warnings, 'warning')}", tone=tone)
    yield from _score(subject)
    if subject.results is not None:
        yield from _tolerances(subject, subject.results)


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _score(subject: Subject) -> Iterator[tuple[str, Cell]]:
    from_files = subject.checked.scores.get("file", {}).get(subject.metric)
    stored = subject.design.scores.get("quantised", {}).get(subject.metric)
    from fabdesign.design.metrics import METRICS  # noqa: PLC0415  (a name used here alone)

    label = METRICS[subject.metric].label
    if from_files is not None:
        yield f"{label} from the files", Cell(subject.score(from_files))
    elif stored is not None:
        yield f"{label} of the design", Cell(subject.score(stored))


def _tolerances(subject: Subject, results: Results) -> Iterator[tuple[str, Cell]]:
    known = [row for row in results.inverse if row.margin is not None]
    if known:
        worst = known[0]
        tone: Tone = "bad" if (worst.margin or 0) < 1 else "good"
        yield "smallest margin", Cell(f"{worst.margin:.2g} ({worst.name})", tone=tone)
    if results.monte_carlo is not None:
        found = results.monte_carlo.assembled.yield_at_spec
        tone = "good" if found.low >= _ENOUGH else "bad" if found.high < 1 / 2 else "doubtful"
        spec = subject.score(results.monte_carlo.spec, results.metric)
        yield f"yield at {spec}", Cell(f"{found.share:.0%} ({found.low:.0%} to {found.high:.0%})", tone=tone)


def _reservations(subject: Subject) -> Iterator[tuple[str, Tone]]:
    """What a reader must know before believing any of it."""
    if not subject.model.holds:
        yield (
            f"The {subject.model.name} model of the layers does not hold here: no optical number on this "
            "page is proved for the printed part.",
            "bad",
        )
    if not subject.checked.layers:
        yield "No exported file was read: this page is about the design alone.", "doubtful"
    if subject.profile is None:
        yield "The process is not known: no rule was checked and no error has a size.", "doubtful"
        return
    numbers = subject.profile.numbers().values()
    assumed = sum(number.mark == "assumed" for number in numbers)
    if assumed:
        yield (
            f"{assumed} of the {len(numbers)} numbers of the process {subject.profile.name} are only "
            "assumed. Confirm them with the facility before believing limits, margins and yields.",
            "doubtful",
        )
