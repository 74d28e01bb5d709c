"""The page of results."""

from __future__ import annotations

import datetime
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks.fuzz.worker import CPU_LIMIT_S, MEMORY_LIMIT_MB, Tally

_PACKAGES = ("fabdesign", "numpy", "pillow", "numpy-stl", "safetensors")
_HEAD = """# Damaged files

    python -m benchmarks.fuzz --cases {cases} --seed {seed} --page docs/benchmarks/fuzz.md

Each case takes the files of one small export (one layer, or two put together), a design or a package, damages
one of them, and has it read by `check` (or `load_design`, or `verify`). Damage is flipped bits, noise, cuts,
pieces left out, doubled, swapped or spliced from the same file of another design, and large numbers. Half of
the cases on PNG, OASIS, 3MF, .nano and ZIP damage what is inside and put lengths and checksums right again. A
case must end as

- *refused*: a clear error of fabdesign,
- *named*: the check says what is wrong, or
- *identical*: the files still hold the design, pixel by pixel; what was damaged does not matter to it.

Anything else is a failure: another exception, more than {cpu:g} s of CPU time, more than {memory:g} MB beyond
an undamaged file, or other levels taken for the design's.

{date}, {versions}, {system}.

| files | cases | refused | named | identical | failed | slowest, CPU s | memory, MB |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
"""


def write_page(path: Path, tallies: Sequence[Tally], *, cases: int, seed: int) -> None:
    """Write what came of all cases as a page."""
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    head = _HEAD.format(
        cases=cases,
        seed=seed,
        cpu=CPU_LIMIT_S,
        memory=MEMORY_LIMIT_MB,
        date=datetime.datetime.now(tz=datetime.UTC).date(),
        versions=versions,
        system=f"Python {platform.python_version()}, {platform.system()}",
    )
    rows = [_row(tally) for tally in tallies]
    total = sum(tally.cases for tally in tallies)
    failed = sum(len(tally.failures) for tally in tallies)
    path.write_text(f"{head}{''.join(rows)}\n{total} cases, {failed} failures.\n", encoding="utf-8")


def _row(tally: Tally) -> str:
    counts = [str(tally.outcomes.get(name, 0)) for name in ("refused", "named", "identical")]
    cells = [tally.name, str(tally.cases), *counts, str(len(tally.failures))]
    return f"| {' | '.join(cells)} | {tally.slowest_s:.2f} | {tally.memory_mb:.0f} |\n"
