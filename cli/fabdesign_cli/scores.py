"""Scores of a design as rows of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Row = tuple[str, str]


def score_rows(scores: Mapping[str, Any]) -> Iterator[Row]:
    """The scores that a design carries: hard levels, the change on a finer grid, free phases.

    Args:
        scores: as in a design file; may be empty.
    """
    hard, free = scores.get("quantised"), scores.get("float")
    if not hard:
        yield "score", "none: the design has no optical task, or was not scored"
        return
    yield from evaluation_rows(hard, scores.get("metric", "accuracy"))
    if finer := hard.get("finer"):
        metric = scores.get("metric", "accuracy")
        yield (
            f"at {finer['samples_per_pixel']} samples",
            f"{percent(finer[metric])} of {finer['sample_count']} images, where "
            f"{hard['samples_per_pixel']} samples give {percent(finer['coarse'][metric])}",
        )
    if free:
        yield "free phases", f"{percent(free[scores.get('metric', 'accuracy')])} (not printable)"


def evaluation_rows(evaluation: Mapping[str, Any], metric: str = "accuracy") -> Iterator[Row]:
    """One evaluation: the headline metric with what it was taken on, and the light."""
    yield (
        metric,
        f"{percent(evaluation[metric])} of {evaluation['sample_count']} images of {evaluation['data']}, "
        f"{evaluation['samples_per_pixel']} samples per pixel",
    )
    if "detector_efficiency" in evaluation:
        yield "light on detectors", percent(evaluation["detector_efficiency"])


def percent(share: float) -> str:
    """A share in percent.

    >>> percent(0.8912)
    '89.12 %'
    """
    return f"{100 * share:.2f} %"
