"""Runs the cells of a sweep: in processes of this machine, or on a Dask cluster."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from fabdesign.errors import ConfigError
from fabdesign.training.sweep.cells import Cell
from fabdesign.training.sweep.worker import Result, run_cell, stored_result


@dataclass(frozen=True)
class SweepEvent:
    """One cell is done, or was done before.

    Args:
        result: its record.
        done: cells done so far.
        total: cells in all.
        stored: whether it was done by an earlier call.
    """

    result: Result
    done: int
    total: int
    stored: bool = False


Listener = Callable[[SweepEvent], None]
Answers = Generator[tuple[Cell, Result], None, None]
GRACE_S = 10.0
"""Time that a training has to save its checkpoint when the sweep itself has been killed."""


def run_sweep(
    cells: Sequence[Cell],
    folder: Path,
    *,
    jobs: int = 1,
    scheduler: str | None = None,
    listen: Listener = lambda event: None,
) -> list[Result]:
    """Run all cells that are not done yet; one that fails does not stop the others.

    Each result lies in the cell's folder as soon as it is there, so a sweep that was stopped goes on where it
    was, training runs included.

    Args:
        cells: what to run.
        folder: of the sweep; with a scheduler it must be the same for all workers.
        jobs: processes of this machine, each with one thread.
        scheduler: address of a Dask scheduler in place of processes of this machine.
        listen: told of each cell.

    Returns:
        One record for each cell, in the order of the cells.

    Raises:
        ConfigError: Dask is not installed, or the scheduler does not answer.
    """
    records: dict[str, Result] = {}
    waiting = []
    for cell in cells:
        kept = stored_result(cell, folder)
        if kept is None:
            waiting.append(cell)
        else:
            records[cell.name] = kept
            listen(SweepEvent(kept, len(records), len(cells), stored=True))
    work = _local(waiting, folder, jobs) if scheduler is None else _cluster(waiting, folder, scheduler)
    with closing(work):
        for cell, result in work:
            records[cell.name] = result
            listen(SweepEvent(result, len(records), len(cells)))
    return [records[cell.name] for cell in cells]


def _local(cells: Sequence[Cell], folder: Path, jobs: int) -> Answers:
    if not cells:
        return
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    with ProcessPoolExecutor(
        min(jobs, len(cells)), mp_context=context, initializer=_obey_parent, initargs=(stop,)
    ) as pool:
        try:
            futures = {pool.submit(_run_unless_stopped, cell.to_json(), str(folder)): cell for cell in cells}
            for future in as_completed(futures):
                yield futures[future], _answer(future, futures[future])
        except BaseException:
            stop.set()
            for process in list(getattr(pool, "_processes", {}).values()):
                process.terminate()
            pool.shutdown(wait=True, cancel_futures=True)
            raise


_STOPS: list[Event] = []
"""In a worker: set when the sweep stops, for the pool hands out calls that it can no longer take back."""


def _run_unless_stopped(cell: Mapping[str, Any], folder: str) -> Result:
    if any(stop.is_set() for stop in _STOPS):
        return _not_run(Cell(**cell), "interrupted", "the sweep was stopped before it began")
    return run_cell(cell, folder)


def _obey_parent(stop: Event) -> None:
    """Leave Ctrl-C to the parent, which asks the workers to save and stop; and stop when it is gone."""
    _STOPS.append(stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    parent.join()
    for stop in _STOPS:
        stop.set()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_S)
    os._exit(1)


def _answer(future: Future[Result], cell: Cell) -> Result:
    try:
        return future.result()
    except BrokenProcessPool:
        return _not_run(cell, "failed", "its process, or that of a neighbour, was killed")


def _not_run(cell: Cell, status: str, reason: str) -> Result:
    record = {name: value for name, value in cell.to_json().items() if name != "toml"}
    return {**record, "key": cell.key, "status": status, "reason": reason}


def _cluster(cells: Sequence[Cell], folder: Path, scheduler: str) -> Answers:
    distributed = _distributed()
    try:
        client: Any = distributed.Client(scheduler, timeout="30s")
    except (OSError, ValueError, TimeoutError) as error:
        raise ConfigError(
            f"--scheduler must be the address of a Dask scheduler; {scheduler!r} does not answer: {error}.",
            hint="`dask scheduler` prints its address, such as tcp://10.0.0.1:8786.",
        ) from error
    with client:
        place = str(folder.absolute())
        futures = {client.submit(run_cell, cell.to_json(), place, pure=False): cell for cell in cells}
        for future in distributed.as_completed(list(futures)):
            cell = futures[future]
            failure = future.exception()
            lost = f"the worker failed: {failure}"
            yield cell, future.result() if failure is None else _not_run(cell, "failed", lost)


def _distributed() -> Any:
    try:
        import distributed  # noqa: PLC0415  (an extra)
    except ImportError:
        raise ConfigError(
            "--scheduler needs Dask, which is not installed.", hint='pip install "fabdesign[cluster]"'
        ) from None
    return distributed
