"""How well a process holds the height of a grey level."""

from __future__ import annotations

import math

from fabdesign.process import Profile
from fabdesign.process.marked import Marked

_TRUST = ("measured", "vendor", "literature", "assumed")


def height_sigma_nm(
    height_um: float, profile: Profile | None, curve_sigma_nm: float | None = None
) -> float | None:
    """Standard deviation of one pixel's height: independent errors added in quadrature, nm.

    σ² = σ_curve² + σ_global² + σ_level² + σ_pixel² + (gain · h)²; a number that nobody knows is left out.

    Args:
        height_um: height above the base.
        profile: the process.
        curve_sigma_nm: of the contrast curve, as given by who measured it.

    >>> height_sigma_nm(1.0, None, 3.0)
    3.0
    """
    known = [number.value for _, number in _spreads(profile)]
    gain = profile.axial.depth_gain_sigma if profile is not None else None
    parts = known + ([gain.value * height_um * 1e3] if gain else [])
    parts += [curve_sigma_nm] if curve_sigma_nm is not None else []
    return round(math.hypot(*parts), 6) if parts else None


def sigma_source(profile: Profile | None, curve_sigma_nm: float | None = None) -> str:
    """Which numbers `height_sigma_nm` adds up, and the weakest mark among them.

    >>> sigma_source(None, 3.0)
    '1 sigma: curve_sigma_nm as given'
    """
    numbers = list(_spreads(profile))
    gain = profile.axial.depth_gain_sigma if profile is not None else None
    numbers += [("axial.depth_gain_sigma", gain)] if gain is not None else []
    names = ["curve_sigma_nm as given"] if curve_sigma_nm is not None else []
    if numbers:
        weakest = max((number.mark for _, number in numbers), key=_TRUST.index)
        names.append(f"{', '.join(name for name, _ in numbers)} ({weakest})")
    return f"1 sigma: {'; '.join(names)}" if names else ""


def _spreads(profile: Profile | None) -> list[tuple[str, Marked]]:
    if profile is None:
        return []
    sigma = profile.axial.height_sigma_nm
    named = (("global", sigma.global_), ("per_level", sigma.per_level), ("per_pixel", sigma.per_pixel))
    return [(f"axial.height_sigma_nm.{name}", number) for name, number in named if number is not None]
