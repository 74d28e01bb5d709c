"""Damaging files of one kind, case after case, in a process of its own: what came of each."""

from __future__ import annotations

import resource
import signal
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from benchmarks.fuzz.mutate import mutate
from benchmarks.fuzz.targets import Target, make_target, target_names
from fabdesign.errors import FabdesignError

CPU_LIMIT_S = 10.0
MEMORY_LIMIT_MB = 512.0
_MB = 1024


class Hang(BaseException):
    """A case took more than its time."""


@dataclass
class Tally:
    """What came of all cases of one kind.

    Attributes:
        name: the kind.
        cases: how many there were.
        outcomes: "refused" with a clear error, "named" by a finding, "identical" to the design after all.
        slowest_s: CPU time of the slowest case.
        memory_mb: how much the process grew beyond what an undamaged file takes.
        failures: what must not happen, with the number of the case.
    """

    name: str
    cases: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    slowest_s: float = 0.0
    memory_mb: float = 0.0
    failures: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """The tally as plain JSON values."""
        return asdict(self)


def fuzz(name: str, cases: range, seed: int, folder: Path, keep: Path | None = None) -> Tally:
    """Damage one file after the other and read each.

    Args:
        name: one of `target_names`.
        cases: numbers of the cases; a case is the same whichever others run.
        seed: of all cases.
        folder: for the files.
        keep: where damaged files that fail are kept.
    """
    target = make_target(name, folder)
    assert target.read() == "identical"
    before_mb = _peak_mb()
    tally = Tally(name)
    for case in cases:
        rng = np.random.default_rng([seed, target_names().index(name), case])
        _one(target, rng, case, tally, keep)
        tally.memory_mb = max(tally.memory_mb, _peak_mb() - before_mb)
        if tally.memory_mb > MEMORY_LIMIT_MB:
            tally.failures.append(f"{case}: the process grew by {tally.memory_mb:.0f} MB")
            break
    return tally


def _one(target: Target, rng: np.random.Generator, case: int, tally: Tally, keep: Path | None) -> None:
    path = target.files[int(rng.integers(len(target.files)))]
    good, other = path.read_bytes(), _like(path, target.others)
    bad = mutate(good, other, rng)
    if bad == other:  # spliced from its start: another whole file is no damage
        bad = bad[:-1]
    path.write_bytes(bad)
    started = time.process_time()
    try:
        with limited():
            outcome = target.read()
    except FabdesignError:
        outcome = "refused"
    except (Exception, Hang):
        outcome = "failed"
        tally.failures.append(f"{case}: {path.name}: {traceback.format_exc(limit=-3)}")
        if keep is not None:
            (keep / f"{target.name}-{case}-{path.name}").write_bytes(bad)
    finally:
        path.write_bytes(good)
    tally.cases += 1
    tally.outcomes[outcome] = tally.outcomes.get(outcome, 0) + 1
    tally.slowest_s = max(tally.slowest_s, time.process_time() - started)


@contextmanager
def limited() -> Iterator[None]:
    """Raise `Hang` when the block takes more CPU time than a case may."""
    before = signal.signal(signal.SIGPROF, _hang)
    signal.setitimer(signal.ITIMER_PROF, CPU_LIMIT_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _hang(_signal: int, _frame: FrameType | None) -> None:
    raise Hang(f"more than {CPU_LIMIT_S:g} s of CPU time")


def _like(path: Path, others: object) -> bytes:
    """A file of the other design of the same kind."""
    assert isinstance(others, list)
    same = [other for other in others if other.suffixes == path.suffixes]
    return (same or others)[0].read_bytes() if others else b""


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MB
