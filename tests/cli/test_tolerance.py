"""``fabdesign tolerance``: tables, JSON, figures, going on, and one copy again."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fabdesign_cli.catalogue import load_command

from fabdesign.design import save_design
from tests.check.tolerance import benches


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tolerance")
    save_design(benches.classifier(), made / "small.safetensors")
    benches.images(made)
    return made


def tolerance(folder: Path, *words: str) -> Result:
    command = load_command("tolerance")
    common = [
        str(folder / "small.safetensors"),
        "--data",
        str(folder / "images.npz"),
        "-o",
        str(folder / "out"),
    ]
    errors = ["--only", "height-gain", "--only", "layer-shift", "--only", "layer-tilt"]
    return CliRunner().invoke(command, [*common, *errors, *words], standalone_mode=False)


def test_answers_as_json_with_figures(folder: Path) -> None:
    result = tolerance(folder, "--samples", "9", "--json", "--recentre", "0.5 um", "--spec", "0.1")
    assert result.exception is None, result.output
    report = json.loads(result.stdout)
    assert report["monte_carlo"]["samples"] == 9
    assert report["monte_carlo"]["compensated"]["yield_at_spec"]["count"] == 9
    assert [term["mark"] for term in report["terms"]] == ["assumed", "assumed", "trial"]
    assert {row["name"] for row in report["inverse"]} == {"height-gain", "layer-shift", "layer-tilt"}
    kept = {path.name for path in (folder / "out").iterdir()}
    assert kept == {"copies.json", "tolerance.json", "sensitivity.png", "yield.png"}


def test_tables_replay_and_going_on(folder: Path) -> None:
    first = tolerance(folder, "--samples", "5", "--part", "monte-carlo", "--json")
    copies = json.loads((folder / "out" / "tolerance.json").read_text())["copies"]
    more = tolerance(folder, "--samples", "10", "--part", "monte-carlo", "--resume")
    assert (first.exception, more.exception) == (None, None)
    assert "10 random copies" in more.stdout
    assert "monte carlo 10/10" in more.stderr
    again = json.loads(tolerance(folder, "--replay", "3", "--json").stdout)
    assert again["scores"] == copies[3]["scores"]
    assert set(again["draws"]) == {"height-gain", "layer-shift"}
    assert "layer-shift" in tolerance(folder, "--replay", "3").stdout


def test_what_cannot_be_done_is_said(folder: Path) -> None:
    assert "NAME=NUMBER" in str(tolerance(folder, "--set", "height-gain").exception.message)  # type: ignore[union-attr]
    wrong = tolerance(folder, "--set", "hight-gain=1").exception
    assert "'height-gain'" in str(wrong.hint)  # type: ignore[union-attr]
    other = tolerance(folder, "--samples", "4", "--seed", "5", "--part", "monte-carlo", "--resume").exception
    assert "another design, seed" in str(other)
