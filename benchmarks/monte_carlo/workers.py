"""Copies per second on one and on two Dask workers of this machine, one core each."""

from __future__ import annotations

import time
from pathlib import Path

from distributed import LocalCluster

from fabdesign.check.tolerance import Plan, dask_work, make_plan, run_samples, stated_plan
from fabdesign.check.tolerance.monte_carlo import CHUNK
from fabdesign.design import load_design
from fabdesign.process import load_profile

WORKERS = (1, 2)


def measured(path: Path, copies: int, limit: int) -> dict[str, float]:
    """Seconds that a run takes with each number of workers, and whether the records are those of one process.

    Starting the workers is not counted, building their simulators is. Workers take one thread, and every
    error that the profile states.

    Args:
        path: of the design.
        copies: how many.
        limit: test images.
    """
    design = load_design(path)
    plan = stated_plan(make_plan(design, load_profile(design.physical.process), limit=limit))
    seconds: dict[str, float] = {}
    records = []
    for workers in WORKERS:
        with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster:
            _import_everything(plan, cluster)
            begun = time.perf_counter()
            records.append(run_samples(plan, copies, work=dask_work(cluster.scheduler_address)))
            seconds[f"{workers} workers"] = time.perf_counter() - begun
    same = records[0] == records[1] and records[0][:CHUNK] == run_samples(plan, CHUNK)
    return {**seconds, "times": seconds["1 workers"] / seconds["2 workers"], "same_records": float(same)}


def _import_everything(plan: Plan, cluster: LocalCluster) -> None:
    """Let every worker score one chunk, so that imports are not counted."""
    run_samples(plan, CHUNK * len(cluster.workers), work=dask_work(cluster.scheduler_address))
