"""What is run: chips, shares of heaters, learners and budgets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

PAPER = {"step_rad": 0.02, "decay": 0.985, "share": 0.1}
ZO, PRUNED = "SZO-SCD, p = 0", "SZO-SCD, p = 1"


@dataclass(frozen=True)
class Experiment:
    """One calibration of one chip.

    Args:
        data: ``"digits"``, ``"mnist"``, ``"vowel"`` or ``"cnn"``.
        label: what it shows, for tables.
        learner: as in `learner_names`.
        options: of the learner.
        chip: seed of the chip's errors.
        alpha: share of rotators with a heater.
        gauge: of the decomposition.
        queries: the budget.
        group: the table it belongs to.
    """

    data: str
    label: str
    learner: str = "szo-scd"
    options: dict[str, object] = field(default_factory=lambda: dict(PAPER))
    chip: int = 0
    alpha: float = 0.15
    gauge: str = "short"
    queries: int = 12_000
    group: str = "paper"

    @property
    def name(self) -> str:
        """A file name that no other experiment has."""
        words = (
            f"{self.data}-{self.group}-{self.label}-a{self.alpha:g}-{self.gauge}-q{self.queries}"
            f"-chip{self.chip}"
        )
        return "".join(letter if letter.isalnum() or letter in ".-" else "_" for letter in words)


def experiments(data: str) -> Iterator[Experiment]:
    """All experiments on one data set, the most wanted first."""
    yield from {"digits": DIGITS, "mnist": MNIST, "vowel": VOWEL, "cnn": CNN}[data]


def chips(experiment: Experiment, count: int) -> list[Experiment]:
    """The same on several chips."""
    return [replace(experiment, chip=chip) for chip in range(count)]


def paper(data: str, queries: int, count: int, **options: object) -> list[Experiment]:
    """The paper's learner without and with pruning."""
    plain = {**PAPER, **options}
    return [
        *chips(Experiment(data, ZO, options=plain, queries=queries), count),
        *chips(Experiment(data, PRUNED, options={**plain, "pruning": 1.0}, queries=queries), count),
    ]


def wide(data: str, queries: int, **options: object) -> list[Experiment]:
    """Both again, from angles spread over [0, 2π)."""
    return [replace(one, gauge="wide", group="gauge") for one in paper(data, queries, 1, **options)]


def equal(data: str, queries: int, count: int, half_life: float) -> list[Experiment]:
    """All learners with the same budget, each at its default settings but for the shares."""
    shrinking = {**PAPER, "half_life": half_life}
    learners = [
        ("SZO-SCD", "szo-scd", shrinking),
        ("SZO-SCD, steps as printed", "szo-scd", PAPER),
        ("STP", "stp", shrinking),
        ("ZAdam", "zadam", {"share": 0.1}),
        ("ZNewton", "znewton", {"share": 0.1}),
        ("FLOPS", "flops", {"share": 0.1}),
        ("ADMM, λ = 0.1", "admm", {**PAPER, "price": 0.1}),
        ("ADMM, λ = 1", "admm", {**PAPER, "price": 1.0}),
        ("SPSA", "spsa", {}),
        ("PEPG", "pepg", {}),
        ("physics-aware", "physics-aware", {}),
        ("identify", "identify", {}),
    ]
    made = [
        Experiment(data, label, learner, dict(options), queries=queries, group="equal")
        for label, learner, options in learners
    ]
    return [each for one in made for each in chips(one, count)]


def dense(data: str, queries: dict[str, int]) -> list[Experiment]:
    """α = s = 1: every phase has a heater, and every one is tuned in a batch."""
    learners = {
        "SZO-SCD": ("szo-scd", {**PAPER, "share": 1.0}),
        "STP": ("stp", {**PAPER, "share": 1.0}),
        "ZAdam": ("zadam", {"share": 1.0}),
        "ZNewton": ("znewton", {"share": 1.0}),
        "FLOPS": ("flops", {"share": 1.0}),
    }
    return [
        Experiment(
            data, f"{label}, dense", *learners[label], alpha=1.0, queries=queries[label], group="dense"
        )
        for label in queries
    ]


def shares(data: str, alphas: tuple[float, ...], queries: int, **options: object) -> list[Experiment]:
    """The paper's learner with more and fewer heaters (its Figure 4)."""
    plain = {**PAPER, **options}
    return [
        Experiment(data, ZO, options=plain, alpha=alpha, queries=queries, group="alpha") for alpha in alphas
    ]


DIGITS = [
    *paper("digits", 12_000, 5),
    *equal("digits", 2_000, 1, half_life=0.4),
    *wide("digits", 12_000),
]
MNIST = [
    *paper("mnist", 40_000, 5, half_life=0.07),
    *shares("mnist", (0.05, 0.4, 1.0), 40_000, half_life=0.07),
    *dense("mnist", {"STP": 20_000, "ZAdam": 20_000, "ZNewton": 20_000, "SZO-SCD": 20_000, "FLOPS": 3_000}),
    *equal("mnist", 2_000, 1, half_life=0.0035),
    *wide("mnist", 40_000, half_life=0.07),
]
VOWEL = [
    *(replace(one, options={**one.options, "share": 0.6}) for one in paper("vowel", 10_000, 5)),
    *(replace(one, chip=4) for one in shares("vowel", (0.05, 0.1, 0.4, 0.6, 1.0), 10_000, share=0.6)),
    *(
        Experiment(
            "vowel",
            f"s = {share:g}",
            options={**PAPER, "share": share},
            chip=4,
            queries=10_000,
            group="sparsity",
        )
        for share in (0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
    ),
]
CNN = [
    replace(one, chip=chip, alpha=0.05)
    for chip in range(3)
    for one in paper("cnn", 10_000, 1, half_life=0.02)
]
