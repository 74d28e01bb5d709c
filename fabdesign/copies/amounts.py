"""Sizes of errors as people write them: with a unit, or as a share."""

from __future__ import annotations

import math
import re

from fabdesign.copies.perturbation import Perturbation
from fabdesign.errors import ConfigError
from fabdesign.units import parse_angle_rad, parse_length_um

_PERCENT = re.compile(r"\s*(\d+\.?\d*|\.\d+)\s*%\s*\Z")
_SHARES = {"relative", "share"}


def parse_amount(perturbation: Perturbation, text: float | str, setting: str) -> float:
    """Turn ``"0.2 um"``, ``"10 nm"``, ``"1 mrad"``, ``"2 %"`` or a plain number into the error's own unit.

    Args:
        perturbation: gives the unit.
        text: what the user wrote; lengths and angles with a unit, shares in percent or plain.
        setting: the name of the setting, for the message.

    Raises:
        ConfigError: it is no amount of this error.

    >>> from fabdesign.copies import perturbations
    >>> parse_amount(perturbations()["roughness"], "0.01 um", "roughness")
    10.0
    """
    amount = _parsed(perturbation.unit, text, setting)
    if not math.isfinite(amount) or (amount < 0 and not perturbation.signed):
        raise ConfigError(f"{setting} must not be negative; got {text!r}.")
    return amount


def _parsed(unit: str, text: float | str, setting: str) -> float:
    match unit:
        case "um":
            return parse_length_um(text, setting)
        case "nm":
            return 1e3 * parse_length_um(text, setting)
        case "mrad":
            return 1e3 * parse_angle_rad(text, setting)
    percent = _PERCENT.match(text) if isinstance(text, str) and unit in _SHARES else None
    if percent is not None:
        return float(percent.group(1)) / 100
    if isinstance(text, str):
        expected = 'a number or a share such as "2 %"' if unit in _SHARES else "a number"
        raise ConfigError(f"{setting} must be {expected}; got {text!r}.")
    return float(text)
