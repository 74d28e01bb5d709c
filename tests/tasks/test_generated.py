"""Generated data: cells against the closed form of their thickness, discs against their law."""

import math

import numpy as np
import pytest

from fabdesign.errors import ConfigError
from fabdesign.tasks import load_dataset
from fabdesign.tasks.cells import Cell, path_um, thickness_um
from fabdesign.tasks.leaves import scene


def centres(pixels: int, field_um: float) -> np.ndarray:
    return (np.arange(pixels) - (pixels - 1) / 2) * field_um / pixels


def test_a_cell_that_lies_flat_has_the_thickness_of_evans_and_fung() -> None:
    x = centres(48, 10.0)
    expected = thickness_um(np.hypot(x[None], x[:, None]))
    np.testing.assert_allclose(path_um(Cell(), 48, 10.0), expected, atol=1e-9)
    assert expected.max() == pytest.approx(2.57, abs=0.02)  # Evans and Fung 1972: 2.57 ± 0.27 µm


def test_volume_does_not_depend_on_tilt_turn_or_stretch() -> None:
    area = (14 / 80) ** 2
    flat = path_um(Cell(), 80, 14.0).sum() * area
    assert flat == pytest.approx(94, abs=2)  # Evans and Fung 1972: 94 ± 14 µm³
    other = Cell(x_um=0.5, y_um=-1, stretch=0.2, turn_rad=0.7, tilt_rad=0.9)
    assert path_um(other, 80, 14.0).sum() * area == pytest.approx(flat, rel=0.01)


def test_row_0_is_the_top() -> None:
    path = path_um(Cell(y_um=3.0), 32, 14.0)
    assert path[:16].sum() > 5 * path[16:].sum()


def test_a_tilt_is_about_the_longer_axis() -> None:
    path = path_um(Cell(tilt_rad=math.pi / 2), 64, 14.0)
    rows, columns = np.flatnonzero(path.sum(1)), np.flatnonzero(path.sum(0))
    assert np.ptp(columns) * 14 / 64 == pytest.approx(7.6, abs=0.3)
    assert np.ptp(rows) * 14 / 64 == pytest.approx(2.5, abs=0.3)


def test_data_sets_are_drawn_from_their_seed() -> None:
    small = {"train": 6, "test": 3, "pixels": 16}
    for name in ("red-blood-cells", "dead-leaves"):
        first = load_dataset(name, small)
        assert first.train.images.shape == (6, 16, 16)
        assert first.test.images.shape == (3, 16, 16)
        assert first.train.data_hash != load_dataset(name, {**small, "seed": 1}).train.data_hash
        assert first.train.data_hash != first.test.data_hash
        assert first.train.images.std() > 10


def test_white_is_the_phase_that_was_asked_for() -> None:
    small = {
        "train": 2,
        "test": 1,
        "pixels": 16,
        "index_low": 0.05,
        "index_high": 0.05,
        "most": 1,
        "tilt_deg": 0,
    }
    dim, bright = (load_dataset("red-blood-cells", {**small, "white_rad": white}) for white in (6.0, 3.0))
    assert bright.train.images.max() == pytest.approx(2 * dim.train.images.max(), abs=2)


def test_radii_follow_their_law() -> None:
    grey = scene(96, 3.0, 30.0, np.random.default_rng(0))
    assert len(np.unique(grey)) > 40
    assert np.mean(grey[:, 1:] == grey[:, :-1]) > 0.6  # mostly within one disc


def test_options_are_checked() -> None:
    with pytest.raises(ConfigError, match="no option 'tilt'"):
        load_dataset("red-blood-cells", {"tilt": 3})
    with pytest.raises(ConfigError, match="do nothing for mnist-small; got a"):
        load_dataset("mnist-small", {"a": 1})
