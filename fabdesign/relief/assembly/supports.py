"""What frame, posts and drains keep to: options first, then the process profile, then assumed numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fabdesign.design import Physical
from fabdesign.errors import ConfigError
from fabdesign.process import Profile
from fabdesign.process.marked import Marked
from fabdesign.process.sections import Support
from fabdesign.relief.assembly.clearance import clearance_um

OPTIONS = ("clearance_um", "drain_um", "frame_um", "post_um", "substrate_um")
"""Lengths that a user may state."""

_DRAIN_UM = 10.0
_POST_ASPECT = 10.0
_ASSUMED = "assumed: no process profile gives a number"


@dataclass(frozen=True)
class Chosen:
    """A number and who says so.

    Args:
        value: the number, in µm where it is a length.
        source: an option, a profile with the mark of its number, a formula, or that it is assumed.
    """

    value: float
    source: str


@dataclass(frozen=True)
class Supports:
    """Numbers that frame and posts are made by, and limits that they are held against.

    Args:
        clearance: from the aperture to frame and posts, µm.
        drain: narrowest opening of a cavity, both ways, µm.
        post_aspect: greatest height / width of a post.
        frame: height of the frame above a base, µm; None for the thickness of the base.
        post: width of a post, µm; None for the least that its aspect allows.
        substrate: thickness of the substrate under each plate, µm; None for what the design has.
        limits: of the process profile; an unknown one is absent.
    """

    clearance: Chosen
    drain: Chosen
    post_aspect: Chosen
    frame: Chosen | None = None
    post: Chosen | None = None
    substrate: Chosen | None = None
    limits: Support = field(default_factory=Support)


def choose_supports(
    physical: Physical, profile: Profile | None, options: Mapping[str, object] | None = None
) -> Supports:
    """Choose every number, and keep its source.

    Args:
        physical: the design's record; the clearance follows from its wavelength, pixels and widest gap.
        profile: the process that will print it.
        options: `OPTIONS` that the user states.

    Raises:
        ConfigError: an option is no length, or no clearance follows from the design.
    """
    stated = {name: _stated(name, value) for name, value in (options or {}).items() if name in OPTIONS}
    limits = profile.layers.support if profile else Support()
    name = profile.name if profile else ""
    return Supports(
        clearance=stated.get("clearance_um") or _diffraction(physical),
        drain=stated.get("drain_um") or _of_profile(limits.drain_min_um, name, _DRAIN_UM),
        post_aspect=_of_profile(limits.post_aspect_max, name, _POST_ASPECT),
        frame=stated.get("frame_um"),
        post=stated.get("post_um"),
        substrate=stated.get("substrate_um"),
        limits=limits,
    )


def widest_gap_um(physical: Physical) -> float:
    """The widest gap that the solid stands beside: before a layer, not behind the last.

    >>> from fabdesign.design import Optical
    >>> widest_gap_um(Physical(wavelength_um=1, pitch_um=1, process="x", medium=Optical(name="air", index=1),
    ...                        material=Optical(name="resin", index=1.5)))
    0.0
    """
    gaps = (slab.thickness_um for space in physical.spaces[:-1] for slab in space if slab.what == "gap")
    return max(gaps, default=0.0)


def _diffraction(physical: Physical) -> Chosen:
    gap_um, index = widest_gap_um(physical), physical.medium.index
    value = clearance_um(physical.wavelength_um, physical.pitch_um, index, gap_um)
    return Chosen(
        value,
        f"gap tan θ, sin θ = λ / (2 n pitch): gap {gap_um:g} um, λ {physical.wavelength_um:g} um, "
        f"n {index:.6g}, pitch {physical.pitch_um:g} um",
    )


def _of_profile(number: Marked | None, profile: str, otherwise: float) -> Chosen:
    if number is None:
        return Chosen(otherwise, _ASSUMED)
    return Chosen(number.value, f"{profile} ({number.source})")


def _stated(name: str, value: object) -> Chosen:
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    if number is None or not 0 <= number <= 1e6:
        raise ConfigError(f"Export option {name!r} must be a length in um, at least 0; got {value!r}.")
    return Chosen(float(number), f"option {name}")
