"""Phase maps of any kind become the nearest levels on the circle, the right way up."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from PIL import Image

from fabdesign.design import Design, load_design, save_design
from fabdesign.design.from_phase import design_from_phase, rounding_error
from fabdesign.design.phase_maps import read_phase_maps
from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.process import LevelTable, ideal_table

F_SHAPE = np.array([[1, 0, 0], [1, 1, 0], [1, 0, 0], [1, 1, 1]], dtype=float)  # row 0 has the smallest y
TABLE = LevelTable.from_phases([0.0, 1.0, 2.5, 5.0], wavelength_um=0.8, material_index=1.5, medium_index=1.0)


def design_of(phase_rad: NDArray[np.float64], table: LevelTable = TABLE) -> Design:
    return design_from_phase(phase_rad, table, pitch_um=1.5, material="resin", medium="air", process="mine")


@given(arrays.arrays(float, (1, 3, 4), elements=st.floats(-50, 50)))
def test_every_pixel_gets_the_nearest_level_on_the_circle(phase: NDArray[np.float64]) -> None:
    design = design_of(phase)
    distance = np.abs(np.angle(np.exp(1j * (phase[..., None] - TABLE.phase_rad))))
    chosen = np.take_along_axis(distance, design.levels[..., None].astype(int), axis=-1)[..., 0]
    assert np.allclose(chosen, distance.min(axis=-1), atol=1e-9)
    assert design.settings["rounding"]["rms_rad"] == pytest.approx(math.sqrt(np.mean(chosen**2)), abs=1e-8)


def test_phases_on_the_levels_come_back_whatever_turns_they_carry() -> None:
    levels = np.arange(24).reshape(2, 3, 4) % 4
    turns = 2 * np.pi * (np.arange(24).reshape(2, 3, 4) % 5 - 2)
    design = design_of(TABLE.phase_rad[levels] + turns)
    assert np.array_equal(design.levels, levels)
    assert design.settings["rounding"]["largest_rad"] < 1e-9
    assert np.allclose(design.phase_rad(), TABLE.phase_rad[levels])


def test_the_design_has_no_task_and_survives_its_file(tmp_path: Path) -> None:
    design = design_of(np.zeros((1, 2, 2)))
    save_design(design, tmp_path / "d.safetensors")
    loaded = load_design(tmp_path / "d.safetensors")
    assert loaded.content_hash == design.content_hash
    assert not loaded.physical.has_task
    assert not loaded.scores


def test_rounding_error_of_evenly_spread_phases_is_that_of_the_table() -> None:
    table = ideal_table(4, wavelength_um=0.8, material_index=1.5, medium_index=1.0)
    phase = np.linspace(0, 2 * np.pi, 40_000, endpoint=False)
    error = rounding_error(phase, table.phase_rad[table.nearest(phase)])
    assert error["rms_rad"] == pytest.approx(2 * np.pi / (4 * math.sqrt(12)), rel=1e-4)


@pytest.mark.parametrize("name", ["f.npy", "f.npz", "f.png", "f16.png"])
def test_an_f_comes_the_same_way_up_from_every_kind_of_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    as_seen = F_SHAPE[::-1]
    match name:
        case "f.npy":
            np.save(path, F_SHAPE * np.pi)
        case "f.npz":
            np.savez(path, anything=F_SHAPE * np.pi)
        case "f.png":
            Image.fromarray((as_seen * 255).astype(np.uint8)).save(path)
        case "f16.png":
            Image.fromarray((as_seen * 65535).astype(np.uint16)).save(path)
    phase = read_phase_maps([path], full_scale_rad=np.pi if path.suffix == ".png" else None)
    assert np.allclose(phase, F_SHAPE[None] * np.pi)


def test_origin_says_where_row_0_lies(tmp_path: Path) -> None:
    np.save(tmp_path / "f.npy", F_SHAPE)
    Image.fromarray((F_SHAPE * 255).astype(np.uint8)).save(tmp_path / "f.png")
    assert np.array_equal(read_phase_maps([tmp_path / "f.npy"], origin="upper")[0], F_SHAPE[::-1])
    assert np.array_equal(
        read_phase_maps([tmp_path / "f.png"], origin="lower", full_scale_rad=1.0)[0], F_SHAPE
    )


def test_grey_values_are_a_share_of_the_full_scale(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0, 51, 255]], dtype=np.uint8)).save(tmp_path / "g.png")
    Image.fromarray(np.array([[0, 1, 65535]], dtype=np.uint16)).save(tmp_path / "g16.png")
    assert np.allclose(read_phase_maps([tmp_path / "g.png"]), [[[0, 0.2 * 2 * np.pi, 2 * np.pi]]])
    assert np.allclose(read_phase_maps([tmp_path / "g16.png"]), [[[0, 2 * np.pi / 65535, 2 * np.pi]]])


def test_a_complex_transmission_gives_its_angle_and_grey_arrays_need_a_scale(tmp_path: Path) -> None:
    np.save(tmp_path / "c.npy", 0.5 * np.exp(1j * np.array([[0.3, -2.0]])))
    np.save(tmp_path / "u.npy", np.array([[0, 255]], dtype=np.uint8))
    assert np.allclose(read_phase_maps([tmp_path / "c.npy"]), [[[0.3, -2.0]]])
    assert np.allclose(read_phase_maps([tmp_path / "u.npy"], full_scale_rad=3.0), [[[0, 3.0]]])
    with pytest.raises(ConfigError, match="uint8") as caught:
        read_phase_maps([tmp_path / "u.npy"])
    assert "--full-scale" in str(caught.value.hint)


def test_files_stack_into_layers_of_one_size(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((2, 3, 4)))
    np.save(tmp_path / "b.npy", np.ones((3, 4)))
    np.save(tmp_path / "c.npy", np.ones((4, 3)))
    assert read_phase_maps([tmp_path / "a.npy", tmp_path / "b.npy"])[:, 0, 0].tolist() == [0, 0, 1]
    with pytest.raises(ConfigError, match="one size"):
        read_phase_maps([tmp_path / "a.npy", tmp_path / "c.npy"])


def test_one_of_several_arrays_is_chosen_by_key(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", a=np.zeros((2, 2)), b=np.ones((2, 2)))
    assert read_phase_maps([tmp_path / "x.npz"], key="b").max() == 1
    for key in (None, "c"):
        with pytest.raises(ConfigError) as caught:
            read_phase_maps([tmp_path / "x.npz"], key=key)
        assert "a, b" in str(caught.value.hint)


@pytest.mark.parametrize("name", ["x.npy", "x.npz", "x.png", "x.tiff"])
def test_a_damaged_or_unknown_file_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"\x93NUMPY rubbish")
    with pytest.raises(FileFormatError, match=name):
        read_phase_maps([tmp_path / name])


def test_pickled_objects_are_never_loaded(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(FileFormatError, match="allow_pickle=False"):
        read_phase_maps([tmp_path / "x.npy"])


@pytest.mark.parametrize("mode", ["RGB", "P", "LA"])
def test_colour_and_transparency_are_refused(mode: str, tmp_path: Path) -> None:
    Image.new(mode, (3, 3)).save(tmp_path / "x.png")
    with pytest.raises(ConfigError, match=f"its mode is {mode}"):
        read_phase_maps([tmp_path / "x.png"])
