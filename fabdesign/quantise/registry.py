"""Finds the methods: every module in ``fabdesign/quantise/methods`` brings one."""

from __future__ import annotations

import difflib
import functools
import importlib
import inspect
import pkgutil
from collections.abc import Mapping

from fabdesign.errors import ConfigError
from fabdesign.process import LevelTable
from fabdesign.quantise import methods
from fabdesign.quantise.base import Quantiser, Shape
from fabdesign.quantise.options import parse_options
from fabdesign.quantise.paper import paper_table


@functools.cache
def _classes() -> dict[str, type[Quantiser]]:
    found: dict[str, type[Quantiser]] = {}
    for item in pkgutil.iter_modules(methods.__path__):
        module = importlib.import_module(f"{methods.__name__}.{item.name}")
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == module.__name__ and issubclass(kind, Quantiser):
                found[kind.name] = kind
    return dict(sorted(found.items()))


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
    near = difflib.get_close_matches(name, quantiser_names(), n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"Known methods: {', '.join(quantiser_names())}."
    raise ConfigError(f"quantise.method must be a known method; got {name!r}.", hint=hint)


def default_table(name: str, process: LevelTable) -> LevelTable:
    """Return the level table that a method trains on, given the one that the process makes."""
    return paper_table(process) if quantiser_class(name).uses_table == "paper" else process


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
    kind = quantiser_class(name)
    parsed = parse_options(kind.Options, options or {}, where="quantise.options")
    return kind(shape, default_table(name, table), seed, parsed)
