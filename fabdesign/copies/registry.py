"""Finds the perturbations: every module in ``fabdesign/copies/of`` brings one or more."""

from __future__ import annotations

import functools

from fabdesign.copies import of
from fabdesign.copies.perturbation import Perturbation
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
