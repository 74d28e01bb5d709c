"""Options of a method: a frozen dataclass of numbers, switches and words, checked at the border."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from typing import Any, TypeVar

from fabdesign.errors import ConfigError

T = TypeVar("T")


@dataclass(frozen=True)
class NoOptions:
    """A method without options."""


def number(default: float, text: str, *, low: float = -math.inf, high: float = math.inf) -> Any:
    """Declare a number between ``low`` and ``high`` (both allowed) in an options dataclass."""
    return field(default=float(default), metadata={"help": text, "low": low, "high": high})


def word(default: str, text: str, *, choices: Sequence[str]) -> Any:
    """Declare one of a few words in an options dataclass."""
    return field(default=default, metadata={"help": text, "choices": tuple(choices)})


def switch(default: bool, text: str) -> Any:
    """Declare true or false in an options dataclass."""
    return field(default=default, metadata={"help": text})


def parse_options(kind: type[T], given: Mapping[str, object], *, where: str) -> T:
    """Build an options dataclass from what the user wrote.

    Args:
        kind: a frozen dataclass whose fields come from :func:`number`, :func:`word` and :func:`switch`.
        given: names and values, as read from the TOML file.
        where: the place in the configuration, for messages.

    Raises:
        ConfigError: a name is unknown, or a value has the wrong type or lies outside its range.

    >>> @dataclass(frozen=True)
    ... class Steps:
    ...     start: float = number(1.0, "first temperature", low=0)
    >>> parse_options(Steps, {"start": 3}, where="quantise.options")
    Steps(start=3.0)
    """
    known: dict[str, Field[Any]] = {item.name: item for item in fields(kind)}  # type: ignore[arg-type]
    for name in given:
        if name not in known:
            raise _unknown(name, list(known), where)
    return kind(**{name: _checked(known[name], value, where) for name, value in given.items()})


def _checked(item: Field[Any], value: object, where: str) -> object:
    place = f"{where}.{item.name}"
    if isinstance(item.default, bool):
        if not isinstance(value, bool):
            raise ConfigError(f"{place} must be true or false; got {value!r}.")
        return value
    if isinstance(item.default, str):
        choices = item.metadata["choices"]
        if value not in choices:
            raise ConfigError(f"{place} must be one of {', '.join(choices)}; got {value!r}.")
        return value
    return _checked_number(value, place, item.metadata["low"], item.metadata["high"])


def _checked_number(value: object, place: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ConfigError(f"{place} must be a finite number; got {value!r}.")
    if not low <= value <= high:
        raise ConfigError(f"{place} must lie between {low:g} and {high:g}; got {value:g}.")
    return float(value)


def _unknown(name: str, known: list[str], where: str) -> ConfigError:
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        hint = f"Did you mean {near[0]!r}?"
    else:
        hint = f"Known options: {', '.join(known)}." if known else "This method has no options."
    return ConfigError(f"{where} has no option {name!r}.", hint=hint)
