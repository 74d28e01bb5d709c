"""The report: one JSON file with every number, and one page for people."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import fill
from typing import Any

NAME = "mnist_full"
HEAD = "| | accuracy, 2 samples a pixel | at 4, first 1,000 digits | light on the detectors |"
WIDTH = 110


def write_report(result: dict[str, Any], folder: Path) -> None:
    """Write ``mnist_full.json`` and ``mnist_full.md``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.json").write_text(
        json.dumps(result, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )
    (folder / f"{NAME}.md").write_text(page(result), encoding="utf-8")


def page(result: dict[str, Any]) -> str:
    """Return the page as Markdown."""
    files = result["files"]["scores"]
    levels, free = (result["methods"][method] for method in ("transmission", "none"))
    rows = [
        _row("8 process levels, read back from the STL files", files["file"]),
        _row("8 process levels, the design", levels["scores"]["quantised"]),
        _row("no quantisation, trained the same way", free["scores"]["float"]),
        _row("no quantisation, then rounded to the levels", free["scores"]["quantised"]),
    ]
    settings, environment = levels["settings"], levels["environment"]
    gap = free["scores"]["float"]["accuracy"] - files["file"]["accuracy"]
    different = files["predictions"]
    minutes = [round(method["training_seconds"] / 60) for method in (levels, free)]
    device = (
        f"Five layers of 64×64 pixels, pitch 1.5 µm, {levels['gap_um']:g} µm apart, of IP-Dip in air at "
        "785 nm, with the 8 levels that `2pp-63x-ip-dip` makes. 60,000 training and 10,000 test digits, "
        "as phase objects."
    )
    training = (
        f"{settings['epochs']} epochs, batch {settings['batch']}, seed {settings['seed']}, efficiency weight "
        f"{levels['efficiency_weight']}; thin layers, exact scalar propagation, 2 samples a pixel. "
        "Both methods have the same start, schedule, order of the data, and loss."
    )
    found = (
        f"Lost by quantisation and export: {gap * 100:.2f} points. Of {different['count']} predictions from "
        f"the files, {different['different']} differ from the design's beyond ties, and {different['ties']} "
        "are ties."
    )
    circumstances = (
        f"Training took {minutes[0]} and {minutes[1]} minutes of wall clock, each on one thread, at the same "
        f"time and on a machine that did other work too. {result['date']}, torch {environment['torch']}, "
        f"Python {environment['python']}, {result['machine']}."
    )
    return "\n\n".join(
        [
            "# Full MNIST from the exported files",
            fill(device, WIDTH),
            fill(training, WIDTH),
            "\n".join([HEAD, "|---|---|---|---|", *rows]),
            fill(found, WIDTH),
            fill(circumstances, WIDTH),
            "Repeat it with `python -m benchmarks.mnist_full --data FOLDER`.\n",
        ]
    )


def _row(name: str, scores: dict[str, Any]) -> str:
    fine = scores.get("finer")
    at_four = f"{fine['accuracy']:.2%} ({fine['coarse']['accuracy']:.2%} at 2)" if fine else ""
    return f"| {name} | {scores['accuracy']:.2%} | {at_four} | {scores['detector_efficiency']:.2%} |"
