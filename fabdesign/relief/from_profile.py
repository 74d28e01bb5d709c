"""Corrections by name: the numbers of a process profile, or numbers of the user's own."""

from __future__ import annotations

import re
from pathlib import Path

from fabdesign.errors import ConfigError
from fabdesign.process import Marked, Profile, Spread
from fabdesign.relief.compensation import Amount, Compensation
from fabdesign.relief.height_curve import HeightCurve, read_height_curve
from fabdesign.units import parse_length_um

WORDS = ("shrinkage", "bias", "curve")
"""Corrections that a profile can have."""
KEYS = ("shrink_xy", "shrink_z", "bias", "curve")
"""Corrections that a user can give numbers for."""

_SPREAD = re.compile(r"\s*(\+-|±)\s*")


def choose_compensation(text: str, profile: Profile | None = None) -> Compensation:
    """Read what to compensate: names of corrections, with commas between them, or numbers.

    ``shrinkage``, ``bias`` and ``curve`` take the profile's numbers. ``shrink_xy=0.02+-0.005``,
    ``shrink_z=…``, ``bias=80 nm+-10 nm`` and ``curve=FILE.csv`` give numbers, with their standard
    deviation where it is known. Numbers go before the profile's.

    Args:
        text: the corrections.
        profile: the process.

    Raises:
        ConfigError: an unknown correction, a number that cannot be read, or one that the profile lacks.
        FileFormatError: a curve cannot be read.

    >>> choose_compensation("shrink_z=0.1+-0.02").shrink_z
    Amount(mean=0.1, sigma=0.02, source='given')
    """
    words, given = _parts(text)
    amounts = {key: _given_amount(key, value) for key, value in given.items() if key != "curve"}
    curve = read_height_curve(given["curve"]) if "curve" in given else None
    if "shrinkage" in words:
        for key in ("shrink_xy", "shrink_z"):
            amounts.setdefault(key, _from_profile(profile, key))
    if "bias" in words:
        amounts.setdefault("bias", _from_profile(profile, "bias"))
    if "curve" in words and curve is None:
        curve = _profile_curve(profile)
    nothing = Amount(0.0)
    return Compensation(
        shrink_xy=amounts.get("shrink_xy", nothing),
        shrink_z=amounts.get("shrink_z", nothing),
        edge_bias_um=amounts.get("bias", nothing),
        curve=curve,
    )


def unused_corrections(profile: Profile | None) -> list[str]:
    """Say of each correction of a profile that nothing was done about it, and why.

    >>> from fabdesign.process import load_profile
    >>> unused_corrections(load_profile("2pp-63x-ip-dip"))[1]
    'shrink_z not compensated: 0 ± 0.02 in 2pp-63x-ip-dip is assumed.'
    """
    if profile is None:
        return []
    found = []
    for key in ("shrink_xy", "shrink_z", "bias"):
        spread = _spread(profile, key)
        if spread.mean is None:
            continue
        sigma = f" ± {spread.sigma.value:g}" if spread.sigma is not None else ""
        number = f"{spread.mean.value:g}{sigma} in {profile.name} is {spread.mean.mark}"
        known = spread.mean.mark != "assumed" and spread.mean.value != 0
        word = "bias" if key == "bias" else "shrinkage"
        advice = f"; --compensate {word} does it" if known else ""
        found.append(f"{key} not compensated: {number}{advice}.")
    return found


def _parts(text: str) -> tuple[set[str], dict[str, str]]:
    words: set[str] = set()
    given: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, sign, value = (piece.strip() for piece in part.partition("="))
        if (sign and key not in KEYS) or (not sign and key not in WORDS):
            raise ConfigError(
                f"Compensation must be of {', '.join(WORDS)}, or one of {', '.join(KEYS)} with a number; "
                f"got {part!r}.",
                hint="For example --compensate shrinkage,bias=80nm+-10nm.",
            )
        if sign:
            given[key] = value
        else:
            words.add(key)
    return words, given


def _given_amount(key: str, text: str) -> Amount:
    numbers = [_number(key, piece) for piece in _SPREAD.split(text)[::2]]
    if len(numbers) > 2 or (len(numbers) == 2 and numbers[1] < 0):
        raise ConfigError(f"{key} must be a number, or number+-sigma; got {text!r}.")
    return Amount(numbers[0], numbers[1] if len(numbers) == 2 else None, "given")


def _number(key: str, text: str) -> float:
    if key == "bias":
        return parse_length_um(text, "bias")
    try:
        return float(text)
    except ValueError as error:
        raise ConfigError(f"{key} must be a share such as 0.02; got {text!r}.") from error


def _from_profile(profile: Profile | None, key: str) -> Amount:
    if profile is None:
        raise ConfigError(
            f"No process is known to take {key} from.", hint="Name one with --process, or give a number."
        )
    spread = _spread(profile, key)
    if spread.mean is None:
        raise ConfigError(
            f"process {profile.name} does not say {key}.", hint=f"Give it: --compensate {key}=NUMBER."
        )
    sigma = spread.sigma
    return Amount(spread.mean.value, sigma.value if sigma else None, _source(profile, spread.mean, sigma))


def _spread(profile: Profile, key: str) -> Spread:
    return profile.lateral.edge_bias_um if key == "bias" else getattr(profile.material, key)


def _source(profile: Profile, mean: Marked, sigma: Marked | None) -> str:
    of_sigma = f", its sigma {sigma.source}" if sigma is not None and sigma.source != mean.source else ""
    return f"{mean.source} in {profile.name}{of_sigma}"


def _profile_curve(profile: Profile | None) -> HeightCurve:
    path = profile.axial.height_curve_csv if profile is not None else None
    if path is None:
        raise ConfigError(
            "The process has no curve from written to printed height.",
            hint="Measure one (a wedge of steps, and a profilometer), and give it: curve=FILE.csv.",
        )
    return read_height_curve(Path(path))
