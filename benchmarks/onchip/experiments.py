"""What is run: chips, shares of heaters, learners and budgets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

PAPER = {"step_rad": 0.02, "decay": 0.985, "share": 0.1}


@dataclass(frozen=True)
class Experiment:
    """One calibration of one chip.

    Args:
        data: ``"digits"`` or ``"mnist"``.
        label: what it shows, for tables.
        learner: as in `learner_names`.
        options: of the learner.
        chip: seed of the chip's errors.
        alpha: share of rotators with a heater.
        gauge: of the decomposition.
        queries: the budget.
    """

    data: str
    label: str
    learner: str = "szo-scd"
    options: dict[str, object] = field(default_factory=lambda: dict(PAPER))
    chip: int = 0
    alpha: float = 0.15
    gauge: str = "short"
    queries: int = 12_000

    @property
    def name(self) -> str:
        """A file name that no other experiment has."""
        words = f"{self.data}-{self.label}-a{self.alpha:g}-{self.gauge}-q{self.queries}-chip{self.chip}"
        return "".join(letter if letter.isalnum() or letter in ".-" else "_" for letter in words)


def experiments(data: str) -> Iterator[Experiment]:
    """All experiments on one data set, the most wanted first."""
    yield from DIGITS if data == "digits" else MNIST


def _chips(experiment: Experiment, count: int) -> list[Experiment]:
    return [replace(experiment, chip=chip) for chip in range(count)]


def _paper(data: str, queries: int, chips: int) -> list[Experiment]:
    pruned = {**PAPER, "pruning": 1.0}
    return [
        *_chips(Experiment(data, "SZO-SCD, p = 0", queries=queries), chips),
        *_chips(Experiment(data, "SZO-SCD, p = 1", options=pruned, queries=queries), chips),
    ]


def _others(data: str, queries: int, chips: int, twin_queries: int) -> list[Experiment]:
    sparse = [
        Experiment(data, "STP", "stp"),
        Experiment(data, "ZAdam", "zadam", {"share": 0.1}),
        Experiment(data, "ZNewton", "znewton", {"share": 0.1}),
        Experiment(data, "FLOPS", "flops", {"share": 0.1}),
        Experiment(data, "ADMM, λ = 0.1", "admm", {**PAPER, "price": 0.1}),
        Experiment(data, "ADMM, λ = 1", "admm", {**PAPER, "price": 1.0}),
        Experiment(data, "SPSA", "spsa", {}),
        Experiment(data, "PEPG", "pepg", {}),
    ]
    twins = [
        Experiment(data, "physics-aware", "physics-aware", {}),
        Experiment(data, "identify", "identify", {}),
    ]
    sized = [replace(one, queries=queries) for one in sparse]
    sized += [replace(one, queries=twin_queries) for one in twins]
    return [each for one in sized for each in _chips(one, chips)]


def _wide(data: str, queries: int) -> list[Experiment]:
    return [
        Experiment(
            data, f"SZO-SCD, p = {p}", options={**PAPER, "pruning": float(p)}, gauge="wide", queries=queries
        )
        for p in (0, 1)
    ]


DIGITS = [*_paper("digits", 12_000, 5), *_others("digits", 12_000, 2, 2_000), *_wide("digits", 12_000)]
MNIST = [
    *_paper("mnist", 40_000, 3),
    *(Experiment("mnist", "SZO-SCD, p = 0", alpha=alpha, queries=40_000) for alpha in (0.05, 0.4, 1.0)),
    *_others("mnist", 40_000, 1, 8_000),
    *_wide("mnist", 40_000),
    *(
        Experiment("mnist", f"{name}, dense", learner, {"share": 1.0}, alpha=1.0, queries=40_000)
        for name, learner in (("FLOPS", "flops"), ("ZAdam", "zadam"), ("STP", "stp"))
    ),
]
