"""Files of every released format stay readable: one frozen design and its exports per version, for ever.

`python tests/golden/test_golden.py` wrote the newest folder, once; older ones are never touched.
"""

from pathlib import Path

import numpy as np
import pytest

from fabdesign.check import check_files, verify_path
from fabdesign.design import load_design
from tests.independent.simulate import read_heights

HERE = Path(__file__).parent
HASHES = {"1.0": "cb597b279d82ee0f814b0510b4e990f65a05b419dedac43c25e8de8d6d74ddb4"}

# an F as seen from +z, row 0 (smallest y) at the bottom of this drawing
F_SHAPE = np.array(
    [[int(mark) for mark in line] for line in ("00000", "07770", "07000", "07700", "07000", "07001", "00000")]
)[::-1]


@pytest.mark.parametrize("version", HASHES)
def test_a_frozen_design_reads_as_when_it_was_made(version: str) -> None:
    design = load_design(HERE / version / "design.safetensors")
    assert design.content_hash == HASHES[version]
    np.testing.assert_array_equal(design.levels[0], F_SHAPE)
    assert design.physical.has_task


@pytest.mark.parametrize("version", HASHES)
def test_frozen_exports_are_their_design(version: str) -> None:
    files = sorted((HERE / version).glob("*.stl"))
    result = check_files(files, resimulate=False)
    assert result.findings == ()
    assert result.levels_identical
    assert result.design_hash == HASHES[version]
    assert all(verify_path(file).ok for file in files)


@pytest.mark.parametrize("version", HASHES)
def test_an_f_stands_upright_in_the_file(version: str) -> None:
    design = load_design(HERE / version / "design.safetensors")
    heights = read_heights(HERE / version / "design-layer00.stl", design.physical.pitch_um, 5.0)
    np.testing.assert_array_equal(heights > 0.5, F_SHAPE == 7)


def write(version: str) -> None:
    """Freeze the present format."""
    from tests.check.devices import export_beside, make_design

    folder = HERE / version
    folder.mkdir()
    random = make_design(0, layers=2, pixels=F_SHAPE.shape)
    levels = random.levels.copy()
    levels[0] = F_SHAPE
    export_beside(type(random)(levels, random.height_of_level_um, random.physical), folder)
    print(load_design(folder / "design.safetensors").content_hash)


if __name__ == "__main__":
    write("1.0")
