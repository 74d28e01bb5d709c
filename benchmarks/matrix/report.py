"""The page with the matrix's tables, figures and verdicts, from whatever is measured so far."""

from __future__ import annotations

import math
import platform
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.matrix.choose import chosen_settings
from fabdesign.config import Sweep, SweepTask
from fabdesign.design.metrics import METRICS
from fabdesign.formats.atomic import write_text_atomic
from fabdesign.training.sweep import Summary, summarise
from fabdesign.training.sweep.markdown import spread_text
from fabdesign.training.sweep.table import Spread

PAPER = ("PQ", "STE", "GS", "PSQ", "PSQ-LT")
OURS, FREE = "ours", "full-precision"
TEXT = """# Quantisation methods compared

Every method is trained here: the five of the QuATON paper as the paper has them (PQ, STE, GS, PSQ, PSQ-LT),
on its linear range of phases; tuned variants of the same ideas; and `transmission`, the default (`ours`).
Budget, data, order of the examples and seeds are the same for all. No number of the paper is used.

Square pixels of 1.5 µm, 785 nm, thin layers, 2 samples a pixel in training and in scoring, scores on test
data. `digits`: three layers of 32×32, 6,000 training and 1,000 test digits, 6 epochs. `cells`: seven layers
of 40×40, 800 and 200 generated fields of red blood cells, 8 epochs; a phase of π is to show as a third of the
source's brightness, for coarse levels scatter light that is then missing. Both have evenly spaced levels.
`fashion` is `digits` with Fashion-MNIST, and `unseen` is `digits` with the six uneven levels of a process
over 1.3 π; no setting was chosen on either. The paper's methods cannot train for such levels: there they are
left out.

{chosen}

`ours` had more of it: its last temperature (5 when the above was chosen, 2.5 in these trainings) and its
brightening were compared on held-out data of `digits` and `cells` too; schedules of the others were not.

**{done} of {total} trainings are done**; {planned} seeds are planned for each cell. {state}

{tables}
{verdict}
{figures}
{seconds:.0f} s of CPU for these trainings, {each:.0f} s each. {date}, {versions}.

Repeat it with `python -m benchmarks.matrix`, which goes on with what is missing in `matrix.json`;
`python -m benchmarks.matrix --settings` chooses settings before.
"""


def write_report(
    sweep: Sweep,
    results: Sequence[Mapping[str, Any]],
    *,
    total: int,
    work: Path,
    report: Path,
    chosen: Path,
) -> None:
    """Write ``matrix.md`` and copy its figures beside it.

    Args:
        sweep: what is compared.
        results: records of the trainings that are done.
        total: how many there are to be.
        work: where the figures lie.
        report: folder of the page.
        chosen: the file of the chosen settings.
    """
    whole = _done(sweep, results) == total
    figures = _figures(work, report) if whole else "Figures come when all of them are done.\n"
    text = page(sweep, results, total, settings_text(chosen)).replace("{figures}", figures)
    write_text_atomic(report / "matrix.md", text)


def page(sweep: Sweep, results: Sequence[Mapping[str, Any]], total: int, chosen: str) -> str:
    """Return the page, with ``{figures}`` where the figures go."""
    summary = summarise(results, OURS)
    planned = len(sweep.seeds)
    versions = next((r["environment"] for r in results if "environment" in r), {})
    seconds = sum(r.get("cpu_seconds", 0.0) for r in results)
    done = _done(sweep, results)
    open_cells = "Cells say where a seed is missing; a mean of fewer seeds is a lead, not a result."
    return TEXT.format(
        chosen=chosen,
        done=done,
        total=total,
        planned=planned,
        state=_more(len(results) - done) if done == total else open_cells,
        tables="\n".join(_table(sweep, task, summary, planned) for task in sweep.task),
        verdict=_verdicts(sweep, summary, planned),
        figures="{figures}",
        seconds=seconds,
        each=seconds / max(1, len(results)),
        date=_dates(results),
        versions=f"torch {versions.get('torch')}, Python {versions.get('python')}, {platform.machine()}",
    )


def _done(sweep: Sweep, results: Sequence[Mapping[str, Any]]) -> int:
    return sum(result["seed"] in sweep.seeds for result in results)


def _more(count: int) -> str:
    return f"{count} more have other seeds, where a method is within a point of ours." if count else ""


def _dates(results: Sequence[Mapping[str, Any]]) -> str:
    days = sorted({r["date"] for r in results if "date" in r})
    return " to ".join(dict.fromkeys((days[0], days[-1]))) if days else "Nothing yet"


def settings_text(chosen: Path) -> str:
    """Say which settings the methods were trained with, those of one value together."""
    if not chosen.is_file():
        return "All methods at their projects' settings: none was chosen for any of them yet."
    lines = [
        f"- `{task}`: " + "; ".join(f"{key} " + _by_value(by_method, key) for key in _keys(by_method))
        for task, by_method in chosen_settings(Path(__file__).parent, chosen).items()
    ]
    return "\n".join(["Chosen on held-out training data with a seed of its own:", "", *lines])


def _keys(by_method: Mapping[str, Mapping[str, float]]) -> list[str]:
    return list(dict.fromkeys(key for settings in by_method.values() for key in settings))


def _by_value(by_method: Mapping[str, Mapping[str, float]], key: str) -> str:
    values = sorted({settings[key] for settings in by_method.values() if key in settings})
    told = [
        f"{value:g} ({', '.join(label for label, each in by_method.items() if each.get(key) == value)})"
        for value in values
    ]
    return " or ".join(told)


def cell_text(spread: Spread | None, share: bool, planned: int) -> str:
    """Write a cell of the table, and what it lacks.

    >>> cell_text(None, True, 3), cell_text(Spread(2, 0.9, 0.01), True, 3)
    ('not run', '90.00 ± 1.00 (2 of 3 seeds)')
    """
    if spread is None:
        return "not run"
    text = spread_text(spread, share)
    if spread.count > planned:
        return f"{text} ({spread.count} seeds)"
    return text if spread.count in (1, planned) else f"{text} ({spread.count} of {planned} seeds)"


def _table(sweep: Sweep, task: SweepTask, summary: Summary, planned: int) -> str:
    columns = list(task.levels or sweep.levels)
    name = summary.metric.get(task.label)
    share = name is None or METRICS[name].unit == "share"
    score = "" if name is None else f"{METRICS[name].label}{' in %' if share else ''}, "
    told = f"{score}mean ± standard deviation over the seeds.\n"
    lines = [
        f"## {task.label}\n",
        told[0].upper() + told[1:],
        "| method | " + " | ".join(f"{levels} levels" for levels in columns) + " |",
        "| --- |" + " --- |" * len(columns),
    ]
    for method in sweep.method:
        if method.tasks is None or task.label in method.tasks:
            found = [summary.scores.get((task.label, method.label, levels)) for levels in columns]
            cells = " | ".join(cell_text(one, share, planned) for one in found)
            lines.append(f"| {method.label} | {cells} |")
    return "\n".join(lines) + "\n"


def _verdicts(sweep: Sweep, summary: Summary, planned: int) -> str:
    lines = [
        "## Ours against the others\n",
        "Differences at equal seeds, in points of accuracy (%) or of SSIM; plus means that ours is better.\n",
        "| task | levels | best of the paper's | best other | full precision |",
        "| --- | --- | --- | --- | --- |",
    ]
    for task in sweep.task:
        share = METRICS[summary.metric[task.label]].unit == "share" if task.label in summary.metric else True
        for levels in task.levels or sweep.levels:
            gaps = {
                label: summary.differences.get((task.label, label, levels)) for label in _others(sweep, task)
            }
            others = {label: gap for label, gap in gaps.items() if label != FREE}
            paper = {label: gap for label, gap in others.items() if label in PAPER}
            told = (_best(paper, share, planned), _best(others, share, planned))
            free = _best({FREE: gaps.get(FREE)}, share, planned, named=False)
            lines.append(f"| {task.label} | {levels} | {told[0]} | {told[1]} | {free} |")
    return "\n".join(lines) + "\n"


def _others(sweep: Sweep, task: SweepTask) -> list[str]:
    """The methods that a task is trained with, but for ours."""
    methods = [method for method in sweep.method if method.tasks is None or task.label in method.tasks]
    return [method.label for method in methods if method.label != OURS]


def _best(gaps: Mapping[str, Spread | None], share: bool, planned: int, *, named: bool = True) -> str:
    """The strongest of some methods, and how far ours is before it; some may not have run yet."""
    known = {label: gap for label, gap in gaps.items() if gap is not None}
    if not gaps:
        return "cannot train for these levels"
    if not known:
        return "not run"
    label, gap = max(known.items(), key=lambda item: item[1].mean)
    lead = Spread(gap.count, -gap.mean, gap.deviation)
    text = spread_text(lead, share, sign=True)
    if not math.isnan(gap.deviation) and gap.count != planned:
        text += f" ({gap.count} of {planned} seeds)" if gap.count < planned else f" ({gap.count} seeds)"
    missing = len(gaps) - len(known)
    return (f"{label} " if named else "") + text + (f"; {missing} not run" if missing else "")


def _figures(work: Path, report: Path) -> str:
    pictures = report / "matrix"
    pictures.mkdir(parents=True, exist_ok=True)
    shown = []
    for path in sorted(work.glob("*.png")):
        shutil.copyfile(path, pictures / path.name)
        shown.append(f"![{path.stem.replace('-', ' ')}](matrix/{path.name})\n")
    return "\n".join(shown)
