"""``-o optics.pitch=1.2um``: settings given on the command line."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fabdesign.errors import ConfigError


@dataclass(frozen=True)
class Override:
    """One setting from the command line: where it goes, what it says and how it was typed."""

    location: tuple[str, ...]
    value: Any
    text: str


def parse_override(text: str) -> Override:
    """Read ``key.sub=value``; the value is TOML if it can be, and plain text otherwise.

    Raises:
        ConfigError: there is no ``=``, or a part of the key is empty.

    >>> parse_override("optics.pitch=1.2um").value, parse_override("train.epochs=3").value
    ('1.2um', 3)
    """
    key, equals, value = text.partition("=")
    location = tuple(part.strip() for part in key.split("."))
    if not equals or not all(location):
        raise ConfigError(
            f"-o must be key=value; got {text!r}.",
            hint="For example: -o train.epochs=3 -o optics.pitch=1.2um",
        )
    return Override(location, _toml_value(value.strip()), text)


def apply_overrides(raw: Mapping[str, Any], overrides: Sequence[Override]) -> dict[str, Any]:
    """The values with the overrides in place; the input stays as it was.

    Raises:
        ConfigError: an override goes below a setting that is no table.
    """
    merged = copy.deepcopy(dict(raw))
    for override in overrides:
        table = merged
        for depth, part in enumerate(override.location[:-1], start=1):
            inner = table.setdefault(part, {})
            if not isinstance(inner, dict):
                above = ".".join(override.location[:depth])
                raise ConfigError(f"-o {override.text}: {above} is a single value and has no keys below it.")
            table = inner
        table[override.location[-1]] = override.value
    return merged


def _toml_value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, KeyError):
        return text
