"""A few cases of the fuzz run; `python -m benchmarks.fuzz` has as many as one likes."""

import os
from pathlib import Path

import numpy as np
import pytest

from benchmarks.fuzz.mutate import mutate
from benchmarks.fuzz.targets import target_names
from benchmarks.fuzz.worker import fuzz

CASES = int(os.environ.get("FABDESIGN_FUZZ_CASES", "12"))


@pytest.mark.parametrize("name", target_names())
def test_damage_is_refused_named_or_harmless(name: str, tmp_path: Path) -> None:
    tally = fuzz(name, range(CASES), 7, tmp_path / "files")
    assert tally.failures == []
    assert tally.cases == CASES
    assert set(tally.outcomes) <= {"refused", "named", "identical"}
    assert tally.outcomes.get("identical", 0) < CASES


def test_a_case_is_the_same_every_time() -> None:
    data, other = bytes(range(200)), bytes(200)
    changed = [mutate(data, other, np.random.default_rng(seed)) for seed in range(50)]
    assert changed == [mutate(data, other, np.random.default_rng(seed)) for seed in range(50)]
    assert sum(each != data for each in changed) > 40
