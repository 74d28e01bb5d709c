"""Processes that train together give what one gives, stop together, and never wait for one that is gone."""

import multiprocessing
import os
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from fabdesign.errors import ConfigError, FabdesignError
from fabdesign.formats.container import read_container
from fabdesign.tasks.base import Batch
from fabdesign.training import Ranks, Stepped, Warned, joined_ranks, resume, train
from fabdesign.training.gradient import accumulate_gradient
from fabdesign.training.metrics import read_metrics
from fabdesign.training.polish import polish
from fabdesign.training.session import Session
from tests.training.runs import tiny


@pytest.fixture(scope="module")
def server() -> BaseContext:
    """A process that has loaded everything once, from which others are forked."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["fabdesign.training", "tests.training.runs"])
    return context


class Together:
    """Two processes that run one function, each with a pipe for what it tells and answers."""

    def __init__(
        self, context: BaseContext, work: Callable[..., Any], *arguments: Any, timeout_s: float = 120
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.pipes, self.processes = [], []
        for rank in (0, 1):
            here, there = context.Pipe(duplex=False)
            process = context.Process(target=_run, args=(rank, port, there, timeout_s, work, arguments))
            process.start()
            there.close()
            self.pipes.append(here)
            self.processes.append(process)

    def results(self) -> list[Any]:
        """The last that each of them told: what it returned or the error that ended it, if any."""
        found = [self._last(pipe) for pipe in self.pipes]
        for process in self.processes:
            process.join(30)
        return found

    def _last(self, pipe: Any) -> Any:
        last = None
        with suppress(EOFError):
            while pipe.poll(60):
                last = pipe.recv()
        return None if isinstance(last, int) else last


def _run(  # noqa: PLR0917
    rank: int, port: int, pipe: Any, timeout_s: float, work: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    os.environ |= {"RANK": str(rank), "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    torch.set_num_threads(1)
    try:
        with joined_ranks(timeout_s) as ranks:
            pipe.send(work(ranks, pipe, *arguments))
    except FabdesignError as error:
        pipe.send((error.exit_code, error.message, error.hint))


def first_gradient(session: Session) -> np.ndarray:
    batch = Batch.of(session.task.dataset.train, np.arange(21))
    result = accumulate_gradient(session.network, session.task, batch, 0.3, group=4, ranks=session.ranks)
    (parameter,) = session.network.quantiser.parameters()
    return np.concatenate([parameter.grad.numpy().ravel(), result.outputs.numpy().ravel()]).astype(float)


def whole_run(ranks: Ranks, pipe: Any, data: Path, folder: Path) -> tuple[Any, ...]:
    session = Session.of(tiny(data).project, ranks)
    gradient = first_gradient(session)
    told: list[Any] = []
    result = train(settings(data), folder, ranks=ranks, listen=told.append)
    levels = polish(session.network, session.task, rounds=2, examples=5, seed=0, ranks=ranks).levels
    return gradient, result.design.levels, result.design.scores, levels.numpy(), len(told)


def settings(data: Path) -> Any:
    return tiny(data, "train.batch=9", "train.epochs=3")  # seven steps an epoch, the last of six images


@pytest.fixture(scope="module")
def both(server: BaseContext, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("ranks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fabdesign.training.run.write_pictures", lambda *_: [])
        alone = whole_run(Ranks(), None, data, folder / "one")
    two = Together(server, whole_run, data, folder / "two").results()
    return folder, alone, two


def test_the_first_gradient_and_outputs_are_those_of_one_process(both: Any) -> None:
    _, alone, two = both
    error = np.linalg.norm(two[0][0] - alone[0]) / np.linalg.norm(alone[0])
    assert 0 < error < 1e-6
    assert np.array_equal(two[0][0], two[1][0])


def test_the_loss_after_20_steps_is_that_of_one_process(both: Any) -> None:
    folder, _, _ = both
    runs = [read_metrics(folder / name / "0001-tiny" / "metrics.csv") for name in ("one", "two")]
    assert runs[0]["step"].tolist() == runs[1]["step"].tolist() == list(range(1, 22))
    assert runs[1]["loss"][19] == pytest.approx(runs[0]["loss"][19], rel=1e-4)
    np.testing.assert_allclose(runs[1]["detector_efficiency"], runs[0]["detector_efficiency"], rtol=1e-4)


def test_design_scores_and_polish_are_those_of_one_process(both: Any) -> None:
    _, alone, two = both
    assert np.mean(two[0][1] != alone[1]) < 0.01
    assert np.array_equal(two[0][1], two[1][1])
    assert two[0][2] == two[1][2]
    assert two[0][2]["quantised"]["sample_count"] == 20
    assert two[0][2]["quantised"]["detector_efficiency"] == pytest.approx(
        alone[2]["quantised"]["detector_efficiency"], rel=1e-2
    )
    assert np.array_equal(two[0][3], alone[3])


def test_one_process_alone_writes_and_tells(both: Any) -> None:
    folder, alone, two = both
    assert two[0][4] == alone[4]
    assert two[1][4] == 0
    assert [path.name for path in sorted((folder / "two").iterdir())] == ["0001-tiny", "LATEST"]
    log = (folder / "two" / "0001-tiny" / "train.log").read_text()
    assert log.count("start at step 0 of 21, 3 epochs, 2 processes") == 1


def stepping(ranks: Ranks, pipe: Any, data: Path, folder: Path, *more: str) -> int:
    def listen(event: object) -> None:
        if isinstance(event, Stepped):
            pipe.send(event.step)
            time.sleep(0.02)

    return len(train(tiny(data, "train.epochs=500", *more), folder, ranks=ranks, listen=listen).design.levels)


def started(server: BaseContext, data: Path, folder: Path, *more: str) -> Together:
    two = Together(server, stepping, data, folder, *more)
    while two.pipes[0].recv() < 5:
        pass
    return two


def test_a_signal_to_one_process_stops_all_at_one_step_and_the_run_goes_on_alone(
    server: BaseContext, data: Path, tmp_path: Path
) -> None:
    two = started(server, data, tmp_path)
    os.kill(two.processes[1].pid, signal.SIGTERM)
    found = two.results()
    assert found[0] == found[1]
    code, message, _ = found[0]
    assert code == 130
    assert "a checkpoint is saved" in message
    run = tmp_path / "0001-tiny"
    arrays, record = read_container(run / "checkpoint.safetensors")
    assert f"after step {record['step']} of 1500" in message
    assert record["computed_with"]["processes"] == 2
    assert all(np.isfinite(array).all() for array in arrays.values())
    events: list[Any] = []

    def stop_soon(event: Any) -> None:
        events.append(event)
        if isinstance(event, Stepped):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        resume(run, listen=stop_soon)
    assert any("processes was 2 and is 1" in event.message for event in events if isinstance(event, Warned))
    assert events[-1].step == record["step"] + 1


@pytest.mark.parametrize("dead", [0, 1])
def test_a_dead_process_ends_the_other_with_a_clear_error(
    server: BaseContext, data: Path, tmp_path: Path, dead: int
) -> None:
    two = started(server, data, tmp_path)
    began = time.monotonic()
    two.processes[dead].kill()
    code, message, hint = two.results()[1 - dead]
    assert time.monotonic() - began < 60  # long before the timeout
    assert re.match(rf"process {1 - dead} of 2 lost another one: [^\[/]*\[127\.0\.0\.1\]", message)
    assert code == 130
    assert f"fabdesign train --resume {tmp_path / '0001-tiny'}" in hint


def silent(ranks: Ranks, pipe: Any) -> bool:
    time.sleep(3 * ranks.rank)
    return ranks.any(True)


def test_a_silent_process_is_given_up_after_a_time(server: BaseContext) -> None:
    code, message, _ = Together(server, silent, timeout_s=1).results()[0]
    assert code == 130
    assert "process 0 of 2 lost another one" in message


def other_projects(ranks: Ranks, pipe: Any, data: Path, folder: Path) -> None:
    train(tiny(data, f"process.levels={4 + ranks.rank}"), folder, ranks=ranks)


def test_processes_with_different_projects_are_told_apart(
    server: BaseContext, data: Path, tmp_path: Path
) -> None:
    found = Together(server, other_projects, data, tmp_path / "runs").results()
    assert [code for code, _, _ in found] == [2, 2]
    assert "must train the same; height_um differ between them" in found[0][1]
    assert not (tmp_path / "runs").exists()


def few_examples(ranks: Ranks, pipe: Any) -> list[Any]:
    part = [torch.full((1, 2), 7.0)] if ranks.share(1) != slice(1, 1) else []
    ranks.check_same({"a": 1})
    return [ranks.joined(part, 1).tolist(), ranks.any(ranks.rank == 1), ranks.told("ä" * (1 - ranks.rank))]


def test_a_process_without_a_share_gets_the_answers_too(server: BaseContext) -> None:
    assert Together(server, few_examples).results() == [[[[7.0, 7.0]], True, "ä"]] * 2


@pytest.mark.parametrize(("rank", "size"), [("x", "2"), ("2", "2"), ("0", "-1")])
def test_bad_variables_of_a_launcher_are_told(monkeypatch: pytest.MonkeyPatch, rank: str, size: str) -> None:
    told = {"RANK": rank, "WORLD_SIZE": size, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "1"}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match="RANK below WORLD_SIZE"), joined_ranks():
        pass
