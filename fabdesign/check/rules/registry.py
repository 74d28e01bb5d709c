"""Finds the rules: every module in ``fabdesign/check/rules/of`` brings one or more."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fabdesign.check.finding import Finding
from fabdesign.check.rules import of
from fabdesign.design import Design
from fabdesign.plugins import modules_of
from fabdesign.process import Marked, Profile


@dataclass(frozen=True)
class Rule:
    """One thing to hold a design against.

    A module of ``fabdesign/check/rules/of`` offers a tuple of these under the name ``RULES``.

    Args:
        id: name that all its findings carry, such as ``"print.pitch"``.
        title: what it checks, in a few words.
        check: yields the findings; nothing where the profile has no limit.
        limit: where the limit stands: keys of the profile, with commas between them, or words.
    """

    id: str
    title: str
    check: Callable[[Design, Profile], Iterator[Finding]]
    limit: str


@functools.cache
def _found() -> dict[str, Rule]:
    found = sorted((rule.id, rule) for module in modules_of(of) for rule in module.RULES)
    return dict(found)


def rules() -> dict[str, Rule]:
    """All rules by id.

    >>> "print.pitch" in rules()
    True
    """
    return dict(_found())


def run_rules(design: Design, profile: Profile) -> list[Finding]:
    """Hold a design against every rule.

    Args:
        design: the design.
        profile: the process that will print it.
    """
    return [finding for rule in _found().values() for finding in rule.check(design, profile)]


def source_of(profile: Profile, key: str, number: Marked) -> str:
    """Where a limit comes from, for a finding: profile, key, and the number's own source."""
    comment = f"; {number.note}" if number.note else ""
    return f"{profile.name}: {key} ({number.source}{comment})"
