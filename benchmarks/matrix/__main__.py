"""Methods × levels × tasks × seeds: the whole comparison in one command.

    python -m benchmarks.matrix [--jobs 2] [--work runs/matrix] [--report docs/benchmarks]
    python -m benchmarks.matrix --settings    # choose the learning rates first, on held-out training data

About two hours on two quiet cores. It goes on where it was stopped; results of other settings are not used.
The page says when, on what and with which versions.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.matrix.choose import choose, chosen_sweep
from benchmarks.matrix.report import write_report

HERE = Path(__file__).parent
CHOSEN = HERE / "chosen.json"


def main() -> None:
    """Choose settings, or run the matrix and write its page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--jobs", type=int, default=2, help="trainings at a time, one thread each")
    parser.add_argument("--work", type=Path, default=Path("runs/matrix"), help="where the trainings lie")
    parser.add_argument("--report", type=Path, default=Path("docs/benchmarks"), help="where the page goes")
    parser.add_argument("--settings", action="store_true", help="choose the learning rates and stop")
    parser.add_argument("--scheduler", help="address of a Dask scheduler")
    arguments = parser.parse_args()
    if arguments.settings:
        choose(HERE, arguments.work / "settings", CHOSEN, jobs=arguments.jobs, scheduler=arguments.scheduler)
        return
    run(arguments.work, arguments.report, arguments.jobs, arguments.scheduler)


def run(work: Path, report: Path, jobs: int, scheduler: str | None) -> None:
    """Run all trainings with the chosen settings, and write tables, figures and the page."""
    from fabdesign.config import load_sweep
    from fabdesign.training.sweep import cells_of, run_sweep, write_results

    with tempfile.TemporaryDirectory() as folder:
        loaded = load_sweep(chosen_sweep(HERE, CHOSEN, Path(folder)))
        cells = cells_of(loaded)
    work.mkdir(parents=True, exist_ok=True)
    print(f"{len(cells)} trainings in {work}", file=sys.stderr)
    results = run_sweep(
        cells,
        work,
        jobs=jobs,
        scheduler=scheduler,
        listen=lambda event: print(f"{event.done}/{event.total} {event.result['status']}", file=sys.stderr),
    )
    write_results(loaded.sweep, results, work)
    write_report(loaded.sweep, results, work, report, CHOSEN)


if __name__ == "__main__":
    main()
