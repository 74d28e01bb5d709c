"""What every reader gives: layers as their files show them, unsnapped, whatever the format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.finding import Finding
from fabdesign.check.header import HeaderTag
from fabdesign.design import Design

Floats = NDArray[np.float64]


class LayerReading(Protocol):
    """One layer as its files show it; `PlainReading` says what the fields mean."""

    @property
    def format(self) -> str:
        """Name of the format."""

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files it was read from."""

    @property
    def tag(self) -> HeaderTag | None:
        """Design and layer as the files name them."""

    @property
    def thickness_um(self) -> Floats:
        """Heights [y, x] as the device will have them."""

    @property
    def pixel_um(self) -> tuple[float, float]:
        """Width and depth of a pixel."""

    @property
    def has_base(self) -> bool:
        """Whether the base plate is part of the thickness."""

    @property
    def rounding_um(self) -> float | Floats:
        """How far the format by itself can move a height."""

    @property
    def rounding_source(self) -> str:
        """What moves it."""

    @property
    def origin_um(self) -> tuple[float, float, float]:
        """Where the middle of the layer lies, and its bottom."""

    @property
    def size_um(self) -> Floats | None:
        """The box of a solid, xyz."""

    @property
    def upside_down(self) -> bool:
        """Whether the relief is on the bottom."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What else the format says."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the files by themselves."""


@dataclass(frozen=True, eq=False)
class PlainReading:
    """One layer of a format that holds a value for each pixel.

    Args:
        format: name of the format, as in the exporters.
        paths: the files it was read from; the first stands for all in messages.
        tag: design and layer as the files name them.
        thickness_um: [y, x] as the device will have it, row 0 at the smallest y; NaN where nothing is known.
        pixel_um: width and depth of a pixel.
        rounding_um: how far the format by itself can move a height, one number or [y, x].
        rounding_source: what moves it, in words.
        has_base: whether the base plate is part of the thickness; else level zero is at 0.
        origin_um: where the middle of the layer lies, and its bottom; (0, 0, 0) as exported.
        size_um: the box of a solid, xyz; None where there is none.
        upside_down: the relief is on the bottom.
        facts: what else the format says, plain JSON values.
        findings: what is wrong with the files by themselves.
    """

    format: str
    paths: tuple[Path, ...]
    tag: HeaderTag | None
    thickness_um: Floats
    pixel_um: tuple[float, float]
    rounding_um: float | Floats
    rounding_source: str
    has_base: bool = False
    origin_um: tuple[float, float, float] = (0.0, 0.0, 0.0)
    size_um: Floats | None = None
    upside_down: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


class LayerFile(Protocol):
    """One layer in files that were opened but not yet read: which design and layer they claim to be."""

    @property
    def format(self) -> str:
        """Name of the format, as in the exporters."""

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that hold the layer; the first stands for all in messages."""

    @property
    def tag(self) -> HeaderTag | None:
        """Design and layer by what the files say; None where they don't."""

    @property
    def title(self) -> str:
        """What stands where the design should be named, for the message that it is not."""

    def read(self, design: Design, layer: int) -> LayerReading:
        """Read the layer on the pixels of a design.

        Raises:
            FileFormatError: the files are damaged, or show no relief on square pixels.
        """
