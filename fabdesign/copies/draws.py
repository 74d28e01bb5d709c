"""The random numbers of a copy: reproducible alone, whatever was drawn before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fabdesign.copies.terms import Term
from fabdesign.errors import ConfigError

Array = NDArray[np.float64]
Groups = Sequence[Sequence[str]]
"""Names of perturbations that err together; a name with a minus in front errs the other way."""


def draw(term: Term, seed: int, sample: int, groups: Groups = ()) -> Array:
    """Return the standard draws of one perturbation for one copy.

    The numbers depend on the seed, the number of the copy and the name alone: not on other perturbations,
    the order of the copies or the machine that computes them.

    Args:
        term: the perturbation.
        seed: of the whole run.
        sample: number of the copy.
        groups: perturbations that share their draws.

    Returns:
        [term.count] numbers: normal, even between -1 and 1, or ones.
    """
    if term.perturbation.distribution == "fixed":
        return np.ones(term.count)
    stream, sign = _stream(term.name, groups)
    word = int.from_bytes(hashlib.sha256(stream.encode()).digest()[:8], "little")
    rng = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, sample, word])))
    if term.perturbation.distribution == "uniform":
        return sign * rng.uniform(-1.0, 1.0, term.count)
    return sign * rng.standard_normal(term.count)


def check_groups(groups: Groups, terms: Sequence[Term]) -> None:
    """Make sure that perturbations which shall err together can.

    Raises:
        ConfigError: an unknown name, a name in two groups, or kinds that draw differently.
    """
    by_name: Mapping[str, Term] = {term.name: term for term in terms}
    seen: set[str] = set()
    for group in groups:
        names = [name.removeprefix("-") for name in group]
        for name in names:
            if name not in by_name or name in seen:
                raise ConfigError(
                    f"a correlated group must name perturbations of this run, each once; got {name!r}."
                )
            seen.add(name)
        kinds = {(by_name[name].count, by_name[name].perturbation.distribution) for name in names}
        if len(kinds) > 1:
            raise ConfigError(
                f"{', '.join(names)} cannot err together: they draw different numbers.",
                hint="Group perturbations that have the same elements, such as height-gain and index.",
            )


def _stream(name: str, groups: Groups) -> tuple[str, float]:
    for group in groups:
        for member in group:
            if member.removeprefix("-") == name:
                first = group[0].removeprefix("-")
                return first, -1.0 if member.startswith("-") else 1.0
    return name, 1.0
