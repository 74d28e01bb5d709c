"""Finds the perturbations: every module in ``fabdesign/check/tolerance/of`` brings one or more."""

from __future__ import annotations

import functools

from fabdesign.check.tolerance import of
from fabdesign.check.tolerance.perturbation import Perturbation
from fabdesign.plugins import modules_of


@functools.cache
def _found() -> dict[str, Perturbation]:
    return dict(sorted((entry.name, entry) for module in modules_of(of) for entry in module.PERTURBATIONS))


def perturbations() -> dict[str, Perturbation]:
    """All perturbations by name.

    >>> "layer-shift" in perturbations()
    True
    """
    return dict(_found())
