"""What many copies say about the yield."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.tolerance.monte_carlo import Plan, Record
from fabdesign.check.tolerance.statistics import Contribution, contributions, quantiles, wilson
from fabdesign.copies.draws import draw

WORST = 5
"""How many of the worst copies are named."""


@dataclass(frozen=True)
class Yield:
    """How many of the first copies meet the spec.

    Attributes:
        count: of how many.
        passed: how many meet it.
        share: their share.
        low: lower end of its 95 % interval (Wilson).
        high: upper end.
    """

    count: int
    passed: int
    share: float
    low: float
    high: float

    @classmethod
    def of(cls, meets: Sequence[bool]) -> Yield:
        """Count copies that meet the spec.

        >>> Yield.of([True, True, False, True]).share
        0.75
        """
        passed, count = sum(meets), len(meets)
        return cls(count, passed, passed / count, *wilson(passed, count))


@dataclass(frozen=True)
class Distribution:
    """The scores of many copies against a spec.

    Attributes:
        p10: the score that 10 % of the copies stay below.
        p50: the median.
        p90: the score that 90 % of the copies stay below.
        mean: of all.
        deviation: standard deviation.
        yield_at_spec: of all copies.
        convergence: the yield of the first quarter, the first half, and all.
        worst: numbers and scores of the worst copies, the worst first.
        curve: rising scores, and the share of copies that are at least as good.
    """

    p10: float
    p50: float
    p90: float
    mean: float
    deviation: float
    yield_at_spec: Yield
    convergence: tuple[Yield, ...]
    worst: tuple[tuple[int, float], ...]
    curve: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class MonteCarlo:
    """The result of a Monte Carlo run.

    Attributes:
        metric: name of the score.
        nominal: the score as designed.
        spec: the score that a copy must reach.
        samples: how many copies.
        seed: of the run.
        assembled: the copies as they are.
        compensated: the copies after compensation; None where nothing may be set.
        contributions: what makes the copies differ, the largest first.
        rest: share of the variance that patterns, interactions and chance bring.
    """

    metric: str
    nominal: float
    spec: float
    samples: int
    seed: int
    assembled: Distribution
    compensated: Distribution | None
    contributions: tuple[Contribution, ...]
    rest: float

    def to_json(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return asdict(self)


def summarise(
    plan: Plan, records: Sequence[Record], *, metric: str, nominal: float, spec: float, lower: bool = False
) -> MonteCarlo:
    """Turn the records of copies into yield, quantiles and contributions.

    Args:
        plan: the run.
        records: its copies, by number.
        metric: name of the score.
        nominal: the score as designed.
        spec: the score that a copy must reach.
        lower: whether less is better.
    """
    scores = np.array([record["scores"][metric] for record in records])
    after = [record["compensated"][metric] for record in records if "compensated" in record]
    found, rest = contributions(_draws(plan, len(records)), scores)
    return MonteCarlo(
        metric=metric,
        nominal=nominal,
        spec=spec,
        samples=len(records),
        seed=plan.seed,
        assembled=_distribution(scores, spec, lower),
        compensated=_distribution(np.array(after), spec, lower) if after else None,
        contributions=tuple(found),
        rest=rest,
    )


def _distribution(scores: NDArray[np.float64], spec: float, lower: bool) -> Distribution:
    badness = scores if lower else -scores
    meets = ((scores <= spec + 1e-12) if lower else (scores >= spec - 1e-12)).tolist()
    counts = sorted({max(1, len(meets) // 4), max(1, len(meets) // 2), len(meets)})
    order = np.argsort(-badness, kind="stable")[:WORST]
    values = np.unique(scores)
    shares = [float(np.mean(scores <= value if lower else scores >= value)) for value in values]
    return Distribution(
        *quantiles(scores.tolist()),
        mean=float(scores.mean()),
        deviation=float(scores.std()),
        yield_at_spec=Yield.of(meets),
        convergence=tuple(Yield.of(meets[:count]) for count in counts),
        worst=tuple((int(number), float(scores[number])) for number in order),
        curve=tuple(zip(values.tolist(), shares, strict=True)),
    )


def _draws(plan: Plan, count: int) -> dict[str, NDArray[np.float64]]:
    """The draws of every perturbation that draws few numbers; those that err together once."""
    followers = {name.removeprefix("-") for group in plan.groups for name in group[1:]}
    names = {group[0].removeprefix("-"): " + ".join(group) for group in plan.groups}
    return {
        names.get(term.name, term.name): np.array(
            [draw(term, plan.seed, sample, plan.groups) for sample in range(count)]
        )
        for term in plan.terms
        if term.name not in followers
        and term.perturbation.kind != "pattern"
        and term.perturbation.distribution != "fixed"
        and term.amount > 0
    }
