"""How much of each error the device can bear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from fabdesign.check.tolerance.sensitivity import Progress, Sensitivity
from fabdesign.check.tolerance.simulator import Simulator
from fabdesign.copies.sample import copy_with, element_draws
from fabdesign.copies.terms import Term

DROP = 0.02
"""Loss of the score that is allowed by default: 2 points."""
WIDEST = 64.0
"""An error is not tried above so many times its amount."""
_FINEST = 1 / 256
_PRECISION = 0.02


@dataclass(frozen=True)
class Allowance:
    """How far one error may go until the score has fallen by what is allowed.

    Attributes:
        name: of the perturbation.
        element: the element that bears least.
        unit: of the values.
        minus: largest value in the negative direction; None where it cannot be negative.
        plus: largest value in the positive direction.
        minus_bounded: whether the score falls at all within `WIDEST` times the amount.
        plus_bounded: the same for the positive direction.
        capable: what the process holds, one standard deviation or half range; None where nobody knows.
        mark: of that number.
        margin: the smaller of both values over what the process holds; below 1 one deviation is too much.
    """

    name: str
    element: str
    unit: str
    minus: float | None
    plus: float
    minus_bounded: bool
    plus_bounded: bool
    capable: float | None
    mark: str
    margin: float | None

    @property
    def allowed(self) -> float:
        """The smaller of both values."""
        return self.plus if self.minus is None else min(self.plus, self.minus)

    def to_json(self) -> dict[str, Any]:
        """The row as plain JSON values."""
        return {**asdict(self), "allowed": self.allowed}


def allowances(
    simulator: Simulator,
    terms: Sequence[Term],
    rows: Sequence[Sensitivity],
    *,
    drop: float = DROP,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[Allowance]:
    """Find the ± value of each error at which the score falls by ``drop``, everything else as designed.

    The value is bracketed by doubling or halving from the amount, then bisected on the same examples to 2 %;
    it is the last one found that is still allowed. Of several elements the most sensitive one is taken.

    Args:
        simulator: scores the copies.
        terms: what to try.
        rows: their sensitivities.
        drop: allowed loss of the score.
        seed: of the patterns.
        progress: told how far it is.

    Returns:
        One row for each perturbation, the smallest margin first, those without a known capability last.
    """
    tried = [term for term in terms if term.amount > 0]
    found = []
    for done, term in enumerate(tried):
        if progress is not None:
            progress("inverse", done, len(tried))
        element = next((term.labels.index(row.element) for row in rows if row.name == term.name), 0)
        found.append(_allowance(simulator, term, element, drop, seed))
    if progress is not None:
        progress("inverse", len(tried), len(tried))
    return sorted(found, key=lambda row: (row.margin is None, row.margin or 0.0))


def _allowance(simulator: Simulator, term: Term, element: int, drop: float, seed: int) -> Allowance:
    search = _Search(simulator, term, element, drop, seed)
    plus, plus_bounded = search.largest(1.0)
    minus, minus_bounded = (None, plus_bounded) if term.perturbation.one_sided else search.largest(-1.0)
    allowed = plus if minus is None else min(plus, minus)
    return Allowance(
        name=term.name,
        element=term.labels[element],
        unit=term.perturbation.unit,
        minus=minus,
        plus=plus,
        minus_bounded=minus_bounded,
        plus_bounded=plus_bounded,
        capable=term.amount if term.stated else None,
        mark=term.mark,
        margin=allowed / term.amount if term.stated else None,
    )


@dataclass(frozen=True)
class _Search:
    simulator: Simulator
    term: Term
    element: int
    drop: float
    seed: int

    def largest(self, sign: float) -> tuple[float, bool]:
        """The largest allowed value in one direction, and whether anything above it is not allowed."""
        good, bad = 0.0, self.term.amount
        if self._allowed(sign * bad):
            while self._allowed(sign * bad):
                good, bad = bad, 2 * bad
                if bad > WIDEST * self.term.amount:
                    return good, False
        else:
            good = bad / 2
            while not self._allowed(sign * good):
                good, bad = good / 2, good
                if good < _FINEST * self.term.amount:
                    return 0.0, True
        while bad - good > _PRECISION * bad:
            middle = (good + bad) / 2
            good, bad = (middle, bad) if self._allowed(sign * middle) else (good, middle)
        return good, True

    def _allowed(self, amount: float) -> bool:
        draws = element_draws(self.term, self.element, self.seed)
        copy = copy_with(self.simulator.device, [(self.term, amount, draws)])
        return self.simulator.gain(self.simulator.metric(copy)) > -self.drop + 1e-12
