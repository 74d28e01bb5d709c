"""What errors do: the score after each stage, each error alone, and how much of it is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from fabdesign.check.tolerance import Allowance, Sensitivity
from fabdesign.design.metrics import METRICS
from fabdesign.plot import draw_sensitivities
from fabdesign.report.blocks import Cell, Section, Table, Tone, micro, number, text
from fabdesign.report.pictures import chart
from fabdesign.report.results import Results
from fabdesign.report.subject import Subject

_MARKS = ("trial", "assumed", "user", "literature", "vendor", "measured")
_SHOWN = 15


def stages(subject: Subject, results: Results) -> Section:
    """The score from the trained phase to the file."""
    rows = [
        [
            text(stage.name),
            Cell(subject.score(stage.metric, results.metric), stage.metric),
            number(stage.change, "+.4f"),
            text(stage.title),
        ]
        for stage in results.attribution
    ]
    head = ("stage", METRICS[results.metric].label, "change", "what it is")
    return Section(
        "stages",
        "Where the score goes",
        [Table("Score after each stage", head, rows, wide=("what it is",))],
        "The same examples, simulated after each step from the trained phase to the file.",
    )


def sensitivity(subject: Subject, results: Results) -> Section:
    """Each error alone at plus and minus its size, the worst first."""
    nominal = results.nominal[results.metric]
    head = (
        "error",
        "element",
        "size",
        "mark",
        "at − size",
        "at + size",
        "change",
        "2nd order",
        "phase (rad)",
    )
    table = Table("Score with one error, the worst first", head, [_alone(row) for row in results.sensitivity])
    shown = [{**asdict(row), "unit": micro(row.unit)} for row in results.sensitivity[:_SHOWN]]
    figure = draw_sensitivities(shown, nominal, METRICS[results.metric].label)
    alt = f"Bars of the score with each error at plus and minus its size, beside the nominal {nominal:.4g}."
    lead = (
        f"Everything else as designed ({subject.score(nominal, results.metric)}). The size is one standard "
        "deviation, or the half range. The phase is the random phase noise of one layer that would disturb "
        "the light as much. A trial step is no statement on the process."
    )
    caption = f"The worst {len(shown)} of {len(results.sensitivity)}."
    return Section("sensitivity", "Each error alone", [table, chart(figure, alt, caption)], lead)


def _alone(row: Sensitivity) -> list[Cell]:
    tone: Tone = "bad" if row.change < 0 else ""
    return [
        text(row.name),
        text(row.element),
        Cell(f"{row.amount:g} {micro(row.unit)}", row.amount),
        mark(row.mark),
        number(row.minus, ".4f"),
        number(row.plus, ".4f"),
        number(row.change, "+.4f", tone),
        number(row.curvature, ".3g"),
        Cell("all", float("inf")) if row.phase_rad == float("inf") else number(row.phase_rad, ".3f"),
    ]


def allowed(results: Results) -> Section:
    """How far each error may go, against what the process holds."""
    head = ("error", "element", "−", "+", "unit", "process holds", "mark", "margin")
    table = Table(
        "Allowed errors, the smallest margin first", head, [_allowed(row) for row in results.inverse]
    )
    lead = (
        "The value at which the score falls by the allowed loss (2 points, or 2 % of a score in dB or rad, "
        "unless the run was told otherwise), everything else as designed. Margin = allowed / what the "
        "process holds: below 1, one standard deviation of this error alone is too much."
    )
    return Section("allowed", "What is allowed", [table], lead)


def _allowed(row: Allowance) -> list[Cell]:
    margin = number(row.margin, ".2g")
    if row.margin is not None and row.margin < 1:
        margin = Cell(margin.text, row.margin, "bad")
    return [
        text(row.name),
        text(row.element),
        Cell("–", float("inf")) if row.minus is None else _limit(row.minus, row.minus_bounded),
        _limit(row.plus, row.plus_bounded),
        text(micro(row.unit)),
        number(row.capable, "g", missing="not known"),
        mark(row.mark),
        margin,
    ]


def _limit(value: float, bounded: bool) -> Cell:
    return Cell(f"{value:.3g}" if bounded else f"> {value:.3g}", value)


def mark(name: str) -> Cell:
    """How far a number can be trusted; the least trusted sort first."""
    place = _MARKS.index(name) if name in _MARKS else -1
    return Cell(name, place, "doubtful" if name == "assumed" else "")


def amounts(results: Results) -> Iterator[list[Cell]]:
    """Rows of the sizes of the errors with their sources, assumed ones first."""
    for term in results.terms:
        size = Cell(f"{term.amount:g} {micro(term.unit)}", term.amount)
        yield [text(term.name), size, mark(term.mark), text(term.distribution), text(term.source)]
