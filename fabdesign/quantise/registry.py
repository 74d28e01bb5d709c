"""Finds the methods: every module in ``fabdesign/quantise/methods`` brings one."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from fabdesign.errors import ConfigError
from fabdesign.plugins import classes_of, nearest
from fabdesign.process import LevelTable
from fabdesign.quantise import methods
from fabdesign.quantise.base import Quantiser, Shape
from fabdesign.quantise.options import parse_options
from fabdesign.quantise.paper import paper_table


@functools.cache
def _classes() -> dict[str, type[Quantiser]]:
    return classes_of(methods, Quantiser)  # type: ignore[type-abstract]


def quantiser_names() -> list[str]:
    """Return the names of all methods.

    >>> "transmission" in quantiser_names()
    True
    """
    return list(_classes())


def quantiser_class(name: str) -> type[Quantiser]:
    """Return the class of a method.

    Raises:
        ConfigError: there is no such method.
    """
    if name in _classes():
        return _classes()[name]
    hint = nearest(name, quantiser_names(), "methods")
    raise ConfigError(f"quantise.method must be a known method; got {name!r}.", hint=hint)


def default_table(name: str, process: LevelTable) -> LevelTable:
    """Return the level table that a method trains on, given the one that the process makes."""
    return paper_table(process) if quantiser_class(name).uses_table == "paper" else process


def parsed_options(name: str, options: Mapping[str, object] | None = None) -> Any:
    """Return all options of a method, defaults included, as an instance of its ``Options``.

    Raises:
        ConfigError: the method or an option is unknown, or an option has a wrong value.

    >>> parsed_options("psq").end
    20.0
    """
    return parse_options(quantiser_class(name).Options, options or {}, where="quantise.options")


def make_quantiser(
    name: str, shape: Shape, table: LevelTable, seed: int, options: Mapping[str, object] | None = None
) -> Quantiser:
    """Build a method.

    Args:
        name: as in :func:`quantiser_names`.
        shape: layers, rows and columns.
        table: the process's levels; the paper's methods keep their own range and take only the count.
        seed: of the initial parameters and of the method's draws.
        options: the method's options by name.

    Raises:
        ConfigError: the method or an option is unknown, or an option has a wrong value.
    """
    kind, parsed = quantiser_class(name), parsed_options(name, options)
    return kind(shape, default_table(name, table), seed, parsed)
