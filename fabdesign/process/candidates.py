"""The heights a machine can make: multiples of its slice, its grey values, the sums of its etch depths."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.process.level_table import whole_picometres_um
from fabdesign.process.marked import Marked
from fabdesign.process.profile import Profile
from fabdesign.process.sections import Dose, MaskSet

Array = NDArray[np.float64]
_UM_PER_NM = 1e-3


@dataclass(frozen=True)
class Candidates:
    """Heights to choose levels from.

    Attributes:
        height_um: [m] ascending from 0, whole picometres.
        rule: where they come from, in words.
        advice: what a user changes to get more of them.
        mask_depth_um: [m] depth of each etch; None where nothing is etched.
    """

    height_um: Array
    rule: str
    advice: str
    mask_depth_um: Array | None = None


def candidate_heights(
    profile: Profile, *, turn_um: float, levels: int, max_turns: int = 1
) -> Candidates | None:
    """Return the heights that a process can make; None where it can make any.

    Args:
        profile: the process.
        turn_um: height of one wave of delay, λ/(n - n₀).
        levels: how many levels are wanted; freely chosen etch depths are h·2^k/levels.
        max_turns: how many waves of delay the relief may be tall.

    Raises:
        ConfigError: the profile lacks the number that its rule needs.
    """
    limit_um = turn_um * max_turns
    if profile.axial.height_max_um is not None:
        limit_um = min(limit_um, np.nextafter(profile.axial.height_max_um.value, np.inf))
    match profile.kind:
        case "ideal":
            return None
        case "photonic":
            raise ConfigError(
                f"process {profile.name} makes photonic chips, which have no levels of height.",
                hint="Name a process that prints or etches a relief; `fabdesign processes` lists them.",
            )
        case "2pp":
            return _slices(
                _required(profile.axial.slice_um, profile, "axial.slice_um"), limit_um, turn_um / levels
            )
        case _ if profile.mask is not None:
            return _etches(profile.mask, profile, turn_um, limit_um, levels)
        case _ if profile.dose is not None:
            return _greys(profile.dose, profile, limit_um)
        case _:
            raise ConfigError(
                f"process {profile.name} of kind {profile.kind} needs a [mask] or [dose] table for levels."
            )


def read_contrast_curve(path: str | Path) -> tuple[Array, Array]:
    """Read a contrast curve: a CSV of grey value and height in um, at most one line of titles.

    Returns:
        [m] grey values, ascending, and [m] heights, um.

    Raises:
        FileFormatError: the file cannot be read, or is not two columns, strictly monotone.
    """
    try:
        with Path(path).open(newline="", encoding="utf-8-sig") as file:
            rows = [row for row in csv.reader(file) if row and not row[0].lstrip().startswith("#")]
        numbers = np.array(rows[1:] if _is_title(rows) else rows, dtype=np.float64)
    except (OSError, ValueError, csv.Error) as error:
        raise FileFormatError(
            f"{path} must hold a grey value and a height in um on each line; {error}."
        ) from error
    if numbers.ndim != 2 or numbers.shape[1] != 2 or len(numbers) < 2 or not np.isfinite(numbers).all():
        raise FileFormatError(
            f"{path} must hold two columns, grey value and height in um, of at least two lines."
        )
    grey, height = numbers[np.argsort(numbers[:, 0])].T
    slope = np.diff(height)
    if not (np.diff(grey) > 0).all() or not ((slope > 0).all() or (slope < 0).all()):
        raise FileFormatError(
            f"{path} must give each grey value once, and heights that only rise or only fall."
        )
    return grey, height


def even_slice_um(step_um: float, at_most_um: float) -> float:
    """Return the largest slice, no larger than the given one, of which whole numbers make an even level step.

    >>> even_slice_um(0.181, 0.1), even_slice_um(0.181, 0.2)
    (0.0905, 0.181)
    """
    return step_um / math.ceil(step_um / at_most_um)


def subset_sums_um(depth_um: ArrayLike) -> Array:
    """Return the depths that a set of etches can make: the sum of every subset, ascending, without repeats.

    >>> subset_sums_um([0.1, 0.2]).tolist()
    [0.0, 0.1, 0.2, 0.3]
    """
    sums = np.zeros(1)
    for depth in np.asarray(depth_um, dtype=np.float64):
        sums = np.concatenate([sums, sums + depth])
    return np.unique(whole_picometres_um(sums))


def _slices(slice_um: float, limit_um: float, step_um: float) -> Candidates:
    heights = whole_picometres_um(slice_um * np.arange(int(limit_um / slice_um) + 2))
    return Candidates(
        heights[heights < limit_um],
        f"multiples of the {slice_um:g} um slice",
        f"axial.slice_um in the profile ({even_slice_um(step_um, slice_um):.4f} um gives even levels)",
    )


def _etches(mask: MaskSet, profile: Profile, turn_um: float, limit_um: float, levels: int) -> Candidates:
    if mask.depths == "fixed":
        depths = np.array([e.depth_nm.value for e in sorted(mask.etch, key=lambda e: e.bit)]) * _UM_PER_NM
        rule = f"sums of {len(depths)} etch depths"
    else:
        depths = _free_depths(mask, profile, turn_um, levels)
        rule = f"{len(depths)} etches, depths chosen for the wavelength"
    sums = subset_sums_um(depths)
    return Candidates(
        sums[sums < limit_um],
        rule,
        "set of etches in mask.etch",
        mask_depth_um=whole_picometres_um(depths),
    )


def _free_depths(mask: MaskSet, profile: Profile, turn_um: float, levels: int) -> Array:
    count = max(1, (levels - 1).bit_length())
    if mask.masks_max is not None and count > mask.masks_max.value:
        raise ConfigError(
            f"process {profile.name} takes {mask.masks_max.value:g} masks, which make "
            f"{2 ** int(mask.masks_max.value)} levels; got {levels} levels.",
            hint="Ask for fewer levels, or raise mask.masks_max in a profile of your own.",
        )
    step_um = _required(mask.depth_step_nm, profile, "mask.depth_step_nm") * _UM_PER_NM
    return np.asarray(np.maximum(1, np.rint(turn_um * 2.0 ** np.arange(count) / levels / step_um)) * step_um)


def _greys(dose: Dose, profile: Profile, limit_um: float) -> Candidates:
    if dose.curve_csv is not None:
        heights = np.sort(read_contrast_curve(dose.curve_csv)[1])
        heights = whole_picometres_um(heights - heights[0])
        return Candidates(heights[heights < limit_um], "grey curve", "contrast curve with more grey values")
    count = 2 ** int(_required(dose.bits, profile, "dose.bits"))
    tallest = profile.axial.height_max_um
    span_um = limit_um if tallest is None else tallest.value
    heights = whole_picometres_um(np.unique(np.arange(count) * (span_um / (count - 1))))
    return Candidates(
        np.unique(heights[heights < limit_um]),
        f"{count} even grey steps over {span_um:.4g} um",
        "dose.bits or axial.height_max_um in the profile",
    )


def _required(number: Marked | None, profile: Profile, key: str) -> float:
    if number is None:
        raise ConfigError(
            f"process {profile.name} must have {key} to give levels; it is absent.",
            hint=f"Copy the profile to a file of your own and write {key} = "
            '{ value = …, source = "measured" } there.',
        )
    return number.value


def _is_title(rows: list[list[str]]) -> bool:
    try:
        [float(cell) for cell in rows[0]]
    except (ValueError, IndexError):
        return True
    return False
