"""All layers as one solid: plates with their reliefs at the design's distances, carried by posts."""

from __future__ import annotations

from typing import Any

import numpy as np

from fabdesign.design import Physical
from fabdesign.errors import ConfigError
from fabdesign.process import Profile
from fabdesign.relief.assembly.assembled import Assembled
from fabdesign.relief.assembly.drains import refuse_trapped
from fabdesign.relief.assembly.frame import Frame
from fabdesign.relief.assembly.result import Assembly
from fabdesign.relief.assembly.spaces import Planes, stack_planes
from fabdesign.relief.assembly.storey import Heights, Storey
from fabdesign.relief.assembly.supports import Supports
from fabdesign.relief.relief import PM_PER_UM, Relief
from fabdesign.relief.slice_choice import written_slice_pm
from fabdesign.relief.slicing import TOLERANCE_PM

_PRINTS_OVERHANGS = ("2pp", "ideal")
_STOP = (
    "Light beside the aperture passes the clear rim of every plate, and the design takes the input plane as "
    "opaque there: put a stop at the input plane."
)


def make_stack(
    relief: Relief,
    physical: Physical,
    supports: Supports,
    profile: Profile | None = None,
    *,
    exact: bool = False,
) -> Assembly:
    """Put all layers of a design together as one solid.

    z = 0 is what the stack stands on. Each base lies at its design height; on its rim stand a frame and posts
    that carry the next base; a foot of the same make holds the gap before the first layer open. The frame of
    the last plate has a notch at the corner of pixel (0, 0).

    Args:
        relief: the levels of all layers.
        physical: the distances between them.
        supports: lengths of frame and posts.
        profile: the process that will print it.
        exact: pull no corners in.

    Raises:
        ConfigError: the record has no distances or slabs that cannot be printed, a relief or a frame does not
            fit its gap, resin cannot leave, or a known limit of the process is exceeded.
    """
    relief.require_base()
    _refuse_flat_process(profile)
    planes = stack_planes(physical, relief.layers)
    frame = Frame(relief, supports, max(planes.gaps_pm))
    storeys = stack_storeys(relief, planes, frame)
    for storey in storeys[:-1]:
        refuse_trapped(storey, relief.pitch_pm, round(supports.drain.value * PM_PER_UM))
    solid = Assembled(tuple(storeys), frame.outline.shape, relief.pitch_pm, exact)
    warnings = (*frame.warnings(solid.height_pm), *_off_slices(relief, planes, profile), _STOP)
    return Assembly("stack", solid, 1, _facts(planes, frame, solid), warnings)


def stack_storeys(relief: Relief, planes: Planes, frame: Frame) -> list[Storey]:
    """The storeys of a stack from the bottom up: a foot, if there is a gap before layer 0, and the layers.

    Raises:
        ConfigError: a relief or a frame does not fit its gap.
    """
    none = np.zeros(frame.outline.shape, dtype=np.bool_)
    storeys, held = [], none
    if planes.bottom_pm[0]:
        storeys.append(_foot(frame, planes.bottom_pm[0]))
        held = frame.posts
    for layer in range(relief.layers - 1):
        top = _tops(relief, planes, frame, layer)
        top[frame.posts] = planes.bottom_pm[layer + 1]
        storeys.append(Storey(top, planes.bottom_pm[layer], held, frame.posts))
        held = frame.posts
    last = _tops(relief, planes, frame, relief.layers - 1)
    notch = frame.outline.ring + 1  # one more, or the ends of the frame would meet along an edge
    last[:notch, :notch] = planes.modulation_pm[-1]
    return [*storeys, Storey(last, planes.bottom_pm[-1], held, none)]


def _foot(frame: Frame, gap_pm: int) -> Storey:
    top = np.where(frame.ring, frame.height_pm(gap_pm), 0)
    top[frame.posts] = gap_pm
    return Storey(top, 0, np.zeros_like(frame.posts), frame.posts)


def _tops(relief: Relief, planes: Planes, frame: Frame, layer: int) -> Heights:
    """Height of every pixel of a layer: base, relief and frame, without posts."""
    plane_pm = planes.modulation_pm[layer]
    heights_pm = relief.height_of_level_pm[layer][relief.levels[layer]]
    last = layer == relief.layers - 1
    gap_pm = frame.gap_pm if last else planes.bottom_pm[layer + 1] - plane_pm
    if not last and int(heights_pm.max()) >= gap_pm:
        raise ConfigError(
            f"The relief of layer {layer} must end below the next base, {gap_pm / PM_PER_UM:g} um above its "
            f"own; it is {int(heights_pm.max()) / PM_PER_UM:g} um tall.",
            hint="Train with a larger gap or a thinner base.",
        )
    top = np.full(frame.outline.shape, plane_pm, dtype=np.int64)
    top[frame.outline.window] += heights_pm
    top[frame.ring] += frame.height_pm(gap_pm) if gap_pm else relief.base_pm
    return top


def _refuse_flat_process(profile: Profile | None) -> None:
    if profile is not None and profile.kind not in _PRINTS_OVERHANGS:
        raise ConfigError(
            f"A stack has overhangs, which {profile.name} ({profile.kind}) cannot make.",
            hint="Use two-photon polymerisation, or --assembly plates.",
        )


def _off_slices(relief: Relief, planes: Planes, profile: Profile | None) -> list[str]:
    """A warning where a base begins between two slices: its layer is not sliced as it would be alone."""
    slice_um = None if profile is None else profile.axial.slice_um
    if slice_um is None:
        return []
    step_pm = written_slice_pm(relief, round(slice_um.value * PM_PER_UM))
    rests = [bottom_pm % step_pm for bottom_pm in planes.bottom_pm]
    off = [layer for layer, rest in enumerate(rests) if TOLERANCE_PM < rest < step_pm - TOLERANCE_PM]
    if not off:
        return []
    return [
        f"The bases of layers {', '.join(map(str, off))} begin between slices of {slice_um.value:g} um "
        f"({slice_um.mark}): their levels are not sliced as advised. Train with gaps of whole slices."
    ]


def _facts(planes: Planes, frame: Frame, solid: Assembled) -> dict[str, Any]:
    return {
        "z_zero": "what the stack stands on",
        "input_plane_um": planes.input_pm / PM_PER_UM,
        "base_bottom_um": [z / PM_PER_UM for z in planes.bottom_pm],
        "modulation_plane_um": [z / PM_PER_UM for z in planes.modulation_pm],
        "detector_plane_um": planes.detector_pm / PM_PER_UM,
        "post_height_um": [gap / PM_PER_UM for gap in planes.gaps_pm if gap],
        "size_um": list(solid.size_um),
        **frame.facts(),
    }
