"""The results of the large cases as a page and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HEAD = """# Large layers

Two training steps with four images each, then checkpoint, design and scores, in a process of its
own with one thread. *Estimate* is what `fabdesign train` states before it builds anything; *measured* is the
most that the process held (VmHWM), Python and torch included. Measured {date}. To repeat it:
`{command}`.

| layers | samples per pixel | estimate | measured | estimate / measured | CPU |
| --- | --- | --- | --- | --- | --- |
"""


def write(results: Sequence[dict[str, Any]], folder: Path) -> str:
    """Write large.md and large.json; return the page."""
    folder.mkdir(parents=True, exist_ok=True)
    about = {"date": datetime.now(UTC).date().isoformat(), "command": _command(results)}
    page = HEAD.format(**about) + "\n".join(map(_row, results)) + "\n"
    (folder / "large.md").write_text(page, encoding="utf-8")
    text = json.dumps({"about": about, "results": list(results)}, indent=1) + "\n"
    (folder / "large.json").write_text(text, encoding="utf-8")
    return page


def _command(results: Sequence[dict[str, Any]]) -> str:
    pixels, samples = (
        " ".join(map(str, sorted({result[key] for result in results})))
        for key in ("pixels", "samples_per_pixel")
    )
    finer = " --finer" if any(result["finer"] for result in results) else ""
    return f"python -m benchmarks.large --pixels {pixels} --samples {samples}{finer}"


def _row(result: dict[str, Any]) -> str:
    name = f"| {result['layers']}×{result['pixels']}×{result['pixels']} | {result['samples_per_pixel']} |"
    if "failed" in result:
        return f"{name} {result['failed']} | | | |"
    estimated, measured = result["estimated"], result["measured"]
    return (
        f"{name} {estimated / 1e9:.2f} GB | {measured / 1e9:.2f} GB | {estimated / measured:.2f} | "
        f"{result['cpu_seconds']:.0f} s |"
    )
