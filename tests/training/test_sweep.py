"""Sweeps: every cell once, failures apart, going on where it stopped, and tables that add up."""

import csv
import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fabdesign.config import load_sweep
from fabdesign.errors import ConfigError, TrainingInterrupted
from fabdesign.formats.container import read_container, write_container
from fabdesign.training import Stepped, train
from fabdesign.training.checkpoint import load_checkpoint
from fabdesign.training.sweep import Cell, cells_of, run_sweep, summarise, write_results
from fabdesign.training.sweep.markdown import tables
from tests.training.runs import TOML, write_digits

SWEEP = """
name = "small"
levels = [2, 3]
seeds = [0, 1]
[[method]]
label = "ours"
method = "transmission"
reference = true
[[method]]
label = "broken"
method = "transmission"
options = { finish = 0.5 }
settings = { "train.learning_rate" = 9.0, "task.object_pixels" = 14 }
[[method]]
label = "free"
method = "none"
free = true
[[task]]
label = "digits"
project = "tiny.toml"
settings = { "train.epochs" = 1 }
"""


def write(folder: Path, text: str = SWEEP) -> Path:
    data = write_digits(folder / "digits.npz", 20, 10)
    (folder / "tiny.toml").write_text(TOML.replace("[task]", f'[task]\ndataset = "{data.name}"'))
    (folder / "sweep.toml").write_text(text)
    return folder / "sweep.toml"


def test_cells_are_methods_by_levels_by_seeds(tmp_path: Path) -> None:
    cells = cells_of(load_sweep(write(tmp_path)))
    assert len(cells) == 2 * (2 * 2 + 1)
    assert [cell.levels for cell in cells if cell.method == "free"] == [0, 0]
    project = cells[1].project().project
    assert (project.quantise.method, project.process.levels, project.train.seed) == ("transmission", 2, 0)
    assert project.train.threads == 1
    assert cells[2].project().project.quantise.options == {"finish": 0.5}
    assert Path(project.task.dataset).is_absolute()


def test_a_sweep_runs_fails_in_part_and_goes_on(tmp_path: Path) -> None:
    loaded = load_sweep(write(tmp_path))
    cells = [cell for cell in cells_of(loaded) if cell.seed == 0 and cell.levels in (0, 2)]
    results = run_sweep(cells, tmp_path / "out")
    status = {result["method"]: result["status"] for result in results}
    assert status == {"free": "done", "ours": "done", "broken": "failed"}
    assert "task.object_pixels must be" in next(r["reason"] for r in results if r["method"] == "broken")
    events = []
    again = run_sweep(cells, tmp_path / "out", listen=events.append)
    assert [event.stored for event in events] == [True, True, False]
    assert again == results
    summary = write_results(loaded.sweep, results, tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").glob("*.*")}
    assert {"results.json", "results.csv", "results.md", "bars-digits.png", "confusion-digits-2.png"} <= names
    rows = list(csv.DictReader((tmp_path / "out" / "results.csv").open()))
    assert {row["method"]: row["status"] for row in rows} == status
    ours = next(r for r in results if r["method"] == "ours")
    assert summary.scores["digits", "ours", 2].mean == ours["scores"]["accuracy"]
    assert json.loads((tmp_path / "out" / "results.json").read_text()) == results


def test_the_time_of_a_cell_is_that_of_all_its_sessions(tmp_path: Path) -> None:
    path = write(tmp_path, SWEEP.replace('"train.epochs" = 1', '"train.epochs" = 3'))
    cell = next(cell for cell in cells_of(load_sweep(path)) if cell.method == "ours")
    runs = tmp_path / "out" / cell.name / cell.key[:12]

    def stop(event: object) -> None:
        if isinstance(event, Stepped):
            os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(TrainingInterrupted):
        train(cell.project(), runs, listen=stop)
    saved = next(runs.glob("*/checkpoint.safetensors"))
    arrays, record = read_container(saved)
    assert record["step"] == 1
    assert 0 < record["cpu_seconds"] < 60
    write_container(saved, arrays, {**record, "cpu_seconds": 1000.0})
    result = run_sweep([cell], tmp_path / "out")[0]
    assert result["status"] == "done"
    assert 1000 < result["cpu_seconds"] < 1060
    assert load_checkpoint(saved).cpu_seconds > 1000


def test_a_listener_that_fails_stops_the_sweep_at_once(tmp_path: Path) -> None:
    cells = [cell for cell in cells_of(load_sweep(write(tmp_path))) if cell.method == "ours"]

    def fail(event: object) -> None:
        raise RuntimeError("no room for the table")

    with pytest.raises(RuntimeError, match="no room"):
        run_sweep(cells, tmp_path / "out", jobs=1, listen=fail)
    done = list((tmp_path / "out").rglob("result.json"))
    assert len(cells) == 4
    assert len(done) <= 2, "one may be at its end already; those that waited are not run"


def test_a_cell_that_cannot_be_trained_fails_alone(tmp_path: Path) -> None:
    path = write(tmp_path, SWEEP.replace("options = { finish = 0.5 }", "options = { finsh = 0.5 }"))
    cells = [cell for cell in cells_of(load_sweep(path)) if cell.seed == 0 and cell.levels in (0, 2)]
    status = {result["method"]: result["status"] for result in run_sweep(cells, tmp_path / "out")}
    assert status == {"free": "done", "ours": "done", "broken": "failed"}


CHILD = """
import sys
from pathlib import Path
from fabdesign.config import load_sweep
from fabdesign.training.sweep import cells_of, run_sweep

if __name__ == "__main__":
    cells = cells_of(load_sweep(Path(sys.argv[1])))
    run_sweep([cell for cell in cells if cell.method == "ours"], Path(sys.argv[2]), jobs=1)
"""


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks up children in /proc")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_workers_end_with_a_killed_sweep(tmp_path: Path, how: signal.Signals) -> None:
    path = write(tmp_path, SWEEP.replace('"train.epochs" = 1', '"train.epochs" = 100000'))
    script = tmp_path / "child.py"
    script.write_text(CHILD)
    parent = subprocess.Popen(
        [sys.executable, str(script), str(path), str(tmp_path / "out")],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    wait_until(lambda: list((tmp_path / "out").rglob("checkpoint.safetensors")))
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
    assert children
    parent.send_signal(how)
    parent.wait(timeout=60)
    wait_until(lambda: not any(alive(int(child)) for child in children))


def wait_until(condition: Callable[[], object], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_another_project_is_trained_again(tmp_path: Path) -> None:
    cell = cells_of(load_sweep(write(tmp_path)))[1]
    (tmp_path / "out" / cell.name).mkdir(parents=True)
    (tmp_path / "out" / cell.name / "result.json").write_text('{"status": "done", "key": "other"}')
    from fabdesign.training.sweep.worker import stored_result

    assert stored_result(cell, tmp_path / "out") is None
    (tmp_path / "out" / cell.name / "result.json").write_text("{ broken")
    assert stored_result(cell, tmp_path / "out") is None


def test_other_examples_at_the_same_path_are_another_cell(tmp_path: Path) -> None:
    path = write(tmp_path)
    first = cells_of(load_sweep(path))
    assert [cell.key for cell in cells_of(load_sweep(path))] == [cell.key for cell in first]
    write_digits(tmp_path / "digits.npz", 21, 10)
    second = cells_of(load_sweep(path))
    assert [cell.toml for cell in second] == [cell.toml for cell in first]
    assert not {cell.key for cell in second} & {cell.key for cell in first}


def test_a_sweep_without_its_examples_says_so_cell_by_cell(tmp_path: Path) -> None:
    path = write(tmp_path)
    (tmp_path / "digits.npz").unlink()
    results = run_sweep(cells_of(load_sweep(path))[1:3], tmp_path / "out")
    assert [result["status"] for result in results] == ["failed", "failed"]
    assert "digits.npz" in results[0]["reason"]


def test_a_dask_cluster_gives_the_same_answers(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    cells = cells_of(load_sweep(write(tmp_path)))[1:3]
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        results = run_sweep(cells, tmp_path / "far", scheduler=cluster.scheduler_address)
    near = run_sweep(cells, tmp_path / "near")
    assert [r["status"] for r in results] == ["done", "failed"]
    assert [r.get("content") for r in results] == [r.get("content") for r in near]
    assert results[0]["scores"] == near[0]["scores"]


def test_a_scheduler_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent:
        def __init__(self, address: str, timeout: str) -> None:
            raise OSError("timed out")

    monkeypatch.setattr("distributed.Client", Silent)
    cell = Cell("t", "m", 2, 0, "")
    with pytest.raises(ConfigError, match="tcp://nowhere:1"):
        run_sweep([cell], tmp_path, scheduler="tcp://nowhere:1")


def record(method: str, levels: int, seed: int, score: float) -> dict[str, object]:
    return {
        "task": "t",
        "method": method,
        "levels": levels,
        "seed": seed,
        "status": "done",
        "metric": "accuracy",
        "scores": {"accuracy": score},
    }


def test_differences_are_paired_by_seed() -> None:
    results = [record("a", 2, seed, 0.5 + 0.1 * seed) for seed in range(3)]
    results += [record("b", 2, seed, 0.4 + 0.1 * seed) for seed in (1, 2)]
    results += [record("free", 0, 0, 0.9)]
    results.append({**record("b", 2, 0, 0), "status": "failed", "reason": "why"})
    summary = summarise(results, "a")
    assert summary.scores["t", "a", 2].mean == pytest.approx(0.6)
    assert summary.scores["t", "a", 2].deviation == pytest.approx(0.1)
    difference = summary.differences["t", "b", 2]
    assert (difference.count, difference.mean) == (2, pytest.approx(-0.1))
    assert difference.deviation == pytest.approx(0, abs=1e-12)
    assert summary.scores["t", "free", 2].mean == 0.9
    assert math.isnan(summary.scores["t", "free", 2].deviation)
    assert summary.failures == [("t", "b", 2, 0, "why")]


def test_the_tables_tell_all(tmp_path: Path) -> None:
    sweep = load_sweep(write(tmp_path)).sweep
    results = [{**record("ours", 2, seed, 0.9 + 0.02 * seed), "task": "digits"} for seed in (0, 1)]
    results.append({**record("broken", 2, 0, 0.8), "task": "digits"})
    text = tables(sweep, summarise(results, "ours"))
    assert "| ours | 91.00 ± 1.41 |  |" in text
    assert "| broken | 80.00 (1 seed) |  |" in text
    assert "| broken | -10.00 (1 seed) |  |" in text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('label = "broken"', 'label = "ours"', "method: ours is there 2 times."),
        ("seeds = [0, 1]", "seeds = [1, 1]", "seeds: 1 is there 2 times."),
        ("levels = [2, 3]", "levels = [1]", "levels.0 must be at least 2; got 1."),
        ('name = "small"', 'nam = "small"', "unknown key nam"),
        ('method = "none"', 'method = "none"\ntasks = ["x"]', "names the task x, which is not there"),
        ("free = true", "free = true\nreference = true", "only one method may be the reference"),
        ('method = "none"', 'method = "nine"', "quantise.method must be a known method"),
        ('project = "tiny.toml"', 'project = "none.toml"', "there must be a project file at"),
        ('"train.epochs" = 1', '"train.epoch" = 1', "unknown key train.epoch"),
    ],
)
def test_mistakes_are_told(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        cells_of(load_sweep(write(tmp_path, SWEEP.replace(old, new))))
    assert message in caught.value.message
