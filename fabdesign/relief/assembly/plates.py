"""One solid per layer, side by side on a substrate: each with a frame that carries its marks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from fabdesign.design import Physical
from fabdesign.errors import ConfigError
from fabdesign.relief.assembly.assembled import Assembled
from fabdesign.relief.assembly.marks import engraved, ring_cells
from fabdesign.relief.assembly.outline import Outline, in_pixels
from fabdesign.relief.assembly.result import Assembly
from fabdesign.relief.assembly.spaces import substrate_pm
from fabdesign.relief.assembly.storey import Heights, Storey
from fabdesign.relief.assembly.supports import Chosen, Supports
from fabdesign.relief.relief import PM_PER_UM, Relief

_LANE_UM = 200.0
"""Between plates: room for the blade that parts them."""
_CELL_UM = 3.0
"""Side of a cell of a mark."""
_PART = "The plates have to be parted and put together by their marks: see what sideways shifts cost."


def make_plates(relief: Relief, physical: Physical, supports: Supports, *, exact: bool = False) -> Assembly:
    """Put the layers of a design side by side on a substrate, one plate for each.

    z = 0 is the top of the substrate. Plates lie in rows, layer 0 at the smallest x and y, each the same way
    round. A frame around each aperture has engraved into it an F (upright as seen from +z), the number of the
    layer and a cross at each corner.

    Args:
        relief: the levels of all layers.
        physical: the distances between them, and the substrate that the light goes through.
        supports: clearance, height of the frame, and the thickness of the substrate.
        exact: pull no corners in.

    Raises:
        ConfigError: base and substrate do not fit the gaps of the design.
    """
    relief.require_base()
    substrate = _substrate(relief, physical, supports)
    cell = in_pixels(_CELL_UM, relief.pitch_pm, least=1)
    clearance = in_pixels(supports.clearance.value, relief.pitch_pm, least=1)
    outline = Outline(relief.pixels, clearance, ring_cells() * cell)
    lane = in_pixels(_LANE_UM, relief.pitch_pm, least=1)
    frame = supports.frame or Chosen(relief.base_um, "the thickness of the base")
    tops = [
        _tops(relief, layer, outline, cell, round(frame.value * PM_PER_UM)) for layer in range(relief.layers)
    ]
    corners, shape = arrange(relief.layers, outline.shape, lane)
    none = np.zeros(outline.shape, dtype=np.bool_)
    storeys = [Storey(top, 0, none, none, corner) for top, corner in zip(tops, corners, strict=True)]
    solid = Assembled(tuple(storeys), shape, relief.pitch_pm, exact)
    facts: dict[str, Any] = {
        "z_zero": "the top of the substrate",
        "substrate_um": substrate.value,
        "substrate_source": substrate.source,
        "centre_um": centres_um(corners, outline.shape, shape, relief.pitch_um),
        "plate_um": [outline.shape[1] * relief.pitch_um, outline.shape[0] * relief.pitch_um],
        "lane_um": lane * relief.pitch_um,
        "frame_width_um": outline.ring * relief.pitch_um,
        "frame_height_um": frame.value,
        "mark_cell_um": cell * relief.pitch_um,
        "clearance_um": clearance * relief.pitch_um,
        "clearance_source": supports.clearance.source,
        "size_um": list(solid.size_um),
    }
    return Assembly("plates", solid, relief.layers, facts, (_PART,))


def arrange(count: int, shape: tuple[int, int], lane: int) -> tuple[list[tuple[int, int]], tuple[int, int]]:
    """First pixels (row, column) of plates in rows along x, and the pixels of the whole substrate.

    >>> arrange(3, (10, 20), 5)
    ([(0, 0), (0, 25), (15, 0)], (25, 45))
    """
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    (ny, nx), (across, down) = shape, (columns, rows)
    corners = [(k // columns * (ny + lane), k % columns * (nx + lane)) for k in range(count)]
    return corners, (down * (ny + lane) - lane, across * (nx + lane) - lane)


def centres_um(
    corners: list[tuple[int, int]], plate: tuple[int, int], shape: tuple[int, int], pitch_um: float
) -> list[list[float]]:
    """Where the optical axis of each plate lies, (x, y) from the middle of the substrate."""
    return [
        [(j + plate[1] / 2 - shape[1] / 2) * pitch_um, (i + plate[0] / 2 - shape[0] / 2) * pitch_um]
        for i, j in corners
    ]


def _tops(relief: Relief, layer: int, outline: Outline, cell: int, frame_pm: int) -> Heights:
    top = np.full(outline.shape, relief.base_pm, dtype=np.int64)
    top[outline.window] += relief.height_of_level_pm[layer][relief.levels[layer]]
    top[outline.ring_mask() & ~engraved(outline, layer, cell)] += frame_pm
    return top


def _substrate(relief: Relief, physical: Physical, supports: Supports) -> Chosen:
    if not physical.spaces:
        raise ConfigError(
            "The design records no distances between its layers, which substrates have to fit.",
            hint="Only designs that fabdesign train made carry them; export one solid per layer.",
        )
    recorded = {substrate_pm(physical, layer) for layer in range(relief.layers)}
    stated = supports.substrate
    if stated is not None:
        _refuse_too_thick(relief, physical, stated.value)
    wanted = recorded if stated is None else {round(stated.value * PM_PER_UM)}
    if len(recorded) == 1 and recorded == wanted and wanted != {0}:
        return stated or Chosen(wanted.pop() / PM_PER_UM, "the design")
    has = (
        " or ".join(f"{length / PM_PER_UM:g} um" for length in sorted(recorded))
        if recorded != {0}
        else "none"
    )
    thick = "a substrate" if stated is None else f"a substrate of {stated.value:g} um"
    raise ConfigError(
        f"Plates stand on {thick}, which is in the way of the light right before each base; the design's "
        f"light goes through {has} there.",
        hint="Print a stack (--assembly stack), or train with process.substrate set.",
    )


def _refuse_too_thick(relief: Relief, physical: Physical, substrate_um: float) -> None:
    for layer, space in enumerate(physical.spaces[: relief.layers]):
        room_um = sum(slab.thickness_um for slab in space)
        if substrate_um + relief.base_um > room_um:
            raise ConfigError(
                f"Base and substrate must fit the {room_um:g} um before layer {layer}; got "
                f"{relief.base_um:g} + {substrate_um:g} um.",
                hint="Print a stack (--assembly stack), use a thinner substrate, or train with larger gaps.",
            )
