"""The listings: tables and JSON on stdout, pictures, refusals with exit code 2 and nothing written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fabdesign_cli.main import exit_code

AT = ["--wavelength", "785 nm"]


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = exit_code(words)
    streams = capsys.readouterr()
    return code, streams.out, streams.err


def test_materials_are_listed_with_their_index(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "materials", *AT)
    assert (code, err) == (0, "")
    lines = {line.split()[0]: line for line in out.splitlines()}
    assert "1.542869" in lines["ip-dip"]
    assert "400 nm to 1.6 um" in lines["ip-dip"]


def test_a_list_tells_which_material_has_no_index_there(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "materials", "--wavelength", "1.55 um", "--json")
    index = {material["name"]: material["index"] for material in json.loads(out)["materials"]}
    assert code == 0
    assert index["pmma-950"] is None
    assert index["fused-silica"] == pytest.approx(1.44402, abs=1e-5)


def test_one_material_with_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "materials", "ip-dip", *AT)
    assert code == 0
    for part in ("Schmid", "1.542869", "0.011283", "λ²"):
        assert part in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["materials", "ip-dip", "--wavelength", "300 um"], "ip-dip has a known index from 400 nm to 1.6 um"),
        (["materials", "ip-s"], "no index of ip-s is shipped"),
        (["materials", "ip-dib"], 'did you mean "ip-dip"'),
        (["materials", "ip-dip", "--wavelength", "785"], "must be a length with its unit"),
        (["processes", "2pp-25x-ip-s", *AT], "has no index of its material"),
        (
            ["processes", "2pp-63x-ip-dip", "--wavelength", "532 nm", "--levels", "16"],
            "makes 10 different levels",
        ),
        (["processes", "no-such"], 'no process is named "no-such"'),
        (["processes", "2pp-63x-ip-dip", "--index", "0.5", *AT], "0.5"),
    ],
)
def test_what_cannot_be_answered_is_refused(
    capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "")
    assert message in err


@pytest.mark.parametrize("command", ["materials", "processes"])
@pytest.mark.parametrize("name", ["picture.png", "picture.svg"])
def test_a_picture_is_drawn_on_demand(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str, name: str
) -> None:
    target = tmp_path / name
    thing = {"materials": "ip-dip", "processes": "2pp-63x-ip-dip"}[command]
    code, _, err = run(capsys, command, thing, *AT, "--plot", str(target))
    assert code == 0
    assert str(target) in err
    assert target.read_bytes()[:4] in (b"\x89PNG", b"<?xm")


@pytest.mark.parametrize(
    "words",
    [
        ["processes", "--plot", "PICTURE.png"],
        ["processes", "ideal", "--plot", "PICTURE.png"],
        ["processes", "2pp-25x-ip-s", *AT, "--plot", "PICTURE.png"],
        ["processes", "ideal", *AT, "--plot", "PICTURE.bmp"],
        ["materials", "ip-s", "--plot", "PICTURE.png"],
    ],
)
def test_no_picture_is_left_by_a_refusal(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, _ = run(capsys, *words)
    assert (code, out) == (2, "")
    assert list(tmp_path.iterdir()) == []


def test_processes_are_listed_also_those_without_an_index(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "processes")
    lines = {line.split()[0]: line for line in out.splitlines()}
    assert code == 0
    assert "none: give --index" in lines["2pp-25x-ip-s"]
    assert "22 of 23" in lines["2pp-63x-ip-dip"]


def test_a_list_at_a_wavelength_tells_who_can_make_the_levels(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "processes", *AT, "--levels", "16")
    lines = {line.split()[0]: line for line in out.splitlines()}
    assert code == 0
    assert "0.1134" in lines["ideal"]
    assert "no: makes 15 different levels" in lines["2pp-63x-ip-dip"]
    assert "no: has no index" in lines["2pp-25x-ip-s"]


def test_a_process_shows_every_number_assumed_ones_first(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "processes", "2pp-25x-ip-s")
    rows = [line.split() for line in out.splitlines() if line.startswith(("assumed ", "literature "))]
    assert code == 0
    marks = [row[0] for row in rows]
    assert marks == ["assumed"] * marks.count("assumed") + ["literature"] * marks.count("literature")
    assert ["literature", "axial.slice_um", "0.1"] in [row[:3] for row in rows]
    assert "fibre-lens recipe" in out


def test_a_level_table_has_heights_and_phases(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "processes", "2pp-63x-ip-dip", *AT)
    assert code == 0
    assert ["7", "1300.000", "5.6458", "5.4978", "+0.1481"] in [line.split() for line in out.splitlines()]
    assert "0.2381 rad" in out


def test_an_etched_table_has_depths_and_masks(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "processes", "binary-optics-fused-silica", "--wavelength", "633 nm")
    assert ["0", "0.000", "1212.000"] in [line.split()[:3] for line in out.splitlines()]
    assert "mask depths nm: 173, 346, 693" in out


def test_the_same_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["processes", "2pp-25x-ip-s", *AT, "--index", "1.505", "--levels", "4", "--json"]
    code, out, _ = run(capsys, *words)
    record = json.loads(out)
    assert code == 0
    assert record["level_table"]["height_um"] == [0.0, 0.4, 0.8, 1.2]
    assert record["numbers"]["axial.slice_um"]["mark"] == "literature"
    assert record["index"] == {"name": "nanoscribe ip-s", "index": 1.505, "source": "given by the user"}


def test_a_profile_is_a_start_for_ones_own(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    _, text, _ = run(capsys, "processes", "2pp-63x-ip-dip", "--toml")
    mine = tmp_path / "mine.toml"
    mine.write_text(text.replace("slice_um = { value = 0.1", "slice_um = { value = 0.05"), encoding="utf-8")
    code, out, _ = run(capsys, "processes", str(mine), *AT, "--json")
    assert code == 0
    assert json.loads(out)["level_table"]["height_um"][1] == pytest.approx(0.2)
    assert json.loads(out)["level_table"]["rms_rounding_rad"] == pytest.approx(0.2325, abs=1e-4)
