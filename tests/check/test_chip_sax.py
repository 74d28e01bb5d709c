"""The circuit found in a mask, composed by sax; it comes with the extra ``bench``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.mesh_mask.circuit import matrix_by_sax
from benchmarks.mesh_mask.read import phases_of, recognised
from fabdesign.check.circuit.extract import apart
from tests.chip.masks import PHOTONIC, exported, unitary

pytest.importorskip("sax")


def test_sax_composes_the_same_matrix(tmp_path: Path) -> None:
    design = unitary(4)
    path = exported(design, tmp_path).paths[0]
    found, phase_of = recognised(path, PHOTONIC), phases_of(path, PHOTONIC)
    made = matrix_by_sax(found, PHOTONIC, phase_of)
    assert np.abs(made - found.matrix(PHOTONIC, phase_of)).max() < 1e-9
    assert apart(made, design.matrix()) < 1e-3
