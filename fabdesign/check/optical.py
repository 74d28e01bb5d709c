"""What a file scores: its unsnapped heights become phases, and the device is simulated anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.finding import Finding, error, note
from fabdesign.design import Design
from fabdesign.design.metrics import METRICS, headline_of

if TYPE_CHECKING:
    from fabdesign.training.evaluate import Evaluation

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""

TIE = 1e-5
"""Predictions may differ where the two best detectors are this close, relatively."""
STORED_CHANGE = 1e-3
"""A score that is no share of examples may differ by so much, relative to the stored one above 1."""
PICTURE_CHANGE = 1e-3
"""Pixels of a picture may differ by this share of its brightest one: what single precision leaves."""


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
        "predictions": compare_outputs(of_file.outputs, of_design.outputs, _readout(design)),
    }
    if finer is not None:
        scores["file_finer"] = evaluate("file, finer", finer, phase_rad).to_json()
    return scores, _findings(scores, design)


def _readout(design: Design) -> str:
    return "argmax" if design.physical.readout is None else design.physical.readout.kind


def compare_outputs(
    seen: NDArray[np.floating[Any]], expected: NDArray[np.floating[Any]], readout: str
) -> dict[str, Any]:
    """Count the examples that a device answers otherwise than its design, by the kind of its read-out.

    Args:
        seen: what the read-out gave for the files, [example, …].
        expected: what it gave for the design.
        readout: kind of the read-out in the physical record.

    Returns:
        As :func:`compare_predictions` or :func:`compare_pictures`.
    """
    if seen.ndim > 2:
        return compare_pictures(seen, expected)
    if readout != "pairs":
        return compare_predictions(seen, expected)
    found = compare_predictions(_differences(seen), _differences(expected))
    change = compare_predictions(seen, expected)["largest_power_change"]
    return {**found, "largest_power_change": change}


def compare_pictures(seen: NDArray[np.floating[Any]], expected: NDArray[np.floating[Any]]) -> dict[str, Any]:
    """Count pictures in which a pixel differs by more than a thousandth of the brightest pixel.

    Args:
        seen: pictures from the files, [example, y, x].
        expected: pictures from the design.

    >>> compare_pictures(np.array([[[1.0, 0.5]]]), np.array([[[1.0, 0.49]]]))["different"]
    1
    """
    bright = np.maximum(expected.max(axis=(1, 2)), np.finfo(float).tiny)
    change = np.abs(seen - expected).max(axis=(1, 2)) / bright
    return {
        "count": len(seen),
        "different": int(np.count_nonzero(change > PICTURE_CHANGE)),
        "ties": 0,
        "largest_power_change": float(change.max()),
    }


def _differences(power: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """(P₊ − P₋)/(P₊ + P₋) of each pair, moved up to lie between 0 and 2 so that ties are relative."""
    plus, minus = power[:, 0::2], power[:, 1::2]
    return 1 + (plus - minus) / np.maximum(plus + minus, np.finfo(float).tiny)


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
    metric = str(design.scores.get("metric") or headline_of(_readout(design)))
    text = METRICS[metric].text
    seen, expected = scores["file"][metric], scores["design"][metric]
    different = scores["predictions"]["different"]
    if different:
        findings.append(
            error(
                "optics.predictions",
                f"{different} of {scores['predictions']['count']} answers differ from the design's: "
                f"{METRICS[metric].label} {text(seen)} from the file, {text(expected)} from the design.",
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
    allowed = 1 / max(now["sample_count"], 1) if METRICS[metric].unit == "share" else STORED_CHANGE
    if not same or abs(stored[metric] - now[metric]) <= allowed * max(abs(stored[metric]), 1):
        return []
    return [
        note(
            "optics.other-machine",
            f"The design scores {METRICS[metric].text(now[metric])} here and "
            f"{METRICS[metric].text(stored[metric])} when it was made.",
            value=now[metric],
            limit=stored[metric],
            unit=metric,
        )
    ]
