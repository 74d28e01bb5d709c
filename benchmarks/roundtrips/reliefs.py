"""Generated designs: any size, any table of levels, corners that touch, and the options of a format."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.kinds import Kind
from fabdesign.design import Design, Optical, Physical, Slab
from fabdesign.relief.compensation import Amount, Compensation

AIR, RESIN, GLASS = 1.0, 1.5429, 1.4536
PATTERNS = ("random", "smooth", "corners", "sparse", "flat")
"""Kinds of layers: "corners" are chequered, so that pixels touch along edges wherever they can."""

_PITCHES_UM = (0.6, 1.2, 1.5, 2.4)
_MOVING = ("stl", "3mf", "nano", "gds", "oasis")
_SLICED = ("gwl", "nano")
_SLICE_OF_PROFILE_NM = 100
_GAP_NM = (30_000, 70_000)


@dataclass(frozen=True, eq=False)
class Case:
    """A design, and how it is exported.

    Attributes:
        design: the design.
        options: of the format.
        compensation: what is made good beforehand.
        pattern: one of `PATTERNS`.
        even: whether the steps between its levels are equal.
    """

    design: Design
    options: dict[str, Any]
    compensation: Compensation | None
    pattern: str
    even: bool


@dataclass
class Maker:
    """Makes cases of one kind.

    Args:
        kind: what they are written as.
        rng: decides everything.
    """

    kind: Kind
    rng: np.random.Generator
    slice_nm: int = field(init=False)

    def case(self) -> Case:
        """The next case."""
        compensation = self._compensation()
        own_slices = compensation is not None and self.kind.format == "nano"
        self.slice_nm = _SLICE_OF_PROFILE_NM if own_slices else int(self.rng.integers(50, 200))
        layers = int(self.rng.integers(1, 4))
        count, even = int(self.rng.integers(2, 17)), bool(self.rng.integers(2))
        pattern = self._one(PATTERNS)
        heights_um = np.array([self._heights_um(count, even=even) for _ in range(layers)])
        levels = self._levels(layers, count, pattern)
        design = Design(levels, heights_um, self._physical(layers))
        options = self._options(count, even=even)
        if own_slices:
            del options["slice_um"]
        return Case(design, options, compensation, pattern, even)

    def _one(self, values: tuple[Any, ...]) -> Any:
        return values[int(self.rng.integers(len(values)))]

    def _levels(self, layers: int, count: int, pattern: str) -> NDArray[np.uint8]:
        longest = 12 if self.kind.assembly != "layers" else 24
        ny, nx = (int(side) for side in self.rng.integers(1, longest + 1, 2))
        shape = layers, ny, nx
        used = int(self.rng.integers(1, count + 1))
        found = self.rng.integers(0, used, shape)
        if pattern == "smooth":
            y, x = np.mgrid[:ny, :nx] / 8
            turn = self.rng.uniform(0, 2 * np.pi, (layers, 1, 1))
            found = np.floor((np.sin(3 * x + turn) * np.cos(2 * y) + 1) / 2 * (used - 1e-9))
        elif pattern == "corners":
            chequered = np.indices(shape).sum(axis=0) % 2 == 0
            found = np.where(chequered, found, 0)
        elif pattern == "sparse":
            found = np.where(self.rng.random(shape) < 0.1, found, 0)
        elif pattern == "flat":
            found = np.broadcast_to(found[:, :1, :1], shape)
        return found.astype(np.uint8)

    def _heights_um(self, count: int, *, even: bool) -> NDArray[np.float64]:
        """Heights of the levels, whole nanometres, or whole slices where the format holds those."""
        sliced = self.kind.format in _SLICED
        unit_nm = self.slice_nm if sliced else 1
        step = int(self.rng.integers(1, 3)) if sliced else int(self.rng.integers(40, 220))
        steps = np.full(count - 1, step)
        if not even:
            low, high = (1, 4) if sliced else (40, 220)
            steps = self.rng.integers(low, high, count - 1)
        return np.asarray(np.concatenate([[0], np.cumsum(steps)]) * unit_nm / 1e3)

    def _physical(self, layers: int) -> Physical:
        base_um = round(int(self.rng.integers(15, 60)) * self.slice_nm / 1e3, 6)
        low, high = (length // self.slice_nm for length in _GAP_NM)
        gap_um = round(int(self.rng.integers(low, high)) * self.slice_nm / 1e3, 6)
        slabs = [Slab(what="gap", thickness_um=gap_um, index=AIR)]
        if self.kind.assembly == "plates":
            slabs.append(Slab(what="substrate", thickness_um=float(self.rng.integers(10, 200)), index=GLASS))
        slabs.append(Slab(what="base", thickness_um=base_um, index=RESIN))
        together = self.kind.assembly != "layers"
        return Physical(
            wavelength_um=0.785,
            pitch_um=self._one(_PITCHES_UM[2:] if together else _PITCHES_UM),
            medium=Optical(name="air", index=AIR),
            material=Optical(name="ip-dip", index=RESIN),
            process="2pp-63x-ip-dip",
            spaces=(*[tuple(slabs)] * layers, (slabs[0],)),
        )

    def _options(self, count: int, *, even: bool) -> dict[str, Any]:
        chosen: dict[str, Any] = dict(self.kind.options)
        match self.kind.format:
            case "gds" | "oasis":
                whole = even and count in (2, 4, 8, 16)
                codings = ("staircase", "one-per-level", *(("binary", "gray") if whole else ()))
                chosen |= {"coding": self._one(codings), "tone": self._one(("etch", "add"))}
                chosen |= {"polygon_tone": self._one(("clear", "dark"))}
            case "3mf":
                chosen["contacts"] = self._one(("split", "pulled"))
            case "gwl" | "nano":
                chosen |= {"slice_um": self.slice_nm / 1e3, "hatch": self._one(("x", "y", "alternate"))}
            case "png16" | "tiff16" | "bmp8":
                chosen["invert"] = bool(self.rng.integers(2))
        if self.kind.format in ("stl", "3mf", "nano") and self.kind.assembly == "layers":
            chosen["mesh"] = self._one(("merged", "pixels"))
        if self.kind.assembly == "plates":
            chosen["clearance_um"] = int(self.rng.integers(15, 40))
        return chosen

    def _compensation(self) -> Compensation | None:
        """Every fourth case of a format that can hold it."""
        if self.kind.format not in _MOVING or self.rng.integers(4):
            return None
        moves = self.kind.format in _MOVING and self.kind.assembly == "layers"
        bias_um = int(self.rng.integers(-50, 50)) * 2e-3 if moves else 0.0
        xy, z = self.rng.uniform(-0.02, 0.05, 2).tolist()
        xy = 0.0 if self.kind.format in ("gds", "oasis") else xy  # pixels of masks stay on their grid
        return Compensation(Amount(xy, 0.005), Amount(z, 0.005), Amount(round(bias_um, 3)))
