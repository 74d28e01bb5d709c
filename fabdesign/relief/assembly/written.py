"""Layers put together of a compensated relief: all of the solid larger, so that it shrinks to size."""

from __future__ import annotations

from dataclasses import replace

from fabdesign.design import Physical, Slab
from fabdesign.errors import ConfigError
from fabdesign.relief.assembly.supports import Chosen, Supports
from fabdesign.relief.compensation import Compensation
from fabdesign.relief.relief import PM_PER_UM, Relief


def written_spaces(physical: Physical, relief: Relief, supports: Supports) -> tuple[Physical, Supports]:
    """What a solid of a compensated relief keeps to, in the lengths that are written.

    Gaps inside the solid, frame and posts shrink in height as the base does, and across as the pixels do.
    A substrate is no part of the print, and what lies behind the last layer is not in it.

    Args:
        physical: the record of the design.
        relief: as written.
        supports: as designed.

    Raises:
        ConfigError: walls are moved, which posts and the holes that they stand in could not both follow.
    """
    applied = relief.compensation
    if applied is None:
        return physical, supports
    if relief.edge_shift_pm:
        raise ConfigError(
            "An edge bias is not made good where layers are put together: the posts would no longer fit "
            "the bases that they carry.",
            hint="Compensate shrinkage and curve alone, or export single layers.",
        )
    inside = tuple(tuple(_written(slab, relief, applied) for slab in space) for space in physical.spaces[:-1])
    spaces = (*inside, *physical.spaces[-1:])
    record = physical.model_copy(update={"spaces": spaces, "pitch_um": relief.pitch_um})
    return record, _larger(supports, applied)


def _written(slab: Slab, relief: Relief, applied: Compensation) -> Slab:
    if slab.what == "substrate":
        return slab
    scaled_pm = round(slab.thickness_um * PM_PER_UM / (1 - applied.shrink_z.mean))
    thickness_pm = relief.base_pm if slab.what == "base" else scaled_pm
    return slab.model_copy(update={"thickness_um": thickness_pm / PM_PER_UM})


def _larger(supports: Supports, applied: Compensation) -> Supports:
    across, up = 1 / (1 - applied.shrink_xy.mean), 1 / (1 - applied.shrink_z.mean)
    return replace(
        supports,
        clearance=_scaled(supports.clearance, across),
        drain=_scaled(supports.drain, max(across, up)),
        frame=None if supports.frame is None else _scaled(supports.frame, up),
        post=None if supports.post is None else _scaled(supports.post, across),
    )


def _scaled(chosen: Chosen, factor: float) -> Chosen:
    return Chosen(chosen.value * factor, f"{chosen.source}; written {factor:.6g} times as large")
