"""``fabdesign sweep``."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from fabdesign.errors import ExitCode, TrainingInterrupted
from fabdesign_cli.console import emit, emit_json, say
from fabdesign_cli.options import FILE, json_option

if TYPE_CHECKING:
    from fabdesign.training.sweep import SweepEvent


@click.command()
@click.argument("config", metavar="SWEEP.toml", type=FILE)
@click.option("--out", "-d", type=FILE, help="Folder of the sweep.  [default: sweeps/NAME]")
@click.option(
    "--jobs", "-j", type=click.IntRange(1, 1024), default=1, show_default=True, help="Trainings at a time."
)
@click.option("--scheduler", metavar="ADDRESS", help="Train on a Dask cluster in place of this machine.")
@click.option(
    "--list", "only_list", is_flag=True, help="List the trainings and how each stands; run nothing."
)
@json_option
def command(
    *, config: Path, out: Path | None, jobs: int, scheduler: str | None, only_list: bool, as_json: bool
) -> int:
    """Compare quantisation methods: methods × levels × tasks × seeds, as a sweep file says.

    Each training has a folder of its own; a sweep that was stopped goes on when it is called again, and a
    training that fails does not stop the others. Tables (results.csv, .json, .md) and figures are written at
    the end. The answer is 1 if a training has no score.
    """
    from fabdesign.config import load_sweep
    from fabdesign.training.sweep import cells_of, run_sweep, write_results
    from fabdesign.training.sweep.worker import stored_result

    loaded = load_sweep(config)
    cells = cells_of(loaded)
    folder = out if out is not None else Path("sweeps") / loaded.sweep.name
    if only_list:
        for cell in cells:
            emit(f"{'done' if stored_result(cell, folder) else 'to do'}  {cell.name}")
        return ExitCode.DONE
    say(f"{len(cells)} trainings in {folder}.")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with _stopping_alike():
            results = run_sweep(cells, folder, jobs=jobs, scheduler=scheduler, listen=_tell)
    except KeyboardInterrupt:
        done = sum(stored_result(cell, folder) is not None for cell in cells)
        raise TrainingInterrupted(
            f"the sweep was asked to stop; {done} of {len(cells)} trainings are done.",
            hint="The same command goes on, in the middle of a training too.",
        ) from None
    write_results(loaded.sweep, results, folder)
    if as_json:
        emit_json({"folder": str(folder), "results": results})
    else:
        emit((folder / "results.md").read_text(encoding="utf-8").rstrip())
    return ExitCode.DONE if all(result["status"] == "done" for result in results) else ExitCode.FINDINGS


@contextmanager
def _stopping_alike() -> Iterator[None]:
    """While entered, SIGTERM stops the sweep and its processes as Ctrl-C does."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _tell(event: SweepEvent) -> None:
    from fabdesign.design.metrics import METRICS

    result = event.result
    name = f"{result['task']}, {result['method']}, {result['levels'] or 'no'} levels, seed {result['seed']}"
    if result["status"] == "done":
        score = METRICS[result["metric"]].text(result["scores"][result["metric"]])
        how = "done before" if event.stored else f"{result['cpu_seconds']:.0f} s of CPU"
        say(f"{event.done}/{event.total}  {name}: {score} ({how})")
    else:
        say(f"{event.done}/{event.total}  {name}: {result['status']}: {result['reason']}")
