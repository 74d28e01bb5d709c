"""What each error alone does to the score, both ways, the worst first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from fabdesign.check.tolerance.simulator import Simulator
from fabdesign.copies.sample import copy_with, element_draws
from fabdesign.copies.terms import Term

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True)
class Sensitivity:
    """One error of one element, at plus and minus its amount, everything else as designed.

    Attributes:
        name: of the perturbation.
        title: what it is.
        element: which layer, axis or mask.
        unit: of the amount.
        amount: standard deviation, half range, or a trial step.
        mark: measured, vendor, literature, assumed, user or trial.
        source: where the amount stands.
        minus: the score at minus the amount; None where it cannot be negative.
        plus: the score at plus the amount.
        change: the worse change of the score, negative where it gets worse.
        curvature: second-order coefficient, (f₊ + f₋ - 2f₀)/(2·amount²), in score per unit²; None without f₋.
        phase_rad: the random phase noise of one layer that would disturb the light as much, the larger of
            both signs.
    """

    name: str
    title: str
    element: str
    unit: str
    amount: float
    mark: str
    source: str
    minus: float | None
    plus: float
    change: float
    curvature: float | None
    phase_rad: float

    def to_json(self) -> dict[str, Any]:
        """The row as plain JSON values; a phase without bound is None."""
        return {**asdict(self), "phase_rad": None if self.phase_rad == float("inf") else self.phase_rad}


def sensitivities(
    simulator: Simulator, terms: Sequence[Term], *, seed: int = 0, progress: Progress | None = None
) -> list[Sensitivity]:
    """Try every element of every perturbation at plus and minus its amount.

    Args:
        simulator: scores the copies.
        terms: what to try, with amounts.
        seed: of the patterns.
        progress: told how far it is.

    Returns:
        One row for each element, those that cost most first.
    """
    jobs = [(term, element) for term in terms for element in range(len(term.labels)) if term.amount > 0]
    rows = []
    for done, (term, element) in enumerate(jobs):
        if progress is not None:
            progress("sensitivity", done, len(jobs))
        rows.append(_row(simulator, term, element, seed))
    if progress is not None:
        progress("sensitivity", len(jobs), len(jobs))
    return sorted(rows, key=lambda row: (row.change, -row.phase_rad))


def _row(simulator: Simulator, term: Term, element: int, seed: int) -> Sensitivity:
    nominal = simulator.nominal[simulator.headline]
    signs = (1.0,) if term.perturbation.one_sided else (1.0, -1.0)
    draws = element_draws(term, element, seed)
    copies = [copy_with(simulator.device, [(term, sign * term.amount, draws)]) for sign in signs]
    scores = [simulator.metric(copy) for copy in copies]
    minus = None if len(scores) == 1 else scores[1]
    curvature = None if minus is None else (scores[0] + minus - 2 * nominal) / (2 * term.amount**2)
    return Sensitivity(
        name=term.name,
        title=term.perturbation.title,
        element=term.labels[element],
        unit=term.perturbation.unit,
        amount=term.amount,
        mark=term.mark,
        source=term.source,
        minus=minus,
        plus=scores[0],
        change=min((simulator.gain(score) for score in scores), default=0.0),
        curvature=curvature,
        phase_rad=max(simulator.phase_equivalent(copy) for copy in copies),
    )
