"""Mean and standard deviation over seeds, and differences between methods at equal seeds."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Key = tuple[str, str, int]
"""Task, method, levels."""


@dataclass(frozen=True)
class Spread:
    """Mean and sample standard deviation of some values; NaN where there are too few.

    >>> Spread.of([1.0, 3.0])
    Spread(count=2, mean=2.0, deviation=1.4142135623730951)
    """

    count: int
    mean: float
    deviation: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Return the spread of values."""
        return cls(
            len(values),
            statistics.fmean(values) if values else math.nan,
            statistics.stdev(values) if len(values) > 1 else math.nan,
        )


@dataclass(frozen=True)
class Summary:
    """What a sweep has shown.

    Args:
        metric: of each task, the score that speaks for it.
        scores: by task, method and levels; free phases stand at every number of levels of their task.
        differences: to the reference at equal seeds, where there is a reference.
        reference: label of the reference method.
        failures: task, method, levels, seed and reason of the cells without a score.
    """

    metric: Mapping[str, str]
    scores: Mapping[Key, Spread]
    differences: Mapping[Key, Spread]
    reference: str | None
    failures: Sequence[tuple[str, str, int, int, str]]


def summarise(results: Sequence[Mapping[str, Any]], reference: str | None = None) -> Summary:
    """Gather the results of a sweep's cells.

    Args:
        results: records of cells.
        reference: label of the method that differences are taken from.
    """
    done = [result for result in results if result["status"] == "done"]
    metric = {str(result["task"]): str(result["metric"]) for result in done}
    values: dict[Key, dict[int, float]] = {}
    for result in done:
        score = float(result["scores"][result["metric"]])
        for levels in [result["levels"]] if result["levels"] else _levels(results, result["task"]):
            key = (result["task"], result["method"], levels)
            values.setdefault(key, {})[result["seed"]] = score
    return Summary(
        metric,
        {key: Spread.of(list(by_seed.values())) for key, by_seed in values.items()},
        _differences(values, reference),
        reference,
        [
            (r["task"], r["method"], r["levels"], r["seed"], r.get("reason", r["status"]))
            for r in results
            if r["status"] != "done"
        ],
    )


def _levels(results: Sequence[Mapping[str, Any]], task: str) -> list[int]:
    """The numbers of levels of a task; [0] where there are only free phases."""
    return sorted({r["levels"] for r in results if r["task"] == task and r["levels"]}) or [0]


def _differences(values: Mapping[Key, Mapping[int, float]], reference: str | None) -> dict[Key, Spread]:
    found = {}
    for (task, method, levels), by_seed in values.items():
        base = values.get((task, str(reference), levels), {})
        common = sorted(set(by_seed) & set(base))
        if method != reference and common:
            found[task, method, levels] = Spread.of([by_seed[seed] - base[seed] for seed in common])
    return found
