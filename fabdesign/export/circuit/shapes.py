"""The five masks of a chip, gathered as integer shapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from fabdesign.errors import ConfigError
from fabdesign.export.circuit.curves import Points
from fabdesign.export.circuit.sizes import Sizes
from fabdesign.formats.drawing import Polygon, Rectangles, Shape

MaskName = Literal["waveguide", "heater", "via", "metal", "pad"]
MASKS: tuple[MaskName, ...] = ("waveguide", "heater", "via", "metal", "pad")
"""In the order in which a chip is made."""
DATA, MARKS = 0, 1
RESERVED = (10, 11, 12, 13, 14, 127)
"""Layers of outlines, of copies of the marks, and of notes."""

Box = tuple[int, int, int, int]


@dataclass
class Shapes:
    """Boxes and polygons by mask, in the order in which they were drawn.

    Args:
        sizes: the process, for layers and the limit of corners.
    """

    sizes: Sizes
    boxes: dict[MaskName, list[Box]] = field(default_factory=lambda: {name: [] for name in MASKS})
    polygons: dict[MaskName, list[Points]] = field(default_factory=lambda: {name: [] for name in MASKS})

    def box(self, mask: MaskName, x0: int, y0: int, x1: int, y1: int) -> None:
        """Draw a rectangle."""
        self.boxes[mask].append((x0, y0, x1, y1))

    def polygon(self, mask: MaskName, points: Points, x: int = 0, y: int = 0) -> None:
        """Draw a polygon, moved to a place; a rectangle becomes one."""
        moved = points + np.array([x, y])
        if len(points) == 4 and _is_box(points):
            low, high = moved.min(axis=0).tolist(), moved.max(axis=0).tolist()
            self.box(mask, low[0], low[1], high[0], high[1])
        else:
            self.polygons[mask].append(moved)

    def drawn(self) -> Iterator[Shape]:
        """All shapes, mask by mask.

        Raises:
            ConfigError: a polygon has more corners than the process takes.
        """
        limit = self.sizes.profile.limits.max_vertices
        for mask in MASKS:
            layer = self.sizes.layer(mask)
            if self.boxes[mask]:
                yield Rectangles(layer, DATA, np.array(self.boxes[mask], np.int64))
            for points in self.polygons[mask]:
                if limit is not None and len(points) > limit.value:
                    raise ConfigError(
                        f"A {mask} has {len(points)} corners; {self.sizes.profile.name} takes "
                        f"{limit.value:g}.",
                        hint="Raise limits.max_vertices if the machine takes more (GDSII holds 8190).",
                    )
                yield Polygon(layer, DATA, points)

    def count(self, mask: MaskName) -> int:
        """How many shapes a mask has."""
        return len(self.boxes[mask]) + len(self.polygons[mask])

    def area_um2(self, mask: MaskName) -> float:
        """Drawn area of a mask; its shapes do not overlap."""
        boxes = np.array(self.boxes[mask], np.int64).reshape(-1, 4)
        total = float(((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])).sum())
        for points in self.polygons[mask]:
            x, y = points.T
            total += abs(float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))) / 2
        return total * self.sizes.unit_um**2


def _is_box(points: Points) -> bool:
    return len(np.unique(points[:, 0])) == 2 and len(np.unique(points[:, 1])) == 2
