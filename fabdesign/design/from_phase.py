"""From phases to a design: each pixel rounded to the nearest level that the process can make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.design.design import Design
from fabdesign.design.physical import Optical, Physical
from fabdesign.process import LevelTable


def design_from_phase(
    phase_rad: NDArray[np.float64],
    table: LevelTable,
    *,
    pitch_um: float,
    material: str,
    medium: str,
    process: str,
    provenance: Mapping[str, Any] | None = None,
) -> Design:
    """Round phases to a level table on the circle; the design has no task and no optical score.

    Args:
        phase_rad: [layer, y, x] in rad, any range, row 0 with the smallest y.
        table: heights and phases of the levels at the design wavelength.
        pitch_um: edge of one square pixel.
        material: name of the printed material.
        medium: name of the medium around it.
        process: name of the process profile.
        provenance: where the phases came from.

    Returns:
        A design that keeps the wrapped phases beside the levels, and the rounding error in its settings.

    >>> from fabdesign.process import ideal_table
    >>> table = ideal_table(4, wavelength_um=0.8, material_index=1.5, medium_index=1.0)
    >>> design_from_phase(np.array([[[0.1, 3.0], [-0.1, 4.7]]]), table, pitch_um=1.0,
    ...                   material="resin", medium="air", process="ideal").levels.tolist()
    [[[0, 2], [0, 3]]]
    """
    levels = table.nearest(phase_rad)
    return Design(
        levels=levels,
        height_of_level_um=np.tile(table.height_um, (len(levels), 1)),
        physical=Physical(
            wavelength_um=table.wavelength_um,
            pitch_um=pitch_um,
            medium=Optical(name=medium, index=table.medium_index),
            material=Optical(name=material, index=table.material_index),
            process=process,
        ),
        settings={"rounding": rounding_error(phase_rad, table.phase_rad[levels])},
        provenance=dict(provenance or {}),
        phase=np.mod(phase_rad, 2 * np.pi).astype(np.float32),
    )


def rounding_error(phase_rad: NDArray[np.float64], rounded_rad: NDArray[np.float64]) -> dict[str, float]:
    """RMS and largest distance on the circle between phases and what they were rounded to, in rad.

    >>> rounding_error(np.array([0.1, 6.2]), np.array([0.0, 0.0]))["largest_rad"]
    0.1
    """
    distance = np.abs(np.angle(np.exp(1j * (phase_rad - rounded_rad))))
    return {
        "rms_rad": round(float(np.sqrt(np.mean(distance**2))), 9),
        "largest_rad": round(float(distance.max()), 9),
    }
