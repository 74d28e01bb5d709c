"""GWL jobs: hatching by hand, fields, bytes, and what is refused."""

from pathlib import Path

import numpy as np
import pytest

from fabdesign.errors import ConfigError
from fabdesign.export import export_design
from fabdesign.export.job.hatch import format_um, hatch_slice, line_offsets_pm, text_table
from fabdesign.process.fields import split_fields
from tests.export.devices import F_SHAPE, make_design

OPTIONS = {"profile": "2pp-63x-ip-dip", "field_um": 1.0}


def test_two_runs_with_two_lines_each_are_written_line_by_line() -> None:
    mask = np.array([[True, False, True]])
    along, across = text_table([-1500, 0, 1_000_000, 2_000_000]), text_table([100_000, 300_000])
    text = hatch_slice(mask, along, across, 50_000, swap=False).decode()
    points = [line.split() for line in text.splitlines() if line != "Write"]
    assert [point[0] for point in points[:4]] == ["-0.0015", "0", "1", "2"]
    assert points[0][1:] == ["0.1", "0.05"]
    assert [point[1] for point in points[4:]] == ["0.3"] * 4
    assert text.count("Write\n") == 4
    swapped = hatch_slice(mask, along, across, 50_000, swap=True).decode().splitlines()
    assert swapped[0].split() == ["0.1", "-0.0015", "0.05"]


def test_lines_lie_evenly_in_a_pixel() -> None:
    assert line_offsets_pm(400_000, 150_000) == [66_666, 200_000, 333_333]
    assert line_offsets_pm(100, 1000) == [50]
    assert [format_um(v) for v in (1, -1_500_000, 20_000_000)] == ["0.000001", "-1.5", "20"]


def test_fields_cover_each_pixel_once_and_end_on_pixels() -> None:
    fields = split_fields((7, 12), 400_000, 2.0)
    cover = np.zeros((7, 12), int)
    for field in fields:
        cover[slice(*field.y), slice(*field.x)] += 1
    assert (cover == 1).all()
    assert max(f.x[1] - f.x[0] for f in fields) <= 5
    assert [f.centre_pm[0] for f in fields[:3]] == [-1_600_000, 0, 1_600_000]
    with pytest.raises(ConfigError, match="holds no pixel"):
        split_fields((2, 2), 400_000, 0.3)


def test_bytes_repeat_and_the_head_says_what_to_review(tmp_path: Path) -> None:
    design = make_design(F_SHAPE, step_um=0.2)
    first = export_design(design, tmp_path / "a", "gwl", options=OPTIONS)
    second = export_design(design, tmp_path / "b", "gwl", options=OPTIONS)
    assert first.report == second.report
    names = sorted(path.name for path in first.paths[0].parent.iterdir())
    assert names == sorted(path.name for path in second.paths[0].parent.iterdir())
    for name in names:
        assert (first.paths[0].parent / name).read_bytes() == (second.paths[0].parent / name).read_bytes()
    head = first.paths[0].read_bytes().decode("ascii")
    assert f"% design {design.content_hash}\n" in head
    assert "% review power: 30 percent" in head
    assert "% review slice_um: 0.1 in the profile, assumed" in head
    assert head.count("include field-") == first.report["layers"][0]["fields"] > 1
    pixels_times_slices = 50 * 30 + 2 * int(F_SHAPE.sum())
    layer = first.report["layers"][0]
    assert layer["line_um"] == pytest.approx(pixels_times_slices * 4 * 0.4)
    assert layer["write_time"]["scan_s"] == pytest.approx(layer["line_um"] / 10_000)


def test_levels_that_slices_lose_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    design = make_design(F_SHAPE, step_um=0.03)
    with pytest.raises(ConfigError, match="print alike"):
        export_design(design, tmp_path, "gwl", options=OPTIONS)
    assert not list(tmp_path.iterdir())


def test_a_folder_of_the_users_is_not_replaced(tmp_path: Path) -> None:
    design = make_design(F_SHAPE, step_um=0.2)
    (tmp_path / "design-layer00-gwl").mkdir()
    with pytest.raises(ConfigError, match="is not replaced"):
        export_design(design, tmp_path, "gwl", options=OPTIONS)


@pytest.mark.parametrize(
    "bad", [{}, {**OPTIONS, "hach": "x"}, {**OPTIONS, "hatch": "z"}, {**OPTIONS, "power": -1}]
)
def test_wrong_options_are_refused(tmp_path: Path, bad: dict) -> None:
    with pytest.raises(ConfigError):
        export_design(make_design(F_SHAPE, step_um=0.2), tmp_path, "gwl", options=bad)
