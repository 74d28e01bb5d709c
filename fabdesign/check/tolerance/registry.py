"""Finds the perturbations: every module in ``fabdesign/check/tolerance/of`` brings one or more."""

from __future__ import annotations

import functools
import importlib
import pkgutil

from fabdesign.check.tolerance import of
from fabdesign.check.tolerance.perturbation import Perturbation


@functools.cache
def _found() -> dict[str, Perturbation]:
    modules = (
        importlib.import_module(f"{of.__name__}.{item.name}") for item in pkgutil.iter_modules(of.__path__)
    )
    return dict(sorted((entry.name, entry) for module in modules for entry in module.PERTURBATIONS))


def perturbations() -> dict[str, Perturbation]:
    """All perturbations by name.

    >>> "layer-shift" in perturbations()
    True
    """
    return dict(_found())
