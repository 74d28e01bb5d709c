"""Detectors stand where the layout says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fabdesign.config import detector_centres_um, detector_rows


def test_ten_detectors_stand_in_rows_of_three_four_and_three() -> None:
    centres = detector_centres_um(10, (18.0, 21.0))
    assert centres[:3] == [(-18.0, 21.0), (0.0, 21.0), (18.0, 21.0)]
    assert centres[3:7] == [(-27.0, 0.0), (-9.0, 0.0), (9.0, 0.0), (27.0, 0.0)]
    assert centres[7:] == [(-18.0, -21.0), (0.0, -21.0), (18.0, -21.0)]


@given(st.integers(1, 60))
def test_the_pattern_is_complete_and_centred(count: int) -> None:
    centres = detector_centres_um(count, (1.0, 1.0))
    assert sum(detector_rows(count)) == len(set(centres)) == count
    assert abs(sum(x for x, _ in centres)) < 1e-9
    assert abs(sum(y for _, y in centres)) < 1e-9
