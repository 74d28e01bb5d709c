"""The ceilings as a page for people, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, stdev
from textwrap import fill
from typing import Any

from benchmarks.ceiling.free import BATCH, LEARNING_RATE, SHIFT

WIDTH = 110
READOUTS = {"argmax": "ten detectors", "pairs": "ten pairs"}
CASE = ("readout", "encoder", "modes", "label_smoothing")
Records = Sequence[dict[str, Any]]


def write_report(records: Records, folder: Path) -> None:
    """Write ``ceiling.json`` and ``ceiling.md``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ceiling.json").write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")
    (folder / "ceiling.md").write_text(page(records), encoding="utf-8")


def page(records: Records) -> str:
    """Return the page as Markdown."""
    first = records[0]
    intro = (
        "Passive layers are linear, so the field on the detectors is u = Aᵀx with x the object's field, and "
        "a detector adds up |u|² over the modes that fit on it: however many layers there are, an answer "
        "compares sums of squares, or ratios of them for differential pairs. Here A is free and trained by "
        "itself, with the loss that fabdesign gives a device. A device of finite size can be better than "
        "this only by learning its training data less by heart, as smoothed labels make the free one do."
    )
    seeds = sorted({record["seed"] for record in records})
    circumstances = (
        f"{first['epochs']} epochs with shifts of up to {SHIFT} pixel, batch {BATCH}, Adam at "
        f"{LEARNING_RATE:g}, one cycle; mean ± standard deviation over seeds {', '.join(map(str, seeds))}. "
        f"Training digits are the first 10,000, unmoved. {first['date']}, torch {first['torch']}. Repeat it "
        "with `python -m benchmarks.ceiling --data FOLDER`."
    )
    head = (
        "| read-out | objects | modes of a detector | free numbers | label smoothing | test digits "
        "| training digits |"
    )
    cases = dict.fromkeys(tuple(record[key] for key in CASE) for record in records)
    rows = [_row(records, dict(zip(CASE, case, strict=True))) for case in cases]
    table = "\n".join([head, "|---" * 7 + "|", *rows])
    parts = [fill(intro, WIDTH, break_on_hyphens=False), table, fill(circumstances, WIDTH)]
    return "\n\n".join(["# What linear optics can tell apart", *parts]) + "\n"


def _row(records: Records, case: dict[str, Any]) -> str:
    found = [record["accuracy"] for record in records if case.items() <= record.items()]
    modes = case["modes"]
    cells = [
        READOUTS[case["readout"]],
        case["encoder"],
        str(modes),
        f"{2 * 784 * modes * (20 if case['readout'] == 'pairs' else 10):,}",
        f"{case['label_smoothing']:g}",
        *(_spread([one[part] for one in found]) for part in ("test", "train")),
    ]
    return f"| {' | '.join(cells)} |"


def _spread(values: Sequence[float]) -> str:
    deviation = f" ± {stdev(values) * 100:.2f}" if len(values) > 1 else ""
    return f"{mean(values):.2%}{deviation}"
