"""What a job text is asked for: from loose options and a process profile to checked settings."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from fabdesign.errors import ConfigError
from fabdesign.export.options import check_known, choice, physical_option
from fabdesign.process import Marked, Profile, load_profile
from fabdesign.process.fields import PM_PER_UM, field_side_um
from fabdesign.relief.slicing import PLANES, Planes

OPTION_NAMES = (
    "profile",
    "physical",
    "slice_um",
    "hatch_um",
    "hatch",
    "planes",
    "field_um",
    "power",
    "speed_um_s",
)
HATCHES = ("x", "y", "alternate")
"""Values of the option "hatch": lines along x, along y, or in turn from slice to slice."""

COMMON_POWER = 30.0
"""LaserPower of public job texts, in percent, where neither option nor profile says one."""


@dataclass(frozen=True)
class JobOptions:
    """Settings of a job text.

    Attributes:
        profile: the process.
        full_turn_pm: height of one wave of delay, or None where the design's record is not known.
        slice_pm: slice distance.
        slice_given: whether the user chose it; the profile's own is that of the finished print.
        hatch_pm: distance of the lines in a slice.
        hatch: one of `HATCHES`.
        planes: where the slices lie.
        field_um: largest side of a writing field, or None for one field.
        power: laser power in percent.
        speed_um_s: speed of the lines.
        review: numbers that nobody has confirmed, in words.
    """

    profile: Profile
    full_turn_pm: float | None
    slice_pm: int
    slice_given: bool
    hatch_pm: int
    hatch: str
    planes: Planes
    field_um: float | None
    power: float
    speed_um_s: float
    review: tuple[str, ...]


def parse_job_options(options: Mapping[str, object]) -> JobOptions:
    """Check options and fill in what the profile says.

    Args:
        options: any of `OPTION_NAMES`. ``profile`` is a `Profile`, or the name or path of one.

    Raises:
        ConfigError: an option is unknown or of the wrong kind, or a number is missing in the profile too.

    >>> parse_job_options({"profile": "2pp-63x-ip-dip"}).slice_pm
    100000
    """
    check_known(options, OPTION_NAMES)
    profile, physical = _profile(options.get("profile")), physical_option(options)
    axial, write = profile.axial, profile.write
    speed = write.speed_mm_s
    field = _given(options, "field_um")
    return JobOptions(
        profile=profile,
        full_turn_pm=None if physical is None else physical.full_turn_um * PM_PER_UM,
        slice_pm=_pm(options, "slice_um", axial.slice_um),
        slice_given=options.get("slice_um") is not None,
        hatch_pm=_pm(options, "hatch_um", axial.hatch_um),
        hatch=choice(options, "hatch", HATCHES),
        planes=cast(Planes, choice(options, "planes", PLANES)),
        field_um=field_side_um(profile) if field is None else field,
        power=_given(options, "power") or (write.power.value if write.power else COMMON_POWER),
        speed_um_s=_given(options, "speed_um_s") or _required(speed, "speed_um_s") * 1e3,
        review=tuple(_review(profile, options)),
    )


def _review(profile: Profile, options: Mapping[str, object]) -> list[str]:
    axial, write = profile.axial, profile.write
    numbers = {
        "slice_um": axial.slice_um,
        "hatch_um": axial.hatch_um,
        "field_um": profile.field.size_um,
        "power": write.power,
        "speed_um_s": write.speed_mm_s,
    }
    left = {name: number for name, number in numbers.items() if options.get(name) is None}
    found = [
        f"{name}: {number.value:g} in the profile, {number.mark}"
        for name, number in left.items()
        if number is not None and number.mark in ("assumed", "literature")
    ]
    if "power" in left and write.power is None:
        found.append(f"power: {COMMON_POWER:g} percent, common in public job texts")
    return found


def _profile(value: object) -> Profile:
    if isinstance(value, Profile):
        return value
    if not isinstance(value, str):
        raise ConfigError(
            f"A job needs the option 'profile', a process profile or the name of one; got {value!r}.",
            hint="For example profile=2pp-63x-ip-dip.",
        )
    return load_profile(value)


def _pm(options: Mapping[str, object], name: str, number: Marked | None) -> int:
    given = _given(options, name)
    return round((_required(number, name) if given is None else given) * PM_PER_UM)


def _given(options: Mapping[str, object], name: str) -> float | None:
    value = options.get(name)
    if value is None:
        return None
    right = isinstance(value, int | float) and not isinstance(value, bool)
    if not right or not math.isfinite(value) or value < 1e-3:  # type: ignore[arg-type,operator]
        raise ConfigError(f"Export option {name!r} must be a number of at least 0.001; got {value!r}.")
    return float(value)  # type: ignore[arg-type]


def _required(number: Marked | None, name: str) -> float:
    if number is None:
        raise ConfigError(f"The process profile does not say {name}.", hint=f"Give it as the option {name}.")
    return number.value
