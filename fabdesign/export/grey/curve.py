"""Which contrast curve a dose map goes through, and when there has to be one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError
from fabdesign.process import Profile
from fabdesign.process.candidates import read_contrast_curve

EVEN = "even"
"""Value of the option "curve": grey in proportion to height, as for a machine that knows its own curve."""

_SELF_CALIBRATED = ("2gl", "ideal")

HOW_TO_MEASURE = (
    "Measure one: write a wedge (curve=even) of 16 or more greys in your resist with the job's settings, "
    "develop it, measure the height of each patch with a profilometer, and list 'grey, height in um' in a "
    "CSV. Give that file as curve=FILE, or as dose.curve_csv in a profile of your own."
)


@dataclass(frozen=True, eq=False)
class ContrastCurve:
    """Measured heights of a resist.

    Args:
        grey: [m] values as they stand in the image, ascending.
        height_um: [m] height that each leaves, only rising or only falling.
        source: name of the file.
    """

    grey: NDArray[np.float64]
    height_um: NDArray[np.float64]
    source: str

    @property
    def rises(self) -> bool:
        """Whether a higher grey leaves more height."""
        return bool(self.height_um[-1] > self.height_um[0])

    def interpolation_um(self, value: NDArray[np.integer]) -> NDArray[np.float64]:
        """How far a smooth monotone curve through the points lies off the straight lines, um.

        An estimate of what the measured points leave open (Fritsch and Carlson 1980, as in SciPy's PCHIP).
        """
        from scipy.interpolate import PchipInterpolator  # noqa: PLC0415  (half a second)

        at = value.astype(np.float64)
        smooth = PchipInterpolator(self.grey, self.height_um)(at)
        return np.asarray(smooth - np.interp(at, self.grey, self.height_um))


def choose_curve(option: object, profile: Profile | None) -> ContrastCurve | None:
    """Find the contrast curve: the option, else the profile's; None where greys may rise evenly.

    Args:
        option: path of a CSV, the word "even", or None.
        profile: the process.

    Raises:
        ConfigError: the process needs a curve and there is none.
        FileFormatError: the curve cannot be read.

    >>> choose_curve("even", None) is None
    True
    """
    if option is not None and not isinstance(option, str | os.PathLike):
        raise ConfigError(
            f"Export option 'curve' must be a CSV file of grey and height, or {EVEN!r}; got {option!r}."
        )
    if option == EVEN:
        return None
    own = profile.dose.curve_csv if profile is not None and profile.dose is not None else None
    path = option if option is not None else own
    if path is not None:
        grey, height_um = read_contrast_curve(Path(path))
        return ContrastCurve(grey, height_um, Path(path).name)
    if needs_curve(profile):
        whose = f"process {profile.name} has none" if profile is not None else "no process was named"
        raise ConfigError(
            f"A dose map needs a contrast curve, grey to height; {whose}.",
            hint=HOW_TO_MEASURE,
        )
    return None


def needs_curve(profile: Profile | None) -> bool:
    """Whether greys of this process mean dose, whose height only a measured curve tells.

    >>> from fabdesign.process import load_profile
    >>> [needs_curve(load_profile(name)) for name in ("2gl-grayscale", "mla150-grayscale")]
    [False, True]
    """
    return profile is None or profile.kind not in _SELF_CALIBRATED
