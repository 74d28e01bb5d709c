"""Random copies on a Dask cluster of this machine: the same numbers, also when a worker dies."""

import os
import signal
from collections.abc import Iterator

import pytest
from distributed import LocalCluster

from fabdesign.check.tolerance import Plan, dask_work, run_samples, stated_plan
from fabdesign.errors import ConfigError
from tests.check.tolerance import benches


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return stated_plan(benches.small_plan(tmp_path_factory.mktemp("plan")))


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as made:
        yield made


def test_a_worker_that_dies_loses_nothing(plan: Plan, cluster: LocalCluster) -> None:
    killed: list[int] = []

    def kill_one(_what: str, _done: int, _total: int) -> None:
        if not killed:
            killed.append(cluster.workers[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    found = run_samples(plan, 60, work=dask_work(cluster.scheduler_address), progress=kill_one)
    assert killed
    assert found == run_samples(plan, 60)


def test_a_scheduler_must_answer() -> None:
    with pytest.raises(ConfigError, match="no Dask scheduler answers"):
        list(dask_work("tcp://127.0.0.1:9", timeout_s=1.0)(None, [0]))  # type: ignore[arg-type]
