"""The page with the matrix's tables and figures."""

from __future__ import annotations

import json
import platform
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fabdesign.config import Sweep
from fabdesign.training.sweep import summarise
from fabdesign.training.sweep.markdown import tables

TEXT = """# Quantisation methods compared

Every method is trained here: the five of the QuATON paper as the paper has them, on its linear range of
phases; tuned variants of the same ideas; and `transmission`, the default (`ours`). Budget, data, order of the
examples and seeds are the same for all. No number of the paper is used.

Layers of 40×40 square pixels of 1.5 µm, 785 nm, evenly spaced levels, thin layers, 2 samples a pixel in
training and in scoring. `digits`: three layers, 6,000 training and 1,000 test digits, 5 epochs. `cells`: four
layers, 800 and 200 generated fields of red blood cells, 16 epochs. {rates}

{tables}
{figures}
{seconds:.0f} s of CPU in all. {date}, {versions}.

Repeat it with `python -m benchmarks.matrix`; choose the settings with `--settings` before.
"""


def write_report(
    sweep: Sweep, results: Sequence[Mapping[str, Any]], work: Path, report: Path, chosen: Path
) -> None:
    """Write ``matrix.md`` and copy its figures beside it.

    Args:
        sweep: what was compared.
        results: records of all trainings.
        work: where the figures lie.
        report: folder of the page.
        chosen: the chosen learning rates.
    """
    summary = summarise(results, next((m.label for m in sweep.method if m.reference), None))
    pictures = report / "matrix"
    pictures.mkdir(parents=True, exist_ok=True)
    shown = []
    for path in sorted(work.glob("*.png")):
        shutil.copyfile(path, pictures / path.name)
        shown.append(f"![{path.stem.replace('-', ' ')}](matrix/{path.name})\n")
    versions = next((r["environment"] for r in results if "environment" in r), {})
    text = TEXT.format(
        rates=_rates(chosen),
        tables=tables(sweep, summary).split("\n", 1)[1],
        figures="\n".join(shown),
        seconds=sum(r.get("cpu_seconds", 0.0) for r in results),
        date=time.strftime("%Y-%m-%d"),
        versions=f"torch {versions.get('torch')}, Python {versions.get('python')}, {platform.machine()}",
    )
    (report / "matrix.md").write_text(text, encoding="utf-8")


def _rates(chosen: Path) -> str:
    if not chosen.is_file():
        return "All methods at the projects' learning rate of 0.05."
    rates = json.loads(chosen.read_text(encoding="utf-8"))
    told = [
        f"{task}: " + ", ".join(f"{label} {rate:g}" for label, rate in by_method.items())
        for task, by_method in rates.items()
    ]
    return "Learning rates, chosen on held-out training data: " + "; ".join(told) + "."
