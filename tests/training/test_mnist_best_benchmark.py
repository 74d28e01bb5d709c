"""What was measured with other settings is not shown, and not measured again when its own are unchanged."""

import itertools
import json
import shlex
from pathlib import Path
from typing import Any

from benchmarks.mnist_best.__main__ import CONFIG, READOUTS, recipe_of
from benchmarks.mnist_best.store import OTHERS, add_cell, load_cells, page
from fabdesign.config import load_project

REPORT = Path(__file__).parents[2] / "docs" / "benchmarks"


def recipes(*changes: str) -> dict[str, str]:
    return {readout: recipe_of(readout, changes) for readout in READOUTS}


def stored() -> dict[str, Any]:
    return json.loads((REPORT / "mnist_best.json").read_text(encoding="utf-8"))


def test_the_page_shows_what_the_recipes_of_today_gave() -> None:
    assert (REPORT / "mnist_best.md").read_text(encoding="utf-8") == page(load_cells(REPORT, recipes()))


def test_both_recipes_are_five_layers_of_eight_levels_scored_at_two_samples() -> None:
    for changes in READOUTS.values():
        project = load_project(CONFIG, list(changes)).project
        assert (project.optics.layers, project.process.levels) == (5, 8)
        assert project.optics.samples_per_pixel == 2


def test_the_options_of_other_results_ask_for_devices_of_five_layers() -> None:
    for _, options in OTHERS:
        words = shlex.split(options)
        asked = READOUTS[words[words.index("--readouts") + 1]]
        changes = [value for option, value in itertools.pairwise(words) if option == "-o"]
        assert load_project(CONFIG, [*asked, *changes]).project.optics.layers == 5


def test_other_settings_leave_a_cell_open(tmp_path: Path) -> None:
    for name, cell in stored().items():
        add_cell(tmp_path, name, cell)
    assert load_cells(tmp_path, recipes()).keys() == load_cells(REPORT, recipes()).keys()
    assert not load_cells(tmp_path, recipes("train.epochs=1"))
    only = {**recipes(), "pairs": recipe_of("pairs", ["train.epochs=1"])}
    assert {cell["readout"] for cell in load_cells(tmp_path, only).values()} <= {"argmax"}


def test_a_new_result_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    name, cell = next(iter(stored().items()))
    add_cell(tmp_path, name, {**cell, "recipe": "old"})
    add_cell(tmp_path, name, cell)
    found = json.loads((tmp_path / "mnist_best.json").read_text(encoding="utf-8"))
    assert found[name]["recipe"] == cell["recipe"]
    assert len(found) == 1
