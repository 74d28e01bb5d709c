"""Methods × levels × tasks × seeds: the whole comparison in one command.

    python -m benchmarks.matrix --settings    # choose rates and starts first, on held-out training data
    python -m benchmarks.matrix [--jobs 2] [--work runs/matrix] [--report docs/benchmarks]
    python -m benchmarks.matrix --closer      # two more seeds where another method is within a point of ours
    python -m benchmarks.matrix --page        # only write the page from what is measured

Every training that ends is kept in REPORT/matrix.json, and the page is written from what is there. A later
call goes on with the missing ones; results of other settings are not used. The tasks `digits` and `cells` are
the matrix; `fashion` and `unseen` show that nothing was tuned to them.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.matrix.choose import choose, chosen_sweep, settings_of
from benchmarks.matrix.report import FREE, OURS, write_report
from benchmarks.matrix.store import Store
from fabdesign.config import LoadedSweep, load_sweep
from fabdesign.training.sweep import Cell, cells_of, run_sweep, summarise, write_results

HERE = Path(__file__).parent
POINT = 0.01
"""Of accuracy or SSIM: methods that are closer get more seeds."""
CHOSEN = HERE / "chosen.json"


def main() -> None:
    """Choose settings, or run the matrix and write its page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--jobs", type=int, default=2, help="trainings at a time, one thread each")
    parser.add_argument("--work", type=Path, default=Path("runs/matrix"), help="where the trainings lie")
    parser.add_argument("--report", type=Path, default=Path("docs/benchmarks"), help="where the page goes")
    parser.add_argument("--settings", action="store_true", help="choose rates and starts, and stop")
    parser.add_argument("--closer", action="store_true", help="more seeds where methods are close")
    parser.add_argument("--page", action="store_true", help="train nothing, only write the page")
    parser.add_argument("--tasks", nargs="+", help="labels of the tasks to run; left out: all")
    parser.add_argument("--methods", nargs="+", help="labels of the methods to run; left out: all")
    parser.add_argument("--most", type=int, help="run at most so many trainings")
    parser.add_argument("--scheduler", help="address of a Dask scheduler")
    arguments = parser.parse_args()
    if arguments.settings:
        choose(HERE, arguments.work / "settings", CHOSEN, jobs=arguments.jobs, scheduler=arguments.scheduler)
        return
    run(arguments)


def run(arguments: argparse.Namespace) -> None:
    """Run the missing trainings with the chosen settings, and write figures and the page."""
    with tempfile.TemporaryDirectory() as place_of_sweep:
        loaded = load_sweep(chosen_sweep(HERE, CHOSEN, Path(place_of_sweep)))
        cells = cells_of(loaded)
        more = cells_of(with_seeds(loaded, settings_of(HERE)["more_seeds"]))
    store = Store(arguments.report / "matrix.json", loaded.sweep, HERE)
    close = closer(more, store.kept(cells)) if arguments.closer else cells
    asked = [cell for cell in close if wanted(cell, arguments.tasks, arguments.methods)]
    waiting = in_order(store.open(asked))[: 0 if arguments.page else arguments.most]
    by_place = {place(vars(cell)): cell for cell in waiting}

    def keep(event: Any) -> None:
        store.add(by_place[place(event.result)], event.result)
        print(f"{event.done}/{event.total} {place(event.result)} {event.result['status']}", file=sys.stderr)
        if event.result["status"] != "done":
            print(event.result.get("reason", ""), file=sys.stderr)

    for folder in (arguments.work, arguments.report):
        folder.mkdir(parents=True, exist_ok=True)
    print(f"{len(cells)} trainings, {len(waiting)} to be done now, in {arguments.work}", file=sys.stderr)
    run_sweep(waiting, arguments.work, jobs=arguments.jobs, scheduler=arguments.scheduler, listen=keep)
    kept = store.kept([*cells, *more])
    whole = not store.open(cells)
    write_results(loaded.sweep, kept, arguments.work, figures=whole)
    write_report(
        loaded.sweep,
        kept,
        total=len(cells),
        work=arguments.work,
        report=arguments.report,
        chosen=CHOSEN,
    )


def with_seeds(loaded: LoadedSweep, seeds: Sequence[int]) -> LoadedSweep:
    """Return the sweep with other seeds."""
    return replace(loaded, sweep=loaded.sweep.model_copy(update={"seeds": list(seeds)}))


def closer(cells: Sequence[Cell], results: Sequence[Mapping[str, Any]]) -> list[Cell]:
    """Return the cells of ours, and of every method that is less than a point behind it or before it."""
    found = summarise(results, OURS).differences
    near = {key for key, gap in found.items() if key[1] != FREE and gap.mean > -POINT}
    near |= {(task, OURS, levels) for task, _, levels in near}
    return [cell for cell in cells if (cell.task, cell.method, cell.levels) in near]


def place(cell: Mapping[str, Any]) -> tuple[str, str, int, int]:
    """Return what names a cell."""
    return cell["task"], cell["method"], cell["levels"], cell["seed"]


def wanted(cell: Any, tasks: Sequence[str] | None, methods: Sequence[str] | None) -> bool:
    """Say whether a cell is to be trained: it is asked for, and its data are there."""
    dataset = cell.project().project.task.dataset
    if Path(dataset).is_absolute() and not Path(dataset).exists():
        return False
    return (tasks is None or cell.task in tasks) and (methods is None or cell.method in methods)


def in_order(cells: Sequence[Any]) -> list[Any]:
    """Put those cells first that ``settings.toml`` names, so that an unfinished matrix tells most."""
    first = settings_of(HERE)["first"]
    columns, methods = [tuple(column) for column in first["columns"]], list(first["methods"])

    def rank(cell: Any) -> tuple[bool, int, int, int]:
        named = [task == cell.task and cell.levels in (0, levels) for task, levels in columns]
        if cell.method not in methods or not any(named):
            return True, cell.seed, 0, 0
        return False, cell.seed, named.index(True), methods.index(cell.method)

    return sorted(cells, key=rank)


if __name__ == "__main__":
    main()
