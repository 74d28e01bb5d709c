"""The page and the JSON file: what each method brought back, over all prints."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np

NAME = "recovery"
WIDTH = 110
Record = dict[str, Any]


def write(about: Record, prints: list[Record], folder: Path) -> Path:
    """Write recovery.md and recovery.json."""
    folder.mkdir(parents=True, exist_ok=True)
    record = {"about": about, "prints": prints}
    text = json.dumps(record, indent=1, sort_keys=True) + "\n"
    (folder / f"{NAME}.json").write_text(text, encoding="utf-8")
    page = folder / f"{NAME}.md"
    page.write_text(as_markdown(about, prints), encoding="utf-8")
    return page


def as_markdown(about: Record, prints: list[Record]) -> str:
    """The page."""
    errors = about["errors"]
    reach_um = errors["overlay_px"] * about["pitch_um"]
    found = [one["found"] for one in prints]
    names = [name for name in found[0] if name != "estimate"]
    parts = [
        "# What can be bought back after printing\n",
        fill(
            f"One design of {about['layers']} layers of {about['pixels'][0]} × {about['pixels'][1]} pixels "
            f"({about['pitch_um']:g} µm, 785 nm, 8 levels) is printed {len(prints)} times, each time with "
            f"errors that no method may look at: every layer lies up to {errors['overlay_px']:g} pixel "
            f"({reach_um:g} µm) off in x and in y, all heights share a factor of 1 ± {errors['gain']:g}, "
            f"the relief is blurred by {errors['blur_um'] / 3:g} to {errors['blur_um']:g} µm, the light "
            f"brings an aberration of {errors['aberration_rad']:g} rad RMS (nine Zernike terms), every pixel "
            f"is {errors['roughness_nm']:g} nm rough, and detectors and camera have {errors['noise']:.0%} "
            "noise.",
            WIDTH,
        )
        + "\n",
        fill(
            f"As designed it tells {about['nominal']:.1%} of {about['tests']} test digits; a print as it "
            f"comes {median_of(found, 'nothing')}. The recovery fraction of a print is "
            "(recovered − deployed) / (designed − deployed). A frame is one digit shown and seen by the "
            "camera. Nothing is chosen by test digits. Beside it stands a design of the same layers "
            "that was trained on copies with such "
            f"errors (`train.robust`): {about['robust_nominal']:.1%} as designed, which is without the "
            "blur that it was trained to expect; printed with the same errors, its fraction counted on the "
            "same scale.",
            WIDTH,
        )
        + "\n",
        table(about, found, names),
        estimates(prints),
        ending(about, prints),
    ]
    return "\n".join(parts)


def table(about: Record, found: list[Record], names: list[str]) -> str:
    """One line for each method."""
    rows = []
    for name in names:
        fractions = np.array([fraction(one, name, about["nominal"]) for one in found])
        low, middle, high = np.percentile(fractions, (25, 50, 75))
        scores = np.array([one[name]["score"] for one in found])
        rows.append(
            (
                name,
                f"{int(np.median([one[name]['frames'] for one in found])):,}",
                f"{np.median(scores):.1%} ({scores.min():.1%} to {scores.max():.1%})",
                f"**{middle:.2f}** ({low:.2f} to {high:.2f})",
            )
        )
    return lines(["method", "frames", "accuracy, median (range)", "recovery, median (quartiles)"], rows)


def fraction(one: Record, name: str, nominal: float) -> float:
    """(recovered − deployed) / (designed − deployed)."""
    deployed = float(one["nothing"]["score"])
    return (float(one[name]["score"]) - deployed) / (nominal - deployed)


def estimates(prints: list[Record]) -> str:
    """How well the errors were estimated."""
    apart: dict[str, list[float]] = {"place of a layer, µm": [], "gain": [], "blur, µm": []}
    for one in prints:
        told, truth = one["found"]["estimate"]["errors"], one["found"]["estimate"]["truth"]
        shifts = np.array(told["shift_um"]) - np.array(truth["shift_um"])
        apart["place of a layer, µm"].append(float(np.abs(shifts).max()))
        apart["gain"].append(abs(told["gain"] - truth["gain"]))
        apart["blur, µm"].append(abs(told["blur_um"] - truth["blur_um"]))
    rows = [(name, f"{np.median(gaps):.3f}", f"{max(gaps):.3f}") for name, gaps in apart.items()]
    return "How far the errors estimated from 12 frames are off:\n\n" + lines(
        ["error", "largest in a print, median", "in the worst print"], rows
    )


def ending(about: Record, prints: list[Record]) -> str:
    """Where the numbers come from."""
    cost = sum(one["cpu_seconds"] for one in prints)
    return (
        f"{about['date']}, numpy {about['numpy']}, torch {about['torch']}, {cost / 60:.0f} minutes of CPU. "
        "Repeat it with `python -m benchmarks.recovery`; all prints are in `recovery.json`.\n"
    )


def median_of(found: list[Record], name: str) -> str:
    """Median and range of a method's accuracy."""
    scores = np.array([one[name]["score"] for one in found])
    return f"{np.median(scores):.1%} (median; {scores.min():.1%} to {scores.max():.1%})"


def lines(head: list[str], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    cells = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in cells) + "\n"
