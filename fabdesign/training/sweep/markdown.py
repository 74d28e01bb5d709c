"""The tables of a sweep as Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from fabdesign.config import Sweep
from fabdesign.design.metrics import METRICS
from fabdesign.training.sweep.cells import levels_of
from fabdesign.training.sweep.table import Key, Spread, Summary


def tables(sweep: Sweep, summary: Summary) -> str:
    """Return a table of scores for each task, one of differences, and a list of failures.

    Args:
        sweep: what was compared.
        summary: what it has shown.
    """
    parts = [f"# {sweep.name}\n"]
    for task in sweep.task:
        if task.label not in summary.metric:
            continue
        metric = METRICS[summary.metric[task.label]]
        head = f"{metric.label}" + (" in %" if metric.unit == "share" else "")
        columns = levels_of(sweep, task)
        labels = [method.label for method in sweep.method]
        parts.append(
            f"## {task.label}\n\n{head[0].upper()}{head[1:]}: mean ± standard deviation over seeds.\n"
        )
        parts.append(_table(task.label, labels, columns, summary.scores, metric.unit == "share"))
        if any(key[0] == task.label for key in summary.differences):
            parts.append(
                f"Difference to `{summary.reference}` at equal seeds"
                f"{' in percentage points' if metric.unit == 'share' else ''}.\n"
            )
            parts.append(
                _table(task.label, labels, columns, summary.differences, metric.unit == "share", sign=True)
            )
    parts += _failures(summary)
    return "\n".join(parts)


def _table(
    task: str,
    labels: list[str],
    columns: list[int],
    found: Mapping[Key, Spread],
    share: bool,
    *,
    sign: bool = False,
) -> str:
    lines = [
        "| method | " + " | ".join(f"{levels} levels" for levels in columns) + " |",
        "| --- |" + " --- |" * len(columns),
    ]
    for label in labels:
        cells = [found.get((task, label, levels)) for levels in columns]
        if any(cells):
            lines.append(
                f"| {label} | " + " | ".join(spread_text(cell, share, sign) for cell in cells) + " |"
            )
    return "\n".join(lines) + "\n"


def spread_text(spread: Spread | None, share: bool, sign: bool = False) -> str:
    """Write mean ± deviation, with the number of seeds where it is less than two.

    >>> spread_text(Spread(3, 0.9012, 0.004), True), spread_text(Spread(1, 0.5, float("nan")), False)
    ('90.12 ± 0.40', '0.5000 (1 seed)')
    """
    if spread is None:
        return ""
    scale, digits = (100, 2) if share else (1, 4)
    mean = f"{scale * spread.mean:{'+' if sign else ''}.{digits}f}"
    if math.isnan(spread.deviation):
        return f"{mean} (1 seed)"
    return f"{mean} ± {scale * spread.deviation:.{digits}f}"


def _failures(summary: Summary) -> Iterator[str]:
    if summary.failures:
        yield "## Without a score\n"
        lines = [
            f"- {task}, {method}, {levels} levels, seed {seed}: {reason}"
            for task, method, levels, seed, reason in summary.failures
        ]
        yield "\n".join(lines) + "\n"
