"""Heights and phases, rounding on the circle, and its error."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from fabdesign.errors import ConfigError, NumericsError
from fabdesign.process import LevelTable, full_turn_um, ideal_table

AT = {"wavelength_um": 0.8, "material_index": 1.5, "medium_index": 1.0}
TURN = 2 * np.pi


def table_of_turns(*turns: float) -> LevelTable:
    return LevelTable.from_phases(TURN * np.array(turns), **AT)


def test_a_full_turn_of_ip_dip_at_785_nm() -> None:
    assert full_turn_um(0.785, 1.5429, 1.0) == pytest.approx(1.446, abs=5e-4)


def test_phases_follow_from_heights() -> None:
    table = LevelTable.from_heights([0, 0.4, 1.0], rule="mine", **AT)
    assert table.phase_rad == pytest.approx(TURN * np.array([0, 0.25, 0.625]), rel=1e-15)
    assert (table.n, table.rule, table.full_turn_um) == (3, "mine", 1.6)


@pytest.mark.parametrize(("n", "rms_rad"), [(4, 0.454), (8, 0.226), (16, 0.113)])
def test_even_levels_round_with_the_known_error(n: int, rms_rad: float) -> None:
    table = ideal_table(n, **AT)
    assert table.rms_rounding_rad == pytest.approx(rms_rad, abs=8e-4)
    assert table.rms_rounding_rad == pytest.approx(TURN / (n * 12**0.5), rel=1e-10)
    assert table.closed


@pytest.mark.parametrize(("n", "rms_rad"), [(4, 0.600), (8, 0.257), (16, 0.120)])
def test_a_range_with_both_ends_wastes_a_level(n: int, rms_rad: float) -> None:
    table = LevelTable.from_phases(np.linspace(0, 1.99 * np.pi, n), rule="paper range", **AT)
    assert table.rms_rounding_rad == pytest.approx(rms_rad, abs=5e-4)
    assert table.rule == "paper range"


def test_the_rms_is_that_of_many_uniform_phases() -> None:
    table = table_of_turns(0, 0.1, 0.35, 0.4, 0.9)
    phases = TURN * (np.arange(200_000) + 0.5) / 200_000
    off = np.angle(np.exp(1j * (phases - table.phase_rad[table.nearest(phases)])))
    assert table.rms_rounding_rad == pytest.approx(np.sqrt(np.mean(off**2)), rel=1e-5)


def test_ideal_phases_leave_the_end_point_out() -> None:
    table = ideal_table(8, wavelength_um=0.785, material_index=1.5429, medium_index=1.00027)
    assert table.phase_rad == pytest.approx(TURN * np.arange(8) / 8, abs=3e-6)
    assert table.ideal_phase_rad == pytest.approx(TURN * np.arange(8) / 8, rel=1e-15)


def test_heights_are_whole_picometres() -> None:
    table = ideal_table(7, wavelength_um=0.785, material_index=1.5429, medium_index=1.00027)
    picometres = table.height_um * 1e6
    assert picometres == pytest.approx(np.rint(picometres), abs=1e-9)
    assert (table.height_um == np.array([round(h * 1e6) / 1e6 for h in table.height_um])).all()
    assert table.phase_rad == pytest.approx(TURN * table.height_um / table.full_turn_um, rel=1e-15)


def test_a_part_of_the_circle_is_not_closed() -> None:
    assert not table_of_turns(0, 0.1, 0.2, 0.3).closed
    assert table_of_turns(0, 0.25, 0.5, 0.72).closed


def test_gaps_sum_to_a_turn_also_when_the_relief_is_taller() -> None:
    table = table_of_turns(0, 0.5, 1.25, 1.75)
    assert table.gap_rad == pytest.approx(np.full(4, TURN / 4), abs=1e-5)
    assert table.nearest(TURN * np.array([0.26, 0.7])).tolist() == [2, 3]


def test_the_depth_of_an_etch_is_counted_from_the_top() -> None:
    assert LevelTable.from_heights([0, 0.1, 0.3], rule="", **AT).etch_depth_um.tolist() == [0.3, 0.2, 0.0]


def test_tables_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        ideal_table(4, **AT).height_um[0] = 1.0


def test_describe_is_plain_json() -> None:
    record = ideal_table(4, **AT).describe()
    assert record["height_um"] == [0.0, 0.4, 0.8, 1.2]
    assert record["closed"] is True


@pytest.mark.parametrize(
    ("turns", "words"),
    [
        ([0.0], "2 to 256"),
        (np.arange(257) / 257, "2 to 256"),
        ([0.1, 0.2], "ascend from 0"),
        ([0, 0.5, 0.2], "ascend"),
    ],
)
def test_levels_must_ascend_from_zero(turns: list[float], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        table_of_turns(*turns)


def test_a_material_thinner_than_its_medium_gives_no_phase() -> None:
    with pytest.raises(ConfigError, match="denser than the medium"):
        ideal_table(4, wavelength_um=0.8, material_index=1.33, medium_index=1.5)


@st.composite
def tables(draw: st.DrawFn) -> LevelTable:
    picometres = draw(st.lists(st.integers(1, 2_400_000), min_size=1, max_size=20, unique=True))
    return LevelTable.from_heights([0, *(pm / 1e6 for pm in sorted(picometres))], rule="any", **AT)


PHASES = hnp.arrays(np.float64, st.integers(1, 40), elements=st.floats(-40, 40))


@given(tables(), PHASES)
@settings(max_examples=150, deadline=None)
def test_nearest_is_the_nearest_of_all(table: LevelTable, phases: np.ndarray) -> None:
    """Against brute force: no level is closer on the circle, and of equally close ones none is lower."""
    distance = np.abs(np.angle(np.exp(1j * (phases[:, None] - table.phase_rad))))
    levels = table.nearest(phases)
    chosen = distance[np.arange(len(phases)), levels]
    assert levels.dtype == np.uint8
    assert (chosen <= distance.min(axis=1) + 1e-12).all()


@pytest.mark.parametrize("n", [2, 3, 4, 8, 16, 255, 256])
def test_levels_round_to_themselves(n: int) -> None:
    table = ideal_table(n, **AT)
    for turns in (-3, 0, 5):
        assert table.nearest(table.phase_rad + TURN * turns).tolist() == list(range(n))


def test_ties_go_to_the_lower_level() -> None:
    """Half-way points that floats hold exactly: levels at 0, 1 and 3 rad, and 0 next to the last."""
    table = LevelTable(np.arange(3.0), np.array([0.0, 1.0, 3.0]), 0.8, 1.5, 1.0, "exact")
    last_middle = (3.0 + TURN) / 2
    assert table.nearest([0.5, 2.0, last_middle]).tolist() == [0, 1, 0]
    above = [np.nextafter(0.5, 1), np.nextafter(2.0, 3), np.nextafter(last_middle, 0)]
    assert table.nearest(above).tolist() == [1, 2, 2]


def test_levels_of_equal_phase_give_the_lower_one() -> None:
    assert table_of_turns(0, 0.5, 1.0).nearest([0.0, 3.2, -1e-20, TURN]).tolist() == [0, 1, 0, 0]


def test_a_tie_between_a_tall_level_and_the_one_after_it_goes_to_the_lower() -> None:
    """Level 2, wrapped, lies between levels 0 and 1 on the circle."""
    table = LevelTable(np.arange(3.0), np.array([0.0, 3.0, 1.0 + TURN]), 0.8, 1.5, 1.0, "tall")
    middle = (np.mod(1.0 + TURN, TURN) + 3.0) / 2
    assert table.nearest([middle, np.nextafter(middle, 0)]).tolist() == [1, 2]


def test_shapes_and_types_are_kept() -> None:
    table = ideal_table(4, **AT)
    assert table.nearest(np.float32([[0, 1.6], [3.2, 4.7]])).tolist() == [[0, 1], [2, 3]]
    assert table.nearest(np.zeros((0, 5))).shape == (0, 5)
    assert table.nearest(1.6).shape == ()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_phase_that_is_no_number_is_refused(bad: float) -> None:
    with pytest.raises(NumericsError, match="finite"):
        ideal_table(4, **AT).nearest([0.0, bad])


def test_rounding_a_large_map_needs_little_memory() -> None:
    phases = np.random.default_rng(0).uniform(-9, 9, (1200, 1200)).astype(np.float32)
    table = ideal_table(16, **AT)
    table.nearest(phases[:2])
    tracemalloc.start()
    table.nearest(phases)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < phases.size + 12e6
