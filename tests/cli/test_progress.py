"""Training is told in lines to a log and with a bar to a person, on stderr alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from fabdesign_cli import progress
from fabdesign_cli.progress import describe_step, time_text, training_progress

from fabdesign.training.events import Evaluating, Event, Finished, Saved, Started, Stepped, Warned


def stepped(step: int) -> Stepped:
    return Stepped(
        step=step,
        steps=50,
        epoch=1 + step // 26,
        loss=2.30259 / step,
        scores={"accuracy": 0.5, "detector_efficiency": 0.1},
        headline="accuracy",
        learning_rate=0.05,
        watched={"temperature": 7.25},
        seconds=step * 0.1,
        seconds_left=75.0,
    )


def a_training() -> list[Event]:
    return [
        Started(Path("runs/0001-x"), 0, 50, 2, 1, 14),
        *map(stepped, range(1, 51)),
        Warned("threads was 2 and is 1"),
        Saved(Path("c"), 50),
        *(Evaluating(samples, done, 100) for samples in (2, 4) for done in (50, 100)),
        Finished(Path("design")),
    ]


def tell(quiet: bool = False) -> None:
    with training_progress(quiet) as listener:
        for event in a_training():
            listener(event)


def test_a_step_is_told_with_loss_score_and_temperature() -> None:
    assert describe_step(stepped(1)) == "epoch 1  step 1/50  loss 2.3026  accuracy 0.500  temperature 7.25"


def test_times_read_like_a_clock() -> None:
    assert [time_text(seconds) for seconds in (0, 59.6, 75, 3700, -1)] == [
        "0:00",
        "1:00",
        "1:15",
        "1:01:40",
        "0:00",
    ]


def test_a_log_gets_the_first_and_the_last_step_and_few_between(capsys: pytest.CaptureFixture[str]) -> None:
    tell()
    streams = capsys.readouterr()
    assert streams.out == ""
    lines = streams.err.splitlines()
    assert lines[0] == "Training in runs/0001-x: 50 steps in 2 epochs, 1 threads, 14 images at a time."
    assert [line.split("  ")[1] for line in lines if line.startswith("epoch")] == ["step 1/50", "step 50/50"]
    assert lines[1].endswith("left 1:15")
    assert lines[3:] == [
        "Warning: threads was 2 and is 1",
        "Scoring the hard levels at 2 samples per pixel.",
        "Scoring the hard levels at 4 samples per pixel.",
    ]


def test_quiet_tells_warnings_only(capsys: pytest.CaptureFixture[str]) -> None:
    tell(quiet=True)
    assert capsys.readouterr().err == "Warning: threads was 2 and is 1\n"


def test_a_person_sees_a_bar_with_the_same_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "on_terminal", lambda: True)
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "160")
    tell()
    streams = capsys.readouterr()
    assert streams.out == ""
    assert "Training in runs/0001-x" in streams.err
    assert "Warning: threads was 2 and is 1" in streams.err
    assert "scoring at 4 samples per pixel" in streams.err
