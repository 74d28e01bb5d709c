"""Running the tolerances of a design, and keeping results and figures in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from fabdesign_cli.console import say

if TYPE_CHECKING:
    from fabdesign.check.tolerance import Plan

PARTS = ("attribution", "sensitivity", "inverse", "monte-carlo")
"""As `fabdesign.check.tolerance.run.ALL_PARTS`, without the import."""
RESULTS_DIR = Path("tolerance")
"""Where results go, in a folder for each run or design."""
RESULTS_NAME = "tolerance.json"


def judge(plan: Plan, folder: Path, *, scheduler: str | None = None, **settings: Any) -> dict[str, Any]:
    """Judge a design as it will be printed, telling on stderr how far it is.

    Args:
        plan: design, process and what errs.
        folder: for results and figures; made if it does not exist.
        scheduler: address of a Dask cluster that scores the copies.
        settings: further arguments of `fabdesign.check.tolerance.tolerance`.

    Returns:
        The result as plain JSON values, without the single copies.
    """
    from fabdesign.check.tolerance import dask_work, tolerance
    from fabdesign.formats.atomic import write_bytes_atomic
    from fabdesign.formats.canonical_json import dumps
    from fabdesign_cli.progress import counting

    with counting() as progress:
        result, records = tolerance(
            plan,
            checkpoint=folder / "copies.json",
            work=None if scheduler is None else dask_work(scheduler),
            progress=progress,
            **settings,
        )
    report = result.to_json()
    folder.mkdir(parents=True, exist_ok=True)
    write_bytes_atomic(folder / RESULTS_NAME, dumps({**report, "copies": records}))
    _draw(report, folder)
    say(f"Results and figures in {folder}.")
    return report


def _draw(report: dict[str, Any], folder: Path) -> None:
    from fabdesign.formats.atomic import write_bytes_atomic
    from fabdesign.plot import draw_sensitivities, draw_yield, render

    if report["sensitivity"]:
        figure = draw_sensitivities(
            report["sensitivity"], report["nominal"][report["metric"]], report["metric"]
        )
        write_bytes_atomic(folder / "sensitivity.png", render(figure))
    if report["monte_carlo"]:
        write_bytes_atomic(folder / "yield.png", render(draw_yield(report["monte_carlo"])))
