"""mesh, calibrate, and what info and verify say of their files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.cli.runner import Run


@pytest.fixture
def data(folder: Path) -> str:
    """Four kinds of small images in an .npz file."""
    random = np.random.default_rng(0)
    corners = np.zeros((4, 6, 6))
    for label, (y, x) in enumerate([(0, 0), (0, 3), (3, 0), (3, 3)]):
        corners[label, y : y + 3, x : x + 3] = 180
    arrays = {}
    for part, count in (("train", 200), ("test", 50)):
        labels = random.integers(0, 4, count)
        noisy = corners[labels] + random.integers(0, 70, (count, 6, 6))
        arrays |= {f"{part}_images": noisy.astype(np.uint8), f"{part}_labels": labels.astype(np.uint8)}
    np.savez("corners.npz", **arrays)
    return "corners.npz"


def test_a_network_is_made_calibrated_shown_and_proved(run: Run, folder: Path, data: str) -> None:
    made = run("mesh", "--data", data, "--side", "3", "--hidden", "5", "--epochs", "200", "--json")
    assert made.code == 0, made.err
    mesh = json.loads(made.out)
    assert mesh["physical"]["sizes"] == [9, 5, 4]
    assert mesh["scores"]["accuracy"] > 0.7
    assert mesh["active"] == 9 + round(0.15 * (36 + 10 + 10 + 6))
    error = ("--error", "bias_std_rad=0.3")
    answer = run("calibrate", "--queries", "200", "-o", "share=0.5", *error, "--json")
    assert answer.code == 0, answer.err
    record = json.loads(answer.out)
    assert record["design"] == mesh["content_hash"]
    assert record["scores"]["queries"] == 200
    assert record["settings"]["options"] == {"share": 0.5}
    assert record["instrument"]["errors"]["bias_std_rad"] == 0.3
    assert "200/200 queries" in answer.err
    assert json.loads(run("info", "calibration.safetensors", "--json").out) == record
    assert json.loads(run("info", "mesh.safetensors", "--json").out) == mesh
    for file in ("mesh.safetensors", "calibration.safetensors"):
        proved = json.loads(run("verify", file, "--json").out)
        assert proved["ok"]
        assert proved["design"] == mesh["content_hash"]
    assert run("calibrate", "--queries", "200").code == 2, "an existing file is not replaced unasked"
    more = run("calibrate", "--queries", "300", "-o", "share=0.5", *error, "--resume", "--json", "--quiet")
    assert json.loads(more.out)["scores"]["queries"] == 300
    assert more.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--learner", "szo"), "known one"),
        (("-o", "share"), "KEY=VALUE"),
        (("-o", "share=x"), "must be a number"),
        (("-o", "share=7"), "between 0 and 1"),
        (("--error", "gama_std=1"), "gama_std"),
        (("--error", "omega=-1"), "omega"),
        (("--resume",), "does not exist"),
    ],
)
def test_wrong_arguments_are_told_and_nothing_is_written(
    arguments: tuple[str, ...], expected: str, run: Run, folder: Path, data: str
) -> None:
    run("mesh", "--data", data, "--side", "3", "--hidden", "", "--epochs", "1")
    before = sorted(path.name for path in folder.iterdir())
    answer = run("calibrate", *arguments)
    assert answer.code in (2, 3)
    assert expected in answer.err
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_file_that_is_no_mesh_is_refused(run: Run, data: str) -> None:
    Path("mesh.safetensors").write_bytes(b"no container")
    assert run("calibrate").code == 3
    assert run("mesh", "--data", data, "--side", "9", "--overwrite").code == 2
    assert run("mesh", "--data", data, "--hidden", "3,x", "--overwrite").code == 2


@pytest.fixture
def printed(folder: Path) -> str:
    """A design of two layers with random levels, and few images of its size."""
    from fabdesign.design import save_design
    from tests.check.devices import make_design

    random = np.random.default_rng(0)
    arrays = {}
    for part, count in (("train", 64), ("test", 20)):
        arrays[f"{part}_images"] = random.integers(0, 255, (count, 28, 28)).astype(np.uint8)
        arrays[f"{part}_labels"] = np.arange(count, dtype=np.uint8) % 10
    np.savez("blots.npz", **arrays)
    save_design(make_design(layers=2), "printed.safetensors")
    return "printed.safetensors"


def test_a_print_is_recentred_estimated_and_tuned(run: Run, printed: str) -> None:
    shared = ("--data", "blots.npz", "--zones", "2x3", "--frames", "4", "--json")
    answer = run("calibrate", printed, "--queries", "4", "--recentre", "--error", "noise=0", *shared)
    assert answer.code == 0, answer.err
    record = json.loads(answer.out)
    assert record["instrument"]["zones"] == [2, 3]
    assert record["instrument"]["errors"]["noise"] == 0
    assert record["settings"]["learner"] == "physics-aware"
    assert record["scores"]["queries"] == 4
    assert record["scores"]["frames"] == 64 + 4
    assert len(record["instrument"]["estimate"]["shift_um"]) == 2
    assert json.loads(run("verify", "calibration.safetensors", "--json").out)["ok"]
    blind = run(
        "calibrate", printed, "--learner", "spsa", "--queries", "6", "--out", "spsa.safetensors", *shared
    )
    assert blind.code == 0, blind.err
    assert json.loads(blind.out)["instrument"]["estimate"] is None
    more = run(
        "calibrate",
        printed,
        "--learner",
        "spsa",
        "--queries",
        "8",
        "--out",
        "spsa.safetensors",
        "--resume",
        *shared,
    )
    assert more.code == 0, more.err
    assert json.loads(more.out)["scores"]["queries"] == 8


def test_one_layer_of_a_print_is_designed_anew(run: Run, printed: str) -> None:
    from fabdesign.design import load_design

    options = ("--data", "blots.npz", "--frames", "4", "-o", "steps=6", "-o", "batch=8", "--json")
    answer = run("calibrate", printed, "--reprint", "1", "--out", "new.safetensors", *options)
    assert answer.code == 0, answer.err
    record = json.loads(answer.out)
    old, new = load_design(printed), load_design("new.safetensors")
    assert record["content_hash"] == new.content_hash
    assert record["parent"] == old.content_hash == new.provenance["redesigned"]["parent"]
    assert np.array_equal(old.levels[0], new.levels[0])
    assert not np.array_equal(old.levels[1], new.levels[1])
    bad = run("calibrate", printed, "--reprint", "1", "--out", "x.safetensors", "-o", "stops=6")
    assert bad.code == 2
    assert "stops" in bad.err
    assert not Path("x.safetensors").exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--zones", "6by6"), "ROWSxCOLUMNS"),
        (("--error", "layershift=1"), "layer-shift"),
        (("--reprint", "7", "--data", "blots.npz"), "one of 2"),
        (("--learner", "identify"), "mesh design"),
    ],
)
def test_prints_refuse_what_does_not_fit(
    run: Run, printed: str, arguments: tuple[str, ...], expected: str
) -> None:
    answer = run("calibrate", printed, *arguments)
    assert answer.code == 2
    assert expected in answer.err
    assert not Path("calibration.safetensors").exists()
