"""The matrix is what it says: all methods, both tasks, settings chosen without a look at test data."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.matrix import choose, dim
from benchmarks.matrix.__main__ import closer, in_order, wanted, with_seeds
from benchmarks.matrix.report import page, settings_text
from benchmarks.matrix.store import Store
from fabdesign.config import LoadedSweep, load_sweep
from fabdesign.network import process_table
from fabdesign.training.sweep import Cell, cells_of

HERE = Path(choose.__file__).parent
PAPER = {"PQ": "pq", "STE": "ste", "GS": "gs", "PSQ": "psq", "PSQ-LT": "psq-lt"}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> LoadedSweep:
    folder = tmp_path_factory.mktemp("matrix")
    return load_sweep(choose.chosen_sweep(HERE, folder / "nothing.json", folder))


@pytest.fixture(scope="module")
def cells(loaded: LoadedSweep) -> list[Cell]:
    return cells_of(loaded)


def result(cell: Cell, score: float) -> dict[str, Any]:
    metric = "ssim" if cell.task == "cells" else "accuracy"
    told = {"task": cell.task, "method": cell.method, "levels": cell.levels, "seed": cell.seed}
    return {**told, "status": "done", "metric": metric, "scores": {metric: score}, "cpu_seconds": 10.0}


def test_the_matrix_has_every_cell(loaded: LoadedSweep, cells: list[Cell]) -> None:
    methods = {method.label: method for method in loaded.sweep.method}
    assert {label: methods[label].method for label in PAPER} == PAPER
    assert all(not methods[label].options for label in PAPER)
    assert methods["ours"].reference
    assert len(cells) == 3 * (2 * (11 * 3 + 1) + 12 + 7)
    projects = [(cell.task, cell.project().project) for cell in cells[:87]]
    budgets = {(task, project.train.epochs, project.train.batch) for task, project in projects}
    assert len(budgets) == len(loaded.sweep.task) == 4
    assert {project.optics.samples_per_pixel for _, project in projects} == {2}
    assert {project.task.validation for _, project in projects} == {0}


def test_the_unseen_process_has_six_uneven_levels_over_less_than_a_turn(cells: list[Cell]) -> None:
    unseen = [cell for cell in cells if cell.task == "unseen" and cell.levels]
    phases = process_table(unseen[0].project().project).phase_rad
    assert len(phases) == 6
    assert phases[-1] == pytest.approx(1.3 * math.pi, rel=1e-3)
    assert np.ptp(np.diff(phases)) > 0.3
    assert not {cell.method for cell in unseen} & set(PAPER)


def test_an_unfinished_matrix_is_kept_and_goes_on(
    loaded: LoadedSweep, cells: list[Cell], tmp_path: Path
) -> None:
    store = Store(tmp_path / "matrix.json", loaded.sweep, HERE)
    assert len(store.open(cells)) == len(cells)
    store.add(cells[0], result(cells[0], 0.8))
    store.add(cells[1], result(cells[1], 0.7))
    store.add(cells[1], result(cells[1], 0.6))
    store.add(cells[2], {**result(cells[2], 0.5), "status": "failed"})
    assert store.open(cells) == [*cells[2:]]
    assert [record["scores"] for record in store.kept(cells)] == [{"accuracy": 0.8}, {"accuracy": 0.6}]


def test_another_setting_leaves_the_cell_open(loaded: LoadedSweep, cells: list[Cell], tmp_path: Path) -> None:
    store = Store(tmp_path / "matrix.json", loaded.sweep, HERE)
    ours = next(cell for cell in cells if cell.method == "ours")
    assert store.key(ours) == store.key(replace(ours, toml=""))
    changed = [
        m.model_copy(update={"options": {"finish": 0.2}}) if m.label == "ours" else m
        for m in loaded.sweep.method
    ]
    other = replace(store, sweep=loaded.sweep.model_copy(update={"method": changed}))
    assert other.key(ours) != store.key(ours)
    assert [cell for cell in cells if other.key(cell) == store.key(cell)] == [
        cell for cell in cells if cell.method != "ours"
    ]


def test_more_seeds_are_for_what_is_close(loaded: LoadedSweep, cells: list[Cell]) -> None:
    scores = {"ours": 0.9, "alpha": 0.895, "LSQ": 0.91, "GS-tuned": 0.88, "full-precision": 0.92}
    done = [
        result(cell, scores[cell.method])
        for cell in cells
        if cell.task == "digits" and cell.levels in (0, 4) and cell.method in scores
    ]
    more = closer(cells_of(with_seeds(loaded, [3, 4])), done)
    assert sorted((cell.method, cell.levels, cell.seed) for cell in more) == [
        (method, 4, seed) for method in ("LSQ", "alpha", "ours") for seed in (3, 4)
    ]
    text = page(loaded.sweep, [*done, *(result(cell, 0.9) for cell in more)], len(done), "")
    assert "| alpha | not run | 89.70 ± 0.27 (5 seeds) | not run |" in text
    assert "6 more have other seeds" in text


def test_what_tells_most_is_run_first(cells: list[Cell]) -> None:
    order = in_order(cells)
    assert sorted(cell.name for cell in order) == sorted(cell.name for cell in cells)
    early = order[: 3 * (2 * 5 + 5 + 2)]
    assert {(cell.task, cell.levels) for cell in early} == {
        ("digits", 0), ("digits", 2), ("digits", 4), ("cells", 0), ("cells", 4)
    }  # fmt: skip
    assert [cell.seed for cell in early] == sorted(cell.seed for cell in early)


def test_a_task_without_its_data_is_left_out(cells: list[Cell]) -> None:
    digits = next(cell for cell in cells if cell.task == "digits")
    gone = replace(digits, toml=digits.toml.replace('"mnist-small"', '"/nowhere/at/all"'))
    assert wanted(digits, None, None)
    assert not wanted(gone, None, None)
    assert not wanted(digits, ["cells"], None)
    assert not wanted(digits, None, ["ours"])


def test_the_page_says_what_has_not_run(loaded: LoadedSweep, cells: list[Cell]) -> None:
    done = [
        result(cell, {"ours": 0.9, "STE-tuned": 0.8 + 0.01 * cell.seed, "PQ": 0.3}[cell.method])
        for cell in cells
        if cell.task == "digits" and cell.levels == 4 and cell.method in {"ours", "STE-tuned", "PQ"}
        and (cell.method != "PQ" or cell.seed == 0)
    ]  # fmt: skip
    text = page(loaded.sweep, done, len(cells), "")
    assert "**7 of 261 trainings are done**" in text
    assert "| STE-tuned | not run | 81.00 ± 1.00 | not run |" in text
    assert (
        "| digits | 4 | PQ +60.00 (1 seed); 4 not run | STE-tuned +9.00 ± 1.00; 8 not run | not run |" in text
    )
    assert "70 s of CPU for these trainings, 10 s each" in text


CANDIDATES = {"train.learning_rate": [0.01, 0.05], "quantise.options.spread": [0.1, 0.5]}


def test_settings_are_chosen_on_held_out_data(tmp_path: Path) -> None:
    settings = {"candidates": CANDIDATES, "validation": 0.2, "levels": {"digits": 4, "cells": 8}, "seed": 9}
    trials = choose._trials(HERE, settings)
    assert all(task["settings"]["task.validation"] == 0.2 for task in trials["task"])
    assert len(trials["method"]) == 5 * 2 + 7 * 4, "the paper's methods have a start of their own"
    assert [task["label"] for task in trials["task"]] == ["digits", "cells"]
    results = [
        {"task": "digits", "method": f"{label}_{number}", "metric": "accuracy", "scores": {"accuracy": score}}
        for label, number, score in (("PQ", 0, 0.7), ("PQ", 1, 0.6), ("ours", 1, 0.8), ("ours", 2, 0.9))
    ]
    chosen = tmp_path / "chosen.json"
    chosen.write_text(json.dumps(choose._best(HERE, results, CANDIDATES)))
    loaded = load_sweep(choose.chosen_sweep(HERE, chosen, tmp_path))
    for label, same in (
        ("PQ", {"train.learning_rate": 0.01}),
        ("ours", {"train.learning_rate": 0.05, "quantise.options.spread": 0.1}),
    ):
        method = next(m for m in loaded.sweep.method if m.label == label)
        assert method.task_settings == {"digits": same, "fashion": same, "unseen": same}
        cell = next(c for c in cells_of(loaded) if (c.method, c.task) == (label, "fashion"))
        assert cell.project().project.train.learning_rate == same["train.learning_rate"]
    assert "train.learning_rate 0.01 (PQ) or 0.05 (ours)" in settings_text(chosen)


def test_brightened_pixels_pass_more_light_and_hard_ones_are_scored() -> None:
    small = ["optics.layers=1", "train.epochs=2", "task.examples=40", "process.levels=8", "train.seed=0"]
    left = list(dim.measured("digits", 0.0, small))
    brightened = list(dim.measured("digits", 1.0, small))
    assert len(left) == len(brightened) == 4
    assert 0 < left[0] < brightened[0] <= 1
    assert all(0 <= score <= 1 for score in (*left[1:], *brightened[1:]))
