"""Finds the learners: every module in ``fabdesign/chip/learners/methods`` brings one."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from fabdesign.chip.learners import methods
from fabdesign.chip.learners.base import Learner, Situation
from fabdesign.errors import ConfigError
from fabdesign.plugins import classes_of, nearest
from fabdesign.quantise.options import parse_options


@functools.cache
def _classes() -> dict[str, type[Learner]]:
    return classes_of(methods, Learner)  # type: ignore[type-abstract]


def learner_names() -> list[str]:
    """The names of all learners.

    >>> "szo-scd" in learner_names()
    True
    """
    return list(_classes())


def learner_class(name: str) -> type[Learner]:
    """The class of a learner.

    Raises:
        ConfigError: there is no such learner.
    """
    if name in _classes():
        return _classes()[name]
    hint = nearest(name, learner_names(), "learners")
    raise ConfigError(f"The learner must be a known one; got {name!r}.", hint=hint)


def make_learner(name: str, situation: Situation, options: Mapping[str, object] | None = None) -> Learner:
    """Build a learner.

    Args:
        name: as in `learner_names`.
        situation: what it may know.
        options: by name.

    Raises:
        ConfigError: the learner or an option is unknown, an option has a wrong value, or a twin is missing.
    """
    kind = learner_class(name)
    twin = situation.twin if kind.needs == "twin" else None
    if kind.needs != "nothing" and situation.design is None and twin is None:
        what = "a mesh design" if kind.needs == "design" else "the design of the device"
        raise ConfigError(f"The learner {name!r} needs {what}; none was given.")
    return kind(situation, parse_options(kind.Options, options or {}, where=f"learner {name}"))
