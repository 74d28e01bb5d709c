"""Field types of the config: text with a unit on the outside, a plain number on the inside."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from fabdesign.errors import ConfigError
from fabdesign.units import parse_angle_rad, parse_length_um

_NUMBER = r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?"
_SECONDS = {"ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
_DURATION = re.compile(rf"\s*({_NUMBER})\s*({'|'.join(_SECONDS)})\s*\Z")

LENGTH_EXPECTED = 'a length with its unit, such as "785 nm" or "1.5 um"'
ANGLE_EXPECTED = 'an angle with its unit, such as "1 pi" or "90 deg"'
DURATION_EXPECTED = 'a time with its unit, such as "30 s" or "5 min"'


def parse_duration_s(text: object, setting: str = "time") -> float:
    """Turn ``"5 min"`` into seconds.

    Args:
        text: a number with a unit: ms, s, min or h.
        setting: the name of the setting, for the message.

    Raises:
        ConfigError: the text is not a number with a known unit of time.

    >>> parse_duration_s("5 min")
    300.0
    """
    match = _DURATION.match(text) if isinstance(text, str) else None
    if match is None:
        raise ConfigError(f"{setting} must be {DURATION_EXPECTED}; got {text!r}.")
    return float(match.group(1)) * _SECONDS[match.group(4)]


def _reads(parse: Callable[[object], float], expected: str) -> BeforeValidator:
    def read(value: object) -> float:
        try:
            return parse(value)
        except ConfigError:
            raise PydanticCustomError("quantity", "must be {expected}", {"expected": expected}) from None

    return BeforeValidator(read, json_schema_input_type=str)


def _schema(units: tuple[str, ...], example: str) -> WithJsonSchema:
    pattern = rf"^\s*{_NUMBER}\s*({'|'.join(units)})\s*$"
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": [example]})


def _writes(unit: str) -> PlainSerializer:
    return PlainSerializer(lambda value: f"{value!r} {unit}", return_type=str, when_used="json")


_LENGTH_SCHEMA = _schema(("pm", "nm", "um", "µm", "μm", "mm", "cm", "m"), "1.5 um")
_ANGLE_SCHEMA = _schema(("rad", "mrad", "urad", "µrad", "deg", "°", "pi", "π"), "1 pi")

PositiveLength = Annotated[
    float, Field(gt=0), _reads(parse_length_um, LENGTH_EXPECTED), _writes("um"), _LENGTH_SCHEMA
]
"""A length above zero: ``"1.5 um"`` in the file, micrometres in the program."""

Length = Annotated[
    float, Field(ge=0), _reads(parse_length_um, LENGTH_EXPECTED), _writes("um"), _LENGTH_SCHEMA
]
"""A length of zero or more: ``"1.5 um"`` in the file, micrometres in the program."""

Angle = Annotated[float, Field(ge=0), _reads(parse_angle_rad, ANGLE_EXPECTED), _writes("rad"), _ANGLE_SCHEMA]
"""An angle of zero or more: ``"10 deg"`` in the file, radians in the program."""


def _up_to_half_a_turn(angle_rad: float) -> float:
    if angle_rad > math.pi * (1 + 1e-9):
        raise PydanticCustomError("quantity", "must be at most 180 deg")
    return angle_rad


AngleEitherWay = Annotated[Angle, AfterValidator(_up_to_half_a_turn)]
"""An angle between zero and half a turn, meant for both directions."""

PositiveAngle = Annotated[
    float, Field(gt=0), _reads(parse_angle_rad, ANGLE_EXPECTED), _writes("rad"), _ANGLE_SCHEMA
]
"""An angle above zero: ``"1 pi"`` in the file, radians in the program."""

PositiveDuration = Annotated[
    float,
    Field(gt=0),
    _reads(parse_duration_s, DURATION_EXPECTED),
    _writes("s"),
    _schema(tuple(_SECONDS), "30 s"),
]
"""A time above zero: ``"5 min"`` in the file, seconds in the program."""


def _pair_schema(one: Mapping[str, Any]) -> WithJsonSchema:
    both = {"type": "array", "items": dict(one), "minItems": 2, "maxItems": 2}
    return WithJsonSchema({"anyOf": [dict(one), both]})


def _as_pair(value: object) -> object:
    if isinstance(value, list | tuple):
        if len(value) != 2:
            raise PydanticCustomError("pair", "must be one value or a list of two")
        return tuple(value)
    return (value, value)


PixelCounts = Annotated[
    tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]],
    BeforeValidator(_as_pair),
    _pair_schema({"type": "integer", "minimum": 1}),
]
"""Numbers of pixels (ny, nx): one number for a square, or a list of two."""

LengthPair = Annotated[
    tuple[PositiveLength, PositiveLength],
    BeforeValidator(_as_pair),
    _pair_schema(_LENGTH_SCHEMA.json_schema or {}),
]
"""Two lengths (x, y): one for both directions, or a list of two."""
