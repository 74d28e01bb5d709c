"""Small stacks, and the records that say how their layers lie."""

from __future__ import annotations

import numpy as np

from fabdesign.design import Physical, parse_physical
from fabdesign.relief import Relief
from fabdesign.relief.assembly import Assembled
from tests.relief.solids import HASH

PITCH_PM = 1_500_000
BASE_UM = 5.0
STEP_PM = 180_000


def slabs(*pieces: tuple[str, float]) -> list[dict]:
    """Slabs of a record: (what, µm) each."""
    index = {"gap": 1.0, "base": 1.5429, "substrate": 1.4537, "spacer": 1.5429}
    return [{"what": what, "thickness_um": length, "index": index[what]} for what, length in pieces]


def record(spaces: list, wavelength_um: float = 0.785) -> Physical:
    """A record without a task."""
    return parse_physical(
        {
            "wavelength_um": wavelength_um,
            "pitch_um": PITCH_PM / 1e6,
            "medium": {"name": "air", "index": 1.0},
            "material": {"name": "ip-dip", "index": 1.5429},
            "process": "2pp-63x-ip-dip",
            "spaces": spaces,
        }
    )


def even_record(layers: int, gap_um: float = 25.0, behind_um: float = 40.0) -> Physical:
    """Every layer the same gap and base away from what comes before it."""
    return record([slabs(("gap", gap_um), ("base", BASE_UM))] * layers + [slabs(("gap", behind_um))])


def make_relief(levels) -> Relief:
    """A relief of levels [layer, y, x]."""
    levels = np.asarray(levels, dtype=np.uint8)
    heights = np.tile(np.arange(8, dtype=np.int64) * STEP_PM, (len(levels), 1))
    return Relief(levels, heights, round(BASE_UM * 1e6), PITCH_PM, HASH, "x")


def voxels(solid: Assembled) -> tuple[np.ndarray, np.ndarray]:
    """The solid on a grid of its own heights, bool [slab, y, x], and the heights [slab + 1] in pm."""
    z = np.unique(np.concatenate([[0], solid.z_pm]))
    filled = np.zeros((len(z) - 1, *solid.shape), dtype=bool)
    for storey in solid.storeys:
        (i, j), (ny, nx) = storey.corner, storey.top_pm.shape
        inside = (z[:-1, None, None] >= storey.bottom_pm) & (z[1:, None, None] <= storey.top_pm)
        filled[:, i : i + ny, j : j + nx] |= inside & storey.solid
    return filled, z
