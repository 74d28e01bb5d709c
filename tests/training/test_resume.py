"""Stopped anywhere, by any means, a run ends in the design it would have made anyway."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from fabdesign.design import load_design
from fabdesign.errors import ConfigError, FileFormatError, TrainingInterrupted
from fabdesign.formats.container import read_container, write_container
from fabdesign.training import Evaluating, Saved, Stepped, Warned, resume, train
from tests.training.runs import interrupted, tiny, write_digits

pytestmark = pytest.mark.usefixtures("same_commit")

CHILD = """
import sys
from pathlib import Path
from fabdesign.errors import FabdesignError
from fabdesign.training import Stepped, train
from tests.training.runs import tiny

def listen(event):
    if isinstance(event, Stepped):
        print(event.step, flush=True)

try:
    train(tiny(Path(sys.argv[1]), *sys.argv[3:]), Path(sys.argv[2]), listen=listen)
except FabdesignError as error:
    print(error.message, flush=True)
    sys.exit(int(error.exit_code))
"""


@pytest.mark.parametrize(
    ("how", "method"),
    [
        (signal.SIGKILL, "transmission"),
        (signal.SIGTERM, "gs"),
        (signal.SIGINT, "transmission"),
    ],
)
def test_a_killed_run_goes_on_bit_for_bit(
    data: Path, tmp_path: Path, how: signal.Signals, method: str
) -> None:
    settings = (f"quantise.method={method}", "train.epochs=5", "train.checkpoint_every=1 ms")
    whole = train(tiny(data, *settings), tmp_path / "whole")
    step = random.randint(1, 13)
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(data), str(tmp_path / "runs"), *settings],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert child.stdout is not None
    for line in child.stdout:
        if int(line) == step:
            break
    child.send_signal(how)
    code = child.wait(timeout=120)
    assert code == (-signal.SIGKILL if how == signal.SIGKILL else 130), f"stopped at step {step}"
    run = tmp_path / "runs" / "0001-tiny"
    assert not (run / "design.safetensors").exists()
    again = resume(run)
    assert again.design.content_hash == whole.design.content_hash, f"stopped at step {step}"
    assert again.design_path.read_bytes() == whole.design_path.read_bytes()
    assert (run / "metrics.csv").read_bytes() == (whole.run / "metrics.csv").read_bytes()


def test_a_signal_while_scoring_leaves_no_design_and_the_run_goes_on(data: Path, tmp_path: Path) -> None:
    whole = train(tiny(data), tmp_path / "whole")

    def stop(event: object) -> None:
        if isinstance(event, Evaluating):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)

    with pytest.raises(TrainingInterrupted, match="after step 9 of 9"):
        train(tiny(data), tmp_path / "runs", listen=stop)
    run = tmp_path / "runs" / "0001-tiny"
    assert not (run / "design.safetensors").exists()
    assert resume(run).design_path.read_bytes() == whole.design_path.read_bytes()


def test_after_a_signal_the_old_handlers_are_back(data: Path, tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    interrupted(data, tmp_path / "runs")
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


def test_a_run_without_a_checkpoint_starts_at_its_beginning(data: Path, tmp_path: Path) -> None:
    whole = train(tiny(data), tmp_path / "whole")
    run = interrupted(data, tmp_path / "runs")
    (run / "checkpoint.safetensors").unlink()
    steps = []
    again = resume(run, listen=lambda event: steps.append(event) if isinstance(event, Stepped) else None)
    assert [event.step for event in steps] == list(range(1, 10))
    assert again.design.content_hash == whole.design.content_hash


def test_other_threads_and_micro_batches_are_told(data: Path, tmp_path: Path) -> None:
    run = interrupted(data, tmp_path / "runs")
    config = run / "fabdesign.toml"
    config.write_text(config.read_text().replace("threads = 1", "threads = 2\nmicro_batch = 3"))
    events = []
    resume(run, listen=events.append)
    warnings = [event.message for event in events if isinstance(event, Warned)]
    assert any(message.startswith("threads was 1 and is 2") for message in warnings)
    assert any(message.startswith("micro_batch was") for message in warnings)


def test_other_versions_are_told(data: Path, tmp_path: Path) -> None:
    run = interrupted(data, tmp_path / "runs")
    arrays, record = read_container(run / "checkpoint.safetensors")
    record["computed_with"]["torch"] = "0.0.1"
    write_container(run / "checkpoint.safetensors", arrays, record)
    events = []
    resume(run, listen=events.append)
    assert [event.message.split(" and is")[0] for event in events if isinstance(event, Warned)] == [
        "torch was 0.0.1"
    ]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [("seed = 0", "seed = 1", "plan"), ("levels = 4", "levels = 5", "height_um")],
)
def test_a_changed_project_cannot_go_on(data: Path, tmp_path: Path, old: str, new: str, what: str) -> None:
    run = interrupted(data, tmp_path / "runs")
    config = run / "fabdesign.toml"
    assert old in config.read_text()
    config.write_text(config.read_text().replace(old, new))
    with pytest.raises(ConfigError, match=what):
        resume(run)


def test_a_changed_default_cannot_go_on(data: Path, tmp_path: Path) -> None:
    run = interrupted(data, tmp_path / "runs")
    arrays, record = read_container(run / "checkpoint.safetensors")
    record["identity"]["options"]["end"] = 20.0
    write_container(run / "checkpoint.safetensors", arrays, record)
    with pytest.raises(ConfigError, match="options"):
        resume(run)


@pytest.mark.parametrize("text", ['{"text": 1', "{}", "[]"])
def test_a_damaged_origin_is_named(data: Path, tmp_path: Path, text: str) -> None:
    run = interrupted(data, tmp_path / "runs")
    (run / "origin.json").write_text(text)
    with pytest.raises(FileFormatError, match=r"origin\.json"):
        resume(run)


def test_changed_data_cannot_go_on(tmp_path: Path) -> None:
    path = write_digits(tmp_path / "digits.npz")
    run = interrupted(path, tmp_path / "runs")
    arrays = dict(np.load(path))
    arrays["train_images"][0, 10, 10] ^= 1
    np.savez(path, **arrays)
    with pytest.raises(ConfigError, match="data_hash"):
        resume(run)


def test_a_folder_that_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--resume must name a run folder"):
        resume(tmp_path)


@pytest.mark.parametrize("damage", ["truncate", "kind", "shape"])
def test_a_damaged_checkpoint_is_named(data: Path, tmp_path: Path, damage: str) -> None:
    run = interrupted(data, tmp_path / "runs")
    path = run / "checkpoint.safetensors"
    arrays, record = read_container(path)
    if damage == "truncate":
        path.write_bytes(path.read_bytes()[:-100])
    elif damage == "kind":
        write_container(path, arrays, {**record, "kind": "design"})
    else:
        write_container(path, {**arrays, "parameter.vector": np.zeros((1, 2), np.float32)}, record)
    with pytest.raises(FileFormatError, match=r"checkpoint\.safetensors"):
        resume(run)


def test_the_checkpoint_says_what_it_was_computed_with(data: Path, tmp_path: Path) -> None:
    run = interrupted(data, tmp_path / "runs")
    _, record = read_container(run / "checkpoint.safetensors")
    assert record["step"] == 4
    assert {"torch", "numpy", "python", "fabdesign", "threads", "micro_batch"} <= set(record["computed_with"])
    assert json.loads((run / "origin.json").read_text())["source"] == "tiny"
    assert not list(run.glob(".*"))


def test_saving_happens_at_the_time_asked_for(data: Path, tmp_path: Path) -> None:
    events = []
    train(tiny(data, "train.checkpoint_every=1 ms"), tmp_path / "runs", listen=events.append)
    assert [event.step for event in events if isinstance(event, Saved)] == [*range(10), 9]
    assert load_design(tmp_path / "runs" / "0001-tiny" / "design.safetensors")
