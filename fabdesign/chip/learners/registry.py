"""Finds the learners: every module in ``fabdesign/chip/learners/methods`` brings one."""

from __future__ import annotations

import difflib
import functools
import importlib
import inspect
import pkgutil
from collections.abc import Mapping

from fabdesign.chip.learners import methods
from fabdesign.chip.learners.base import Learner, Situation
from fabdesign.errors import ConfigError
from fabdesign.quantise.options import parse_options


@functools.cache
def _classes() -> dict[str, type[Learner]]:
    found: dict[str, type[Learner]] = {}
    for item in pkgutil.iter_modules(methods.__path__):
        module = importlib.import_module(f"{methods.__name__}.{item.name}")
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == module.__name__ and issubclass(kind, Learner):
                found[kind.name] = kind
    return dict(sorted(found.items()))


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
    near = difflib.get_close_matches(name, learner_names(), n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"Known learners: {', '.join(learner_names())}."
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
    if kind.needs_twin and situation.design is None:
        raise ConfigError(f"The learner {name!r} needs the design of the device; none was given.")
    return kind(situation, parse_options(kind.Options, options or {}, where=f"learner {name}"))
