"""A design on pixels of a wavelength, trained with thin masks and through its relief, judged by both models.

    python -m benchmarks.thick [--work runs/thick] [--report docs/benchmarks] [-o key=value …]

Both are trained on the 6,000 embedded digits, at the same time, one thread each; an interrupted one goes on
at the next call. They are judged on the 1,000 test digits, by the thick model at finer sampling and slicing
than training used.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from textwrap import fill
from typing import Any

CONFIG = Path(__file__).parent / "fabdesign.toml"
MODELS = ("thin", "thick")
JUDGES: tuple[tuple[str, int, float | None], ...] = (
    ("thin", 2, None),
    ("thin", 4, None),
    ("thick", 2, 0.2),
    ("thick", 4, 0.1),
    ("thick", 4, 0.05),
    ("thick", 6, 0.05),
)
"""Model, samples a pixel, thickest slice in micrometres."""
WIDTH = 110


def main() -> None:
    """Train, judge and write the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, default=Path("runs/thick"), help="where the runs lie")
    parser.add_argument("--report", type=Path, default=Path("docs/benchmarks"), help="where the report goes")
    parser.add_argument(
        "-o", dest="overrides", action="append", default=[], help="key=value for both trainings"
    )
    arguments = parser.parse_args()
    with ThreadPoolExecutor(len(MODELS)) as pool:
        runs = dict(
            zip(
                MODELS, pool.map(lambda m: train(m, arguments.work, arguments.overrides), MODELS), strict=True
            )
        )
    result = {
        "date": time.strftime("%Y-%m-%d"),
        "overrides": arguments.overrides,
        "designs": {model: judge(run) for model, run in runs.items()},
    }
    write(result, arguments.report)


def train(model: str, work: Path, overrides: list[str]) -> Path:
    """Train with one model in a process of its own, or go on with it; return the run folder."""
    folder = work / model
    before = sorted(folder.glob("0*-*"))
    if before and (before[-1] / "design.safetensors").is_file():
        return before[-1]
    command = [sys.executable, "-m", "fabdesign_cli", "train"]
    if before:
        command += ["--resume", str(before[-1])]
    else:
        command += [str(CONFIG), "-o", f"optics.model={model}", "--run-dir", str(folder)]
        command += [part for override in overrides for part in ("-o", override)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return sorted(folder.glob("0*-*"))[-1]


def judge(run: Path) -> dict[str, Any]:
    """Score a design by every judge."""
    from fabdesign.design import load_design
    from fabdesign.training import evaluate_design

    design = load_design(run / "design.safetensors")
    scores = [
        {
            "model": model,
            "samples_per_pixel": samples,
            "slice_um": slice_um,
            **evaluate_design(design, None, samples, model=model, slice_um=slice_um).scores,
        }
        for model, samples, slice_um in JUDGES
    ]
    return {"content": design.content_hash, "environment": design.provenance["environment"], "scores": scores}


def write(result: dict[str, Any], folder: Path) -> None:
    """Write ``thick.json`` and ``thick.md``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "thick.json").write_text(json.dumps(result, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    (folder / "thick.md").write_text(page(result), encoding="utf-8")


def page(result: dict[str, Any]) -> str:
    """Return the page as Markdown."""
    designs = result["designs"]
    pair = designs["thin"], designs["thick"]
    rows = []
    for number, (model, samples, slice_um) in enumerate(JUDGES):
        slices = "" if slice_um is None else f", slices of {slice_um * 1e3:g} nm"
        cells = [
            f"{score['accuracy']:.1%} ({score['detector_efficiency']:.2%})"
            for score in (design["scores"][number] for design in pair)
        ]
        rows.append(f"| {model}, {samples} samples a pixel{slices} | {cells[0]} | {cells[1]} |")
    told = (
        "Three layers of 40×40 pixels, pitch 0.8 µm, 40 µm apart, IP-Dip in air at 785 nm, 8 process "
        "levels: the relief is up to 1.6 pixels tall. Trained on 6,000 digits, 6 epochs, seed 0, once with "
        "thin masks and once through the relief (2 samples a pixel, slices of 200 nm at most); accuracy on "
        "1,000 test digits, in brackets the light that reaches the detectors."
    )
    origin = f"{result['date']}, torch {designs['thin']['environment'].get('torch')}, one seed."
    return "\n".join(
        [
            "# Pixels of a wavelength, thin and thick",
            "",
            fill(told, WIDTH),
            "",
            "| judged by | trained thin | trained thick |",
            "|---|---|---|",
            *rows,
            "",
            f"{origin} Repeat it with `python -m benchmarks.thick`.",
            "",
        ]
    )


if __name__ == "__main__":
    main()
