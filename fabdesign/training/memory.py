"""How much memory a training will take: told before it starts, and compared with what the machine has."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fabdesign.config import Project
from fabdesign.design import Physical
from fabdesign.errors import ConfigError
from fabdesign.optics import Grid, Slab, default_micro_batch, slice_edges
from fabdesign.optics.memory import COMPLEX64, build_bytes, kernel_bytes, working_bytes
from fabdesign.quantise import Quantiser
from fabdesign.training.evaluate import reported_samples
from fabdesign.training.gradient import group_size
from fabdesign.training.plan import Plan

GB = 1e9
_UNKNOWN_START = 400_000_000
_OVERHEAD = 120_000_000
"""What the first transforms, the optimiser and the pictures load."""
_RETAINED = 1.1
"""Memory that is free again, but kept by the C library in pieces too small for what comes next."""


@dataclass(frozen=True)
class Memory:
    """Bytes that a training needs.

    Args:
        start: held by the process already, data included.
        phases: needed on top of it in each phase, by what the phase is called; they follow one another.
    """

    start: int
    phases: Mapping[str, int]

    @property
    def peak(self) -> int:
        """The most that is held at a time."""
        return self.start + max(self.phases.values())

    @property
    def largest(self) -> str:
        """The phase that needs the most."""
        return max(self.phases, key=lambda name: self.phases[name])

    def __str__(self) -> str:
        return f"{self.peak / GB:.2g} GB of memory, most of it for {self.largest}"


def estimate_memory(
    project: Project, physical: Physical, plan: Plan, quantiser: Quantiser, *, finer: bool = True
) -> Memory:
    """Add up what a training holds at a time, phase by phase.

    Args:
        project: what the user asked for.
        physical: the device.
        plan: batches and micro-batches.
        quantiser: the layers before training.
        finer: whether the design is scored on the finer grid too.
    """
    layers, trained = _Layers.of(project, quantiser), _parameter_bytes(quantiser)
    samples = project.optics.samples_per_pixel
    here = _Plane(project, physical, samples)
    build, step = here.build(), here.step(plan, layers)
    kept = trained + here.kernels()
    if project.train.coarse and samples > 1:
        kept += _Plane(project, physical, 1).kernels()
        build = max(build, _Plane(project, physical, reported_samples(samples)[1]).build())
    phases = {"building the kernels": kept + build, "training steps": kept + step}
    test = project.task.test_examples or sys.maxsize
    for count in reported_samples(samples)[: 2 if finer else 1]:
        plane = _Plane(project, physical, count)
        scoring = max(plane.kernels() + plane.scoring(test), plane.build())
        phases[f"scoring at {count} samples per pixel"] = kept + layers.once + scoring
    return Memory(
        _resident_bytes(), {name: int(_RETAINED * size) + _OVERHEAD for name, size in phases.items()}
    )


def check_memory(memory: Memory, limit_gb: float | None, processes: int = 1) -> None:
    """Make sure that a training fits in memory.

    Args:
        memory: what it needs.
        limit_gb: what it may use; None: what the machine has left.
        processes: how many of them run on this machine.

    Raises:
        ConfigError: it does not fit; nothing was built yet.
    """
    left = available_bytes() if limit_gb is None else limit_gb * GB - memory.start
    needed = processes * (memory.peak - memory.start)
    if left is None or needed <= left:
        return
    among = f"{processes} processes need" if processes > 1 else "the training needs"
    raise ConfigError(
        f"{among} about {needed / GB:.2g} GB more memory, most of it for {memory.largest}; "
        f"{'train.memory_gb allows' if limit_gb else 'this machine has'} {max(left, 0) / GB:.2g} GB.",
        hint="Lower optics.samples_per_pixel, optics.pixels or optics.layers, or train.micro_batch where it "
        "is set; -o train.memory_gb=1000 tries it all the same.",
    )


def available_bytes() -> int | None:
    """Return the memory that is left on this machine or in this container; None if unknown."""
    found = [value for value in (_of_machine(), _of_container()) if value is not None]
    return min(found) if found else None


@dataclass(frozen=True)
class _Layers:
    """The relaxed layers: bytes of one copy, of what a step holds of them, and fields kept of an image."""

    once: int
    step: int
    fields: int

    @classmethod
    def of(cls, project: Project, quantiser: Quantiser) -> _Layers:
        layers, ny, nx = quantiser.shape
        pixels, levels = layers * ny * nx, quantiser.table.height_um.size
        once, fields = COMPLEX64 * pixels, layers
        if project.optics.model == "thick":
            slices = len(slice_edges(quantiser.table.height_um, project.optics.slice_um)) - 1
            once, fields = 4 * (slices + levels) * pixels, layers * slices
        relaxing = 4 * pixels * (8 + 3 * min(levels, 16)) + _parameter_bytes(quantiser) // 2
        copies = project.train.robustness.copies if project.train.robust else 0
        weights = 4 * levels * pixels if copies else 0
        return cls(once, max(4 * once, relaxing) + 3 * copies * once + 3 * weights, fields)


@dataclass(frozen=True)
class _Plane:
    """The device at some samples per pixel."""

    project: Project
    physical: Physical
    samples_per_pixel: int

    @property
    def grid(self) -> Grid:
        optics = self.project.optics
        return Grid.of_pixels(optics.pixels, optics.pitch_um, self.samples_per_pixel)

    @property
    def plane_bytes(self) -> int:
        ny, nx = self.grid.shape
        return COMPLEX64 * ny * nx

    def kernels(self) -> int:
        return len(set(self.physical.spaces)) * kernel_bytes(self.grid)

    def build(self) -> int:
        """The last kernel's building, beside the others that are built already."""
        return max(
            build_bytes(
                self.grid,
                [Slab(slab.thickness_um, slab.index) for slab in space],
                self.physical.wavelength_um,
            )
            for space in set(self.physical.spaces)
        )

    def step(self, plan: Plan, layers: _Layers) -> int:
        ny, nx = self.grid.shape
        group = min(group_size(ny * nx, layers.fields), plan.batch)
        micro = min(plan.micro_batch, group)
        working = working_bytes(self.grid, len(set(self.physical.spaces)), micro)
        fields = group * (layers.fields + 5) + (micro + 2) * self.project.optics.layers
        return self.plane_bytes * fields + working + layers.step

    def scoring(self, examples: int) -> int:
        ny, nx = self.grid.shape
        at_once = min(max(1, group_size(ny * nx, 0) // 2), examples)
        micro = min(default_micro_batch(max(ny, nx)), at_once)
        working = working_bytes(self.grid, len(set(self.physical.spaces)), micro)
        return self.plane_bytes * (4 * at_once + self.project.optics.layers) + working


def _parameter_bytes(quantiser: Quantiser) -> int:
    """Parameters, their gradients and two moments."""
    return 4 * sum(value.numel() * value.element_size() for value in quantiser.parameters())


def _resident_bytes() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return _UNKNOWN_START
    return pages * os.sysconf("SC_PAGE_SIZE")


def _of_machine() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)


def _of_container() -> int | None:
    """What the control group leaves, version 2 or 1."""
    for folder, limit, used in (
        ("/sys/fs/cgroup", "memory.max", "memory.current"),
        ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"),
    ):
        try:
            most, now = ((Path(folder) / name).read_text(encoding="ascii").strip() for name in (limit, used))
        except OSError:
            continue
        return int(most) - int(now) if most.isdecimal() and now.isdecimal() else None
    return None
