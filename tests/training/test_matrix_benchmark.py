"""The matrix is what it says: all methods, both tasks, settings chosen without a look at test data."""

import json
from pathlib import Path

from benchmarks.matrix import choose
from fabdesign.config import load_sweep
from fabdesign.training.sweep import cells_of

HERE = Path(choose.__file__).parent
PAPER = {"PQ": "pq", "STE": "ste", "GS": "gs", "PSQ": "psq", "PSQ-LT": "psq-lt"}


def test_the_matrix_has_every_cell(tmp_path: Path) -> None:
    loaded = load_sweep(choose.chosen_sweep(HERE, tmp_path / "nothing.json", tmp_path))
    methods = {method.label: method for method in loaded.sweep.method}
    assert {label: methods[label].method for label in PAPER} == PAPER
    assert all(not methods[label].options for label in PAPER)
    assert methods["ours"].reference
    cells = cells_of(loaded)
    assert len(cells) == 3 * 2 * (11 * 3 + 1)
    budgets = {(cell.task, cell.project().project.train.epochs) for cell in cells[:68]}
    assert len(budgets) == 2
    assert {cell.project().project.optics.samples_per_pixel for cell in cells[:68]} == {2}


def test_rates_are_chosen_on_held_out_data(tmp_path: Path) -> None:
    candidates = choose._candidates(
        HERE, {"rates": [0.01, 0.05], "validation": 0.2, "levels": {"digits": 4, "cells": 8}, "seed": 9}
    )
    assert all(task["settings"]["task.validation"] == 0.2 for task in candidates["task"])
    assert len(candidates["method"]) == 24
    results = [
        {"task": "digits", "method": f"PQ_{rate}", "metric": "accuracy", "scores": {"accuracy": score}}
        for rate, score in ((0.01, 0.7), (0.05, 0.6))
    ]
    chosen = tmp_path / "chosen.json"
    chosen.write_text(json.dumps(choose._best(results)))
    loaded = load_sweep(choose.chosen_sweep(HERE, chosen, tmp_path))
    method = next(m for m in loaded.sweep.method if m.label == "PQ")
    assert method.task_settings == {"digits": {"train.learning_rate": 0.01}}
