"""Lengths and angles as people write them, turned into plain micrometres and radians."""

from __future__ import annotations

import math
import re

from fabdesign.errors import ConfigError

_LENGTH_UM = {"pm": 1e-6, "nm": 1e-3, "um": 1.0, "µm": 1.0, "μm": 1.0, "mm": 1e3, "cm": 1e4, "m": 1e6}
_ANGLE_RAD = {
    "rad": 1.0,
    "mrad": 1e-3,
    "urad": 1e-6,
    "µrad": 1e-6,
    "deg": math.pi / 180,
    "°": math.pi / 180,
    "pi": math.pi,
    "π": math.pi,
}
_QUANTITY = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*([^\s\d]+)\s*\Z")


def parse_length_um(text: object, setting: str = "length") -> float:
    """Turn ``"785 nm"`` into micrometres.

    Args:
        text: a number with a unit: pm, nm, um (or µm), mm, cm or m.
        setting: the name of the setting, for the message.

    Raises:
        ConfigError: the text is not a finite number with a known unit of length.

    >>> parse_length_um("785 nm")
    0.785
    """
    return _parse(text, setting, _LENGTH_UM, 'a length with its unit, such as "785 nm" or "1.5 um"')


def parse_angle_rad(text: object, setting: str = "angle") -> float:
    """Turn ``"180 deg"``, ``"1 pi"`` or ``"2 mrad"`` into radians.

    Raises:
        ConfigError: the text is not a finite number with a known unit of angle.

    >>> round(parse_angle_rad("180 deg"), 6)
    3.141593
    """
    return _parse(text, setting, _ANGLE_RAD, 'an angle with its unit, such as "1 pi", "90 deg" or "2 mrad"')


def format_length(length_um: float) -> str:
    """Write a length in the unit that suits its size.

    >>> format_length(0.785), format_length(1500.0), format_length(12.5)
    ('785 nm', '1.5 mm', '12.5 um')
    """
    size = abs(length_um)
    if size >= 1000:
        return f"{length_um / 1000:.6g} mm"
    if size >= 1 or size == 0:
        return f"{length_um:.6g} um"
    return f"{length_um * 1000:.6g} nm"


def _parse(text: object, setting: str, factors: dict[str, float], expected: str) -> float:
    match = _QUANTITY.match(text) if isinstance(text, str) else None
    factor = factors.get(match.group(2)) if match else None
    if match is None or factor is None:
        raise ConfigError(
            f"{setting} must be {expected}; got {text!r}.",
            hint=f"Write the unit behind the number; known units: {', '.join(factors)}.",
        )
    # dividing by the reciprocal keeps "785 nm" at the double nearest to 0.785
    number = float(match.group(1))
    value = number / round(1 / factor) if factor < 1 and _is_reciprocal_integer(factor) else number * factor
    if not math.isfinite(value):
        raise ConfigError(f"{setting} must be finite; got {text!r}.")
    return value


def _is_reciprocal_integer(factor: float) -> bool:
    return abs(round(1 / factor) * factor - 1) < 1e-12
