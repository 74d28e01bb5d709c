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
    from fabdesign.design.metrics import ACCURACY, METRICS

    metric = scores.get("metric", ACCURACY)
    text = METRICS[metric].text
    yield from evaluation_rows(hard, metric)
    if finer := hard.get("finer"):
        yield (
            f"at {finer['samples_per_pixel']} samples",
            f"{text(finer[metric])} of {examples(finer)}, where "
            f"{hard['samples_per_pixel']} samples give {text(finer['coarse'][metric])}",
        )
    if free:
        yield "free phases", f"{text(free[metric])} (not printable)"


def evaluation_rows(evaluation: Mapping[str, Any], metric: str) -> Iterator[Row]:
    """One evaluation: the headline metric with what it was taken on, then the others."""
    from fabdesign.design.metrics import METRICS

    yield (
        METRICS[metric].label,
        f"{METRICS[metric].text(evaluation[metric])} of {examples(evaluation)} of {evaluation['data']}, "
        f"{evaluation['samples_per_pixel']} samples per pixel, {evaluation.get('model', 'thin')} layers",
    )
    for name, other in METRICS.items():
        if name in evaluation and name != metric:
            yield other.label, other.text(evaluation[name])


def examples(evaluation: Mapping[str, Any]) -> str:
    """How many images were scored, in words.

    >>> examples({"sample_count": 1}), examples({"sample_count": 30})
    ('1 image', '30 images')
    """
    count = evaluation["sample_count"]
    return f"{count} image" if count == 1 else f"{count} images"
