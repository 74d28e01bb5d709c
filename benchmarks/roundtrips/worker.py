"""Writing and reading case after case of one kind, and counting what came of them."""

from __future__ import annotations

import hashlib
import time
import traceback
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.kinds import Kind, kinds
from benchmarks.roundtrips.reliefs import Case, Maker
from fabdesign.check import check_files
from fabdesign.export import export_design

REPEATED = 8
"""One case in so many is written twice, and the bytes are compared."""
HARMLESS = {"compensation.undone", "model.thin-invalid", "model.thick-invalid"}
"""Findings that say nothing against a file."""


@dataclass
class Tally:
    """What came of all cases of one kind.

    Attributes:
        name: the kind.
        reliefs: layers that came back.
        cases: designs.
        pixels: of all layers.
        contacts: designs with pixels that touch along an edge.
        uneven: designs whose levels are unevenly spaced.
        compensated: designs that were compensated.
        repeated: designs whose bytes were compared.
        patterns: designs of each pattern.
        cpu_s: CPU time.
        failures: what must not happen, with the number of the case.
    """

    name: str
    reliefs: int = 0
    cases: int = 0
    pixels: int = 0
    contacts: int = 0
    uneven: int = 0
    compensated: int = 0
    repeated: int = 0
    patterns: Counter[str] = field(default_factory=Counter)
    cpu_s: float = 0.0
    failures: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """The tally as plain JSON values."""
        return asdict(self)


def run_kind(name: str, reliefs: int, seed: int) -> Tally:
    """Write and read designs of one kind until so many layers came back.

    Args:
        name: of the kind.
        reliefs: how many layers.
        seed: of all cases; a case is the same however many run.
    """
    index, kind = next((at, kind) for at, kind in enumerate(kinds()) if kind.name == name)
    tally, started = Tally(name), time.process_time()
    while tally.reliefs < reliefs:
        rng = np.random.default_rng([seed, index, tally.cases])
        case = Maker(kind, rng).case()
        try:
            _round_trip(kind, case, tally)
        except Exception:
            tally.failures.append(f"{tally.cases}: {traceback.format_exc(limit=-3)}")
        _count(case, tally)
    tally.cpu_s = time.process_time() - started
    return tally


def _round_trip(kind: Kind, case: Case, tally: Tally) -> None:
    design, before = case.design, case.design.levels.copy()
    with TemporaryDirectory() as folder:
        written = _export(kind, case, Path(folder) / "a")
        result = check_files(written, design, resimulate=False)
        if tally.cases % REPEATED == 0:
            again = _export(kind, case, Path(folder) / "b")
            tally.repeated += 1
            assert _sums(written) == _sums(again), "the same design gave other bytes"
    found = {finding.id for finding in result.findings} - HARMLESS
    assert not found, f"findings: {sorted(found)}"
    assert result.levels_identical, "levels differ"
    assert sorted(layer.comparison.layer for layer in result.layers) == list(range(design.layers))
    for layer in result.layers:
        np.testing.assert_array_equal(layer.comparison.levels, before[layer.comparison.layer])
    assert np.array_equal(design.levels, before), "the export changed its design"


def _export(kind: Kind, case: Case, folder: Path) -> list[Path]:
    result = export_design(
        case.design, folder, kind.format, options=case.options, compensation=case.compensation
    )
    return list(result.paths)


def _sums(paths: list[Path]) -> list[str]:
    folder = paths[0].parents[1]
    files = sorted(
        path for path in folder.rglob("*") if path.is_file() and path.parts[-2] == paths[0].parts[-2]
    )
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]


def _count(case: Case, tally: Tally) -> None:
    levels = case.design.levels.astype(np.int64)
    a, b, c, d = levels[:, :-1, :-1], levels[:, :-1, 1:], levels[:, 1:, :-1], levels[:, 1:, 1:]
    touching = (np.minimum(a, d) > np.maximum(b, c)) | (np.minimum(b, c) > np.maximum(a, d))
    tally.cases += 1
    tally.reliefs += case.design.layers
    tally.pixels += levels.size
    tally.contacts += bool(touching.any())
    tally.uneven += not case.even
    tally.compensated += case.compensation is not None
    tally.patterns[case.pattern] += 1
