"""What a grey export is asked for: from loose options and a process profile to checked settings."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from fabdesign.design import Physical
from fabdesign.errors import ConfigError
from fabdesign.export.grey.curve import ContrastCurve, choose_curve
from fabdesign.export.options import check_known, physical_option, profile_option
from fabdesign.process import Profile

CONTEXT = ("profile", "physical")
"""Options that the caller fills in from the design and its process, not the user."""

HEIGHT_OPTIONS = (*CONTEXT, "range_um", "invert")
DOSE_OPTIONS = (*HEIGHT_OPTIONS, "curve", "offset_um", "curve_sigma_nm")


@dataclass(frozen=True)
class GreyOptions:
    """Settings of a grey export.

    Attributes:
        profile: the process, or None.
        physical: the design's record, for wavelength and indices, or None.
        range_um: height of white (of black if inverted) where greys rise evenly; None fits it to the design.
        invert: more grey leaves less height.
        curve: contrast curve, or None where greys rise evenly.
        offset_um: how far the base lies above the lowest height of the curve.
        curve_sigma_nm: standard deviation of the curve's heights.
    """

    profile: Profile | None
    physical: Physical | None
    range_um: float | None
    invert: bool
    curve: ContrastCurve | None = None
    offset_um: float = 0.0
    curve_sigma_nm: float | None = None


def parse_height_options(options: Mapping[str, object]) -> GreyOptions:
    """Check the options of a height map.

    Args:
        options: any of `HEIGHT_OPTIONS`. ``profile`` is a `Profile`, or the name or path of one.

    Raises:
        ConfigError: an option is unknown, or has a value of the wrong kind.

    >>> parse_height_options({"range_um": 2}).range_um
    2.0
    """
    check_known(options, HEIGHT_OPTIONS)
    profile = profile_option(options)
    return GreyOptions(
        profile=profile,
        physical=physical_option(options),
        range_um=number(options, "range_um", more_than=0),
        invert=_invert(options, profile),
    )


def parse_dose_options(options: Mapping[str, object], further: tuple[str, ...] = ()) -> GreyOptions:
    """Check the options of a dose map.

    Args:
        options: any of `DOSE_OPTIONS`. ``curve`` is the path of a CSV, or "even".
        further: names of options that the format reads itself.

    Raises:
        ConfigError: an option is unknown or of the wrong kind, a curve is needed, or it contradicts `invert`.
        FileFormatError: the curve cannot be read.
    """
    check_known(options, (*DOSE_OPTIONS, *further))
    profile = profile_option(options)
    curve = choose_curve(options.get("curve"), profile)
    range_um = number(options, "range_um", more_than=0)
    invert = _invert(options, profile)
    if curve is not None:
        _refuse_contradiction(curve, options, invert=invert)
    return GreyOptions(
        profile=profile,
        physical=physical_option(options),
        range_um=range_um,
        invert=invert if curve is None else not curve.rises,
        curve=curve,
        offset_um=number(options, "offset_um") or 0.0,
        curve_sigma_nm=number(options, "curve_sigma_nm"),
    )


def number(options: Mapping[str, object], name: str, *, more_than: float | None = None) -> float | None:
    """The value of an option that takes a number of at least 0; None where it is not given.

    Raises:
        ConfigError: the value is no number, not finite, or too small.

    >>> number({"range_um": 2}, "range_um")
    2.0
    """
    value = options.get(name)
    if value is None:
        return None
    good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not good or value < 0 or (more_than is not None and value <= more_than):  # type: ignore[operator]
        least = "at least 0" if more_than is None else f"more than {more_than:g}"
        raise ConfigError(f"Export option {name!r} must be a number, {least}; got {value!r}.")
    return float(value)  # type: ignore[arg-type]


def _refuse_contradiction(curve: ContrastCurve, options: Mapping[str, object], *, invert: bool) -> None:
    if options.get("range_um") is not None:
        raise ConfigError(
            "Export option 'range_um' is for even greys; the contrast curve gives the heights here.",
            hint="Leave one of them out.",
        )
    stated = options.get("invert") is not None or invert
    if stated and invert == curve.rises:
        raise ConfigError(
            f"The heights of {curve.source} {'rise' if curve.rises else 'fall'} with grey, but invert "
            f"(dose.invert) says that more grey leaves {'less' if invert else 'more'} height.",
            hint="Correct whichever is wrong; a curve says the direction by itself.",
        )


def _invert(options: Mapping[str, object], profile: Profile | None) -> bool:
    value = options.get("invert")
    if value is None:
        return bool(profile is not None and profile.dose is not None and profile.dose.invert)
    if not isinstance(value, bool):
        raise ConfigError(f"Export option 'invert' must be true or false; got {value!r}.")
    return value
