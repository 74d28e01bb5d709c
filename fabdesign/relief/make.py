"""From a design to its relief: lengths become whole picometres, and the base is the one the optics used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fabdesign.design import Design
from fabdesign.errors import ConfigError
from fabdesign.relief.relief import PM_PER_UM, Relief

if TYPE_CHECKING:
    from fabdesign.process import Profile

_WHOLE_PM = 1e-3


def make_relief(
    design: Design,
    profile: Profile | None = None,
    base_um: float | None = None,
    *,
    name: str = "design",
) -> Relief:
    """Turn the levels of a design into a relief on a base plate.

    The base is `base_um` if given, else the slab "base" of the design's record, else the base of the profile,
    else 0: masks need none.
    A base that differs from the slab that the optics went through is refused.

    Args:
        design: the design.
        profile: the process that will print it; only its base is used, and only for a design without slabs.
        base_um: thickness of the base plate in µm.
        name: stem for file names.

    Raises:
        ConfigError: the base contradicts the record, or a length is no whole number of pm.
    """
    return Relief(
        levels=design.levels,
        height_of_level_pm=whole_pm(design.height_of_level_um, "height_of_level_um"),
        base_pm=int(whole_pm(np.array(_choose_base_um(design, profile, base_um)), "base_um")),
        pitch_pm=int(whole_pm(np.array(design.physical.pitch_um), "pitch_um")),
        content_hash=design.content_hash,
        name=name,
    )


def _choose_base_um(design: Design, profile: Profile | None, base_um: float | None) -> float:
    recorded = _recorded_base_um(design)
    if base_um is not None and recorded is not None and abs(base_um - recorded) > _WHOLE_PM / PM_PER_UM:
        raise ConfigError(
            f"The base must be {recorded:g} um, the slab that the design's light goes through; "
            f"got {base_um:g} um.",
            hint="Leave the base out to use the design's own, or train again with process.base set.",
        )
    for candidate in (base_um, recorded, profile.base_um.value if profile and profile.base_um else None):
        if candidate is not None:
            return float(candidate)
    return 0.0


def _recorded_base_um(design: Design) -> float | None:
    bases = {
        sum(slab.thickness_um for slab in slabs if slab.what == "base")
        for slabs in design.physical.spaces[: design.layers]
    }
    if len(bases) > 1:
        raise ConfigError(
            f"All layers must have the same base; the design's record has {sorted(bases)} um.",
            hint="Export the layers as designs of their own.",
        )
    return bases.pop() if bases and max(bases) > 0 else None


def whole_pm(length_um: NDArray[np.float64] | float, what: str) -> NDArray[np.int64]:
    """Lengths as whole picometres.

    Args:
        length_um: one length or many.
        what: their name, for the message.

    Raises:
        ConfigError: a length is no whole number of picometres.

    >>> whole_pm(1.5, "a gap").item()
    1500000
    """
    exact = np.asarray(length_um, dtype=np.float64) * PM_PER_UM
    whole = np.rint(exact)
    if not np.isfinite(exact).all() or (np.abs(exact - whole) > _WHOLE_PM).any():
        worst = float(np.ravel(length_um)[np.argmax(np.abs(exact - whole))])
        raise ConfigError(
            f"{what} must be a whole number of picometres; got {worst!r} um.",
            hint="Round the length to six decimals in micrometres.",
        )
    return whole.astype(np.int64)
