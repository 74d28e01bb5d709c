"""The report: one JSON file with every number, and one page for people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

NAME = "mnist_full"


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
    seconds = [method["training_seconds"] / 60 for method in (levels, free)]
    lines = [
        "# Full MNIST from the exported files",
        "",
        "Five layers of 64×64 pixels (pitch 1.5 µm, 785 nm, IP-Dip in air, 180 µm apart), the 8 levels that",
        "`2pp-63x-ip-dip` makes, 60,000 training and 10,000 test digits as phase objects of 28×28 pixels,",
        f"{settings['epochs']} epochs, batch {settings['batch']}, seed {settings['seed']}, efficiency weight",
        f"{levels['efficiency_weight']}. Thin layers, exact scalar propagation, trained at 2 samples a",
        "pixel. Both methods have the same start, schedule, order of the data, and loss.",
        "",
        "| | accuracy, 2 samples a pixel | at 4 | light on the detectors |",
        "|---|---|---|---|",
        *rows,
        "",
        f"Lost by quantisation and export: {gap * 100:.2f} points.",
        f"Of {different['count']} predictions from the files, {different['different']} differ from the",
        f"design's beyond ties, and {different['ties']} are ties.",
        "",
        f"Training took {seconds[0]:.0f} and {seconds[1]:.0f} minutes of wall clock, each on one thread, at",
        "the same time and on a machine that did other work too.",
        f"{result['date']}, torch {environment['torch']}, Python {environment['python']},",
        f"{result['machine']}.",
        "",
        "Repeat it with `python -m benchmarks.mnist_full --data FOLDER`.",
    ]
    return "\n".join(lines) + "\n"


def _row(name: str, scores: dict[str, Any]) -> str:
    fine = scores.get("finer")
    at_four = f"{fine['accuracy']:.2%} ({fine['coarse']['accuracy']:.2%} at 2)" if fine else ""
    return f"| {name} | {scores['accuracy']:.2%} | {at_four} | {scores['detector_efficiency']:.2%} |"
