"""What a mask export is asked for: from loose options and a process profile to checked settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from fabdesign.errors import ConfigError
from fabdesign.export.options import check_known, choice, profile_option
from fabdesign.process import Profile
from fabdesign.process.codings import CodingName, Tone, coding_names

OPTION_NAMES = ("profile", "coding", "tone", "marks", "merged", "grid_nm", "unit_nm", "polygon_tone")
SAFE_VERTICES = 4000
"""Most corners of a merged polygon where the profile says nothing; a rectangle has four."""

_PM_PER_NM = 1000
_ADDING_KINDS = ("2pp", "2gl", "ideal")


@dataclass(frozen=True)
class MaskOptions:
    """Settings of a mask export.

    Attributes:
        profile: the process, or None.
        coding: how levels become masks; see `codings`.
        tone: "etch" where drawn pixels lose material, "add" where they gain it.
        polygon_tone: whether drawn polygons are clear or dark on the plate.
        marks: draw marks and labels around the optic.
        merged: polygons of many corners instead of rectangles.
        unit_pm: database unit.
        grid_pm: manufacturing grid.
        max_vertices: most corners of a merged polygon.
    """

    profile: Profile | None
    coding: CodingName
    tone: Tone
    polygon_tone: str
    marks: bool
    merged: bool
    unit_pm: int
    grid_pm: int
    max_vertices: int

    @property
    def smallest_um(self) -> float | None:
        """The smallest feature or space of the process."""
        if self.profile is None:
            return None
        known = (self.profile.lateral.min_feature_um, self.profile.lateral.min_space_um)
        return max((number.value for number in known if number is not None), default=None)


def parse_mask_options(options: Mapping[str, object]) -> MaskOptions:
    """Check options and fill in what the profile, or else common practice, says.

    Args:
        options: any of `OPTION_NAMES`. ``profile`` is a `Profile`, or the name or path of one.

    Raises:
        ConfigError: an option is unknown, or has a value of the wrong kind.

    >>> parse_mask_options({"profile": "binary-optics-fused-silica"}).tone
    'etch'
    """
    check_known(options, OPTION_NAMES)
    profile = profile_option(options)
    mask = profile.mask if profile else None
    codings = _preferred(coding_names(), mask.coding if mask and mask.coding != "gray" else None)
    tones = _preferred(("etch", "add"), "add" if profile and profile.kind in _ADDING_KINDS else None)
    plates = _preferred(("clear", "dark"), mask.polygon_tone if mask else None)
    unit_pm = _length_pm(options, "unit_nm", _PM_PER_NM)
    grid = profile.lateral.grid_nm if profile else None
    known_pm = max(unit_pm, round(grid.value * _PM_PER_NM)) if grid else unit_pm
    limit = profile.limits.max_vertices if profile else None
    return MaskOptions(
        profile=profile,
        coding=cast(CodingName, choice(options, "coding", codings)),
        tone=cast(Tone, choice(options, "tone", tones)),
        polygon_tone=choice(options, "polygon_tone", plates),
        marks=_switch(options, "marks", default=True),
        merged=_switch(options, "merged", default=False),
        unit_pm=unit_pm,
        grid_pm=_length_pm(options, "grid_nm", known_pm),
        max_vertices=min(SAFE_VERTICES, int(limit.value)) if limit else SAFE_VERTICES,
    )


def _preferred(words: tuple[str, ...], first: str | None) -> tuple[str, ...]:
    return words if first is None else (first, *(word for word in words if word != first))


def _switch(options: Mapping[str, object], name: str, *, default: bool) -> bool:
    value = options.get(name, default)
    if not isinstance(value, bool):
        raise ConfigError(f"Export option {name!r} must be true or false; got {value!r}.")
    return value


def _length_pm(options: Mapping[str, object], name: str, default: int) -> int:
    if options.get(name) is None:
        return default
    value = options[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.001 <= value <= 1e6:
        raise ConfigError(f"Export option {name!r} must be a length from 0.001 to 1e6 nm; got {value!r}.")
    whole = round(value * _PM_PER_NM)
    if abs(whole - value * _PM_PER_NM) > 1e-6:
        raise ConfigError(f"Export option {name!r} must be a whole number of picometres; got {value!r} nm.")
    return whole
