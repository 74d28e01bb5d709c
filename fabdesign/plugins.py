"""One module, one thing: finding what the modules of a package bring, and naming the nearest known name."""

from __future__ import annotations

import difflib
import importlib
import inspect
import pkgutil
from collections.abc import Collection, Iterator
from types import ModuleType
from typing import TypeVar

Kind = TypeVar("Kind")


def modules_of(package: ModuleType) -> Iterator[ModuleType]:
    """Import the modules of a package one by one, in the order of their names."""
    for item in pkgutil.iter_modules(package.__path__):
        yield importlib.import_module(f"{package.__name__}.{item.name}")


def classes_of(package: ModuleType, base: type[Kind]) -> dict[str, type[Kind]]:
    """The classes of a kind that the modules of a package define, by their ``name``."""
    found: dict[str, type[Kind]] = {}
    for module in modules_of(package):
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == module.__name__ and issubclass(kind, base):
                found[kind.name] = kind  # type: ignore[attr-defined]
    return dict(sorted(found.items()))


def nearest(name: str, known: Collection[str], what: str) -> str:
    """Say which known name was probably meant, or name them all.

    >>> nearest("stll", ["gds", "stl"], "formats")
    "Did you mean 'stl'?"
    >>> nearest("x", ["gds", "stl"], "formats")
    'Known formats: gds, stl.'
    """
    near = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Known {what}: {', '.join(known)}."
