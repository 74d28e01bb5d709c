"""The slice rule against brute counting of planes, and its refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabdesign.errors import ConfigError
from fabdesign.relief.slicing import largest_slice_pm, plan_slices


def brute(top: int, slice_pm: int, offset: int) -> int:
    return sum(1 for k in range(top // slice_pm + 2) if offset + k * slice_pm < top)


@given(
    heights=st.lists(st.integers(0, 3000), min_size=1, max_size=6),
    base=st.integers(1, 5000),
    slice_pm=st.integers(2, 700),
    planes=st.sampled_from(["auto", "half", "whole"]),
)
def test_counts_are_those_of_planes_counted_one_by_one(heights, base, slice_pm, planes) -> None:
    plan = plan_slices(heights, base, slice_pm, planes=planes)
    assert plan.count == tuple(brute(base + h, slice_pm, plan.offset_pm) for h in heights)
    assert plan.base_slices == brute(base, slice_pm, plan.offset_pm)
    for height, clearance in zip(heights, plan.clearance_pm, strict=True):
        places = [plan.offset_pm + k * slice_pm for k in range(-2, 5000 * 2 // slice_pm + 4)]
        assert clearance == min(abs(base + height - place) for place in places)


@given(
    steps=st.lists(st.integers(0, 20), min_size=1, max_size=8),
    base=st.integers(1, 90),
    slice_nm=st.integers(20, 400),
)
def test_whole_multiples_print_exactly_with_planes_at_half_slices(steps, base, slice_nm) -> None:
    slice_pm = slice_nm * 1000
    plan = plan_slices([s * slice_pm for s in steps], base * slice_pm, slice_pm)
    assert plan.exact
    assert plan.planes == "half"
    assert plan.count == tuple(base + s for s in steps)
    assert plan.clearance_pm == (slice_pm // 2,) * len(steps)


def test_a_base_of_half_a_slice_more_takes_planes_at_whole_slices() -> None:
    plan = plan_slices([0, 100_000, 200_000], 1_050_000, 100_000)
    assert (plan.planes, plan.exact, plan.base_slices) == ("whole", True, 10)
    assert plan_slices([0, 100_000], 1_050_000, 100_000, planes="half").on_plane == (0, 1)


def test_levels_of_119_nm_do_not_survive_slices_of_200_nm() -> None:
    heights = [119_000 * k for k in range(8)]
    plan = plan_slices(heights, 5_000_000, 200_000, full_turn_pm=119_000 * 8)
    assert plan.lost
    with pytest.raises(ConfigError, match="print alike in slices of 200 nm"):
        plan.check()
    in_100 = plan_slices(heights, 5_000_000, 100_000, full_turn_pm=119_000 * 8)
    assert not in_100.lost
    assert not in_100.exact
    assert in_100.printed_pm[2] == 200_000
    assert in_100.phase_error_rad is not None
    assert in_100.phase_error_rad[2] == pytest.approx(2 * np.pi * (200 - 238) / (8 * 119))


def test_levels_that_are_not_used_are_not_lost() -> None:
    assert plan_slices([0, 10_000, 400_000], 1_000_000, 200_000, used=[0, 2]).exact


def test_a_face_on_a_plane_is_refused() -> None:
    with pytest.raises(ConfigError, match="on a slice plane"):
        plan_slices([0, 100_000], 1_000_000, 100_000, planes="whole").check()


@given(count=st.integers(1, 60), slice_pm=st.integers(11_000, 300_000))
def test_the_slice_found_divides_every_height_and_is_no_thicker_than_asked(count, slice_pm) -> None:
    heights = [slice_pm * k for k in (0, 1, count)]
    found = largest_slice_pm(heights, 300_000)
    assert found is not None
    assert found >= slice_pm
    assert all(min(h % found, found - h % found) <= 1000 for h in heights)


def test_no_slice_fits_heights_without_a_common_measure() -> None:
    assert largest_slice_pm([0, 141_421, 173_205, 314_159, 271_828], 100_000, tolerance_pm=10) is None


def test_the_report_is_plain_json() -> None:
    import json

    report = json.loads(json.dumps(plan_slices([0, 150_000], 1_000_000, 100_000).to_dict()))
    assert [row["printed_nm"] for row in report["levels"]] in ([0, 100], [0, 200])
