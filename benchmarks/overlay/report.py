"""The report: one JSON file with every number, and one page for people."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np

NAME = "overlay"
WIDTH = 110
MEANING = {"0.2": "layers of one stack print", "0.5": "in between", "1": "layers on plates, put together"}


def write_report(result: dict[str, Any], folder: Path) -> None:
    """Write ``overlay.json`` and ``overlay.md``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.json").write_text(
        json.dumps(result, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )
    (folder / f"{NAME}.md").write_text(page(result), encoding="utf-8")


def page(result: dict[str, Any]) -> str:
    """Return the page as Markdown."""
    wavelength_nm = result["wavelength_um"] * 1e3
    device = (
        f"The sample design `digits-785nm`: {result['layers']} layers, {result['gap_um']:g} µm apart, pixels "
        f"of {result['pitch_um']:g} µm, {wavelength_nm:g} nm. Every layer is shifted in x and in y by "
        "independent normal errors of the standard deviation named; object and detectors stay, and nothing "
        f"else is wrong. {result['draws']} draws with seed {result['seed']}, the same ones at every "
        f"deviation; the first {result['digits']} test digits, {result['samples_per_pixel']} samples a pixel."
    )
    exact = (
        "The shifts are exact: the propagation between two planes displaces the field by their difference, "
        "so no pixel is rounded or interpolated."
    )
    rows = [
        "| standard deviation | stands for | accuracy, mean ± standard deviation of draws | lowest | "
        "median | highest |",
        "|---|---|---|---|---|---|",
        f"| 0 | the design | {result['unshifted']:.1%} | | | |",
        *(_row(sigma, values) for sigma, values in result["accuracy"].items()),
    ]
    origin = (
        "The 0.2 µm and the 1 µm are the `layers.stack` and `layers.plates` numbers of the profile "
        "`2pp-63x-ip-dip`, where both are marked *assumed*: measure your own."
    )
    made = (
        f"{result['date']}, torch {result['versions']['torch']}, Python {result['versions']['python']}, "
        f"{result['machine']}; {result['cpu_seconds']} s of CPU on one thread."
    )
    return "\n\n".join(
        [
            "# Sideways shifts between layers",
            fill(device, WIDTH),
            fill(exact, WIDTH),
            "\n".join(rows),
            fill(origin, WIDTH),
            fill(made, WIDTH),
            "Repeat it with `python -m benchmarks.overlay`.\n",
        ]
    )


def _row(sigma: str, values: list[float]) -> str:
    spread = np.array(values)
    return (
        f"| {sigma} µm | {MEANING.get(sigma, '')} | {spread.mean():.1%} ± {spread.std(ddof=1):.1%} | "
        f"{spread.min():.1%} | {np.median(spread):.1%} | {spread.max():.1%} |"
    )
