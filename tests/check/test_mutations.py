"""Bytes changed at random: a clear error, a finding, or still the design; never a traceback."""

from pathlib import Path

import numpy as np
import pytest

from fabdesign.check import check_files
from fabdesign.errors import FileFormatError
from tests.check.devices import export_beside, make_design

MUTATIONS = 200


def mutate(data: bytes, rng: np.random.Generator) -> bytes:
    """One of: flipped bits, a run of noise, a cut, something doubled."""
    changed = bytearray(data)
    match rng.integers(4):
        case 0:
            for position in rng.integers(0, len(data), rng.integers(1, 4)):
                changed[position] ^= 1 << int(rng.integers(8))
        case 1:
            start = int(rng.integers(len(data)))
            changed[start : start + 16] = rng.bytes(16)
        case 2:
            del changed[int(rng.integers(len(data))) :]
        case _:
            start = 84 + 50 * int(rng.integers((len(data) - 84) // 50))
            changed[start : start + 50] = changed[84:134]
    return bytes(changed)


@pytest.mark.filterwarnings("error")
def test_no_mutation_goes_unseen(tmp_path: Path) -> None:
    design = make_design(2, layers=1, pixels=(5, 5))
    [path] = export_beside(design, tmp_path)
    good, rng = path.read_bytes(), np.random.default_rng(0)
    for _ in range(MUTATIONS):
        data = mutate(good, rng)
        path.write_bytes(data)
        refused = False
        try:
            findings = check_files([path], design, resimulate=False).findings
        except FileFormatError:
            refused = True
        assert refused or findings or (data[:80] == good[:80] and _corners(data) == _corners(good))


def _corners(data: bytes) -> list[float]:
    """All coordinates; as numbers, for minus zero is zero."""
    records = np.frombuffer(data[84:], dtype=[("n", "V12"), ("v", "<f4", 9), ("a", "V2")])
    return list(records["v"].ravel())
