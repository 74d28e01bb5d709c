"""What a file scores: its unsnapped heights become phases, and the device is simulated anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.finding import Finding, error, note
from fabdesign.design import Design

if TYPE_CHECKING:
    from fabdesign.training.evaluate import Evaluation

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""

TIE = 1e-5
"""Predictions may differ where the two best detectors are this close, relatively."""


def rescore(
    design: Design,
    height_um: NDArray[np.float64],
    *,
    data: str | Path | None = None,
    samples_per_pixel: int = 2,
    finer: int | None = None,
    progress: Progress | None = None,
) -> tuple[dict[str, Any], list[Finding]]:
    """Simulate the device as the files have it and as the design has it, on the same test data.

    Args:
        design: a design with an optical task.
        height_um: heights read back, unsnapped, [layer, y, x].
        data: data set in place of the design's.
        samples_per_pixel: samples along each side of a pixel.
        finer: samples per pixel at which the files are scored once more.
        progress: told how far it is.

    Returns:
        Scores as plain JSON values, and findings on predictions that differ.

    Raises:
        ConfigError: the design has no optical task, or the data do not fit it.
    """
    phase_rad = design.phase_rad(height_um)

    def evaluate(what: str, samples: int, phase: NDArray[np.float64] | None) -> Evaluation:
        from fabdesign.training.evaluate import evaluate_design  # noqa: PLC0415  (brings torch)

        listen = None if progress is None else lambda done, total: progress(what, done, total)
        return evaluate_design(design, data, samples, phase_rad=phase, listen=listen)

    of_file = evaluate("file", samples_per_pixel, phase_rad)
    of_design = evaluate("design", samples_per_pixel, None)
    scores: dict[str, Any] = {
        "file": of_file.to_json(),
        "design": of_design.to_json(),
        "predictions": compare_predictions(of_file.outputs, of_design.outputs),
    }
    if finer is not None:
        scores["file_finer"] = evaluate("file, finer", finer, phase_rad).to_json()
    return scores, _findings(scores, design)


def compare_predictions(
    seen: NDArray[np.floating[Any]], expected: NDArray[np.floating[Any]]
) -> dict[str, Any]:
    """Count predictions that differ, and those among them that are not ties.

    Args:
        seen: detector powers from the files, [example, detector].
        expected: detector powers from the design.

    >>> compare_predictions(np.array([[1.0, 2.0]]), np.array([[2.0, 1.0]]))["different"]
    1
    """
    differ = seen.argmax(axis=1) != expected.argmax(axis=1)
    best = np.sort(expected, axis=1)[:, ::-1]
    tied = (
        (best[:, 0] - best[:, 1]) <= TIE * best[:, 0] if expected.shape[1] > 1 else np.ones(len(best), bool)
    )
    change = np.abs(seen - expected).max() / max(float(expected.max()), np.finfo(float).tiny)
    return {
        "count": len(seen),
        "different": int(np.count_nonzero(differ & ~tied)),
        "ties": int(np.count_nonzero(differ & tied)),
        "largest_power_change": float(change),
    }


def _findings(scores: dict[str, Any], design: Design) -> list[Finding]:
    findings = []
    metric = str(design.scores.get("metric", "accuracy"))
    seen, expected = scores["file"][metric], scores["design"][metric]
    different = scores["predictions"]["different"]
    if different:
        findings.append(
            error(
                "optics.predictions",
                f"{different} of {scores['predictions']['count']} predictions differ from the design's: "
                f"{metric} {seen:.4f} from the file, {expected:.4f} from the design.",
                count=different,
                value=seen,
                limit=expected,
                unit=metric,
                limit_source="the design, simulated in the same way",
                hint="The file is not the design; see the other findings.",
            )
        )
    findings.extend(_stored(scores, design, metric))
    return findings


def _stored(scores: dict[str, Any], design: Design, metric: str) -> list[Finding]:
    """A note where the design simulated here scores otherwise than when it was made."""
    stored = design.scores.get("quantised", {})
    now = scores["design"]
    same = all(stored.get(key) == now[key] for key in ("data_hash", "samples_per_pixel"))
    if not same or abs(stored[metric] - now[metric]) <= 1 / max(now["sample_count"], 1):
        return []
    return [
        note(
            "optics.other-machine",
            f"The design scores {now[metric]:.4f} here and {stored[metric]:.4f} when it was made.",
            value=now[metric],
            limit=stored[metric],
            unit=metric,
        )
    ]
