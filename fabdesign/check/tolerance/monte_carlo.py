"""Many random copies of a device, each reproducible alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fabdesign.check.tolerance.checkpoint import Checkpoint
from fabdesign.check.tolerance.compensate import Compensators, compensate
from fabdesign.check.tolerance.sensitivity import Progress
from fabdesign.check.tolerance.simulator import Simulator
from fabdesign.copies.device import Device
from fabdesign.copies.draws import check_groups
from fabdesign.copies.sample import sample_copy
from fabdesign.copies.terms import Term
from fabdesign.formats.canonical_json import dumps

if TYPE_CHECKING:
    from fabdesign.network.network import Model

CHUNK = 8
"""Copies that are computed, saved and sent to a worker together; fixed by their numbers."""

NONE = Compensators()
"""Nothing is set after assembly."""

Record = dict[str, Any]
Work = Callable[["Plan", list[int]], Iterator[tuple[int, list[Record]]]]
"""Computes chunks in any order: plan and numbers of chunks in, number and records out."""


@dataclass(frozen=True, eq=False)
class Plan:
    """All that decides the result of a Monte Carlo run, but for the number of copies.

    Args:
        device: the design and its process.
        terms: what errs, with amounts.
        seed: of the run; copy i draws from (seed, i) alone.
        groups: perturbations that err together.
        compensators: what is set after assembly.
        data: a data set in place of the design's.
        limit: only so many of the first test examples.
        samples_per_pixel: samples along each side of a pixel.
        model: "thin" or "thick"; None: the one that the design was made with.
    """

    device: Device
    terms: tuple[Term, ...]
    seed: int = 0
    groups: tuple[tuple[str, ...], ...] = ()
    compensators: Compensators = NONE
    data: str | None = None
    limit: int | None = None
    samples_per_pixel: int = 2
    model: Model | None = None

    def __post_init__(self) -> None:
        check_groups(self.groups, self.terms)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of all that decides the results: 64 hex digits."""
        return hashlib.sha256(dumps(self.to_json())).hexdigest()

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plan) and self.fingerprint == other.fingerprint

    def to_json(self) -> dict[str, Any]:
        """The plan as plain JSON values, the design by its hash."""
        return {
            "design": self.device.design.content_hash,
            "process": self.device.profile.name,
            "profile": hashlib.sha256(self.device.profile.model_dump_json().encode()).hexdigest(),
            "built": self.device.built,
            "terms": [term.to_json() for term in self.terms],
            "seed": self.seed,
            "groups": [list(group) for group in self.groups],
            "compensators": self.compensators.to_json(),
            "data": self.data,
            "limit": self.limit,
            "samples_per_pixel": self.samples_per_pixel,
            **({} if self.model is None else {"model": self.model}),
        }


def run_sample(plan: Plan, sample: int) -> Record:
    """Compute one copy: its number, its scores, and those after compensation.

    Args:
        plan: the run.
        sample: number of the copy.
    """
    simulator = simulator_of(plan)
    state = sample_copy(plan.device, plan.terms, plan.seed, sample, plan.groups)
    record: Record = {"sample": sample, "scores": simulator.scores(state)}
    if plan.compensators.any:
        best = compensate(simulator, state, plan.compensators)
        record["compensated"] = simulator.scores(best)
        record["detector_um"] = [*best.detector_shift_um.tolist(), best.detector_axial_um]
    return record


def run_chunk(plan: Plan, chunk: int) -> list[Record]:
    """Compute the copies of one chunk; a worker keeps its simulator from chunk to chunk."""
    return [run_sample(plan, sample) for sample in range(chunk * CHUNK, (chunk + 1) * CHUNK)]


def run_samples(
    plan: Plan,
    samples: int,
    *,
    checkpoint: Path | None = None,
    resume: bool = False,
    work: Work | None = None,
    progress: Progress | None = None,
) -> list[Record]:
    """Compute copies 0 to ``samples``, saving after every chunk.

    Args:
        plan: the run.
        samples: how many copies.
        checkpoint: file that holds the finished chunks.
        resume: go on from the checkpoint; else it is written anew.
        work: computes chunks elsewhere, such as on a cluster; here and in order where None.
        progress: told how many copies are done.

    Returns:
        The records by number, the same in whatever order and wherever they were computed.

    Raises:
        ConfigError: the checkpoint belongs to another run.
        FileFormatError: it cannot be read or written.
    """
    kept = Checkpoint(checkpoint, plan.fingerprint, resume=resume)
    chunks = range(-(-samples // CHUNK))
    missing = [chunk for chunk in chunks if chunk not in kept.chunks]
    for chunk, records in (work or _here)(plan, missing):
        kept.add(chunk, records)
        if progress is not None:
            done = sum(chunk in kept.chunks for chunk in chunks)
            progress("monte carlo", min(done * CHUNK, samples), samples)
    records = [record for chunk in chunks for record in kept.chunks[chunk]]
    return records[:samples]


def simulator_of(plan: Plan) -> Simulator:
    """The simulator of a plan, made once in each process for all plans of the same device and data."""
    return _simulator(plan.device, plan.data, plan.limit, plan.samples_per_pixel, plan.model)


@lru_cache(maxsize=2)
def _simulator(
    device: Device, data: str | None, limit: int | None, samples_per_pixel: int, model: Model | None
) -> Simulator:
    return Simulator(device, data=data, limit=limit, samples_per_pixel=samples_per_pixel, model=model)


def _here(plan: Plan, chunks: list[int]) -> Iterator[tuple[int, list[Record]]]:
    for chunk in chunks:
        yield chunk, run_chunk(plan, chunk)
