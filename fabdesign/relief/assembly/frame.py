"""Frame and posts of a stack: how wide, how tall, how many, and what spans between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from fabdesign.errors import ConfigError
from fabdesign.relief.assembly.limits import hold
from fabdesign.relief.assembly.outline import Outline, in_pixels, openings
from fabdesign.relief.assembly.storey import Mask
from fabdesign.relief.assembly.supports import Supports
from fabdesign.relief.relief import PM_PER_UM, Relief

_LEAST_POST_PIXELS = 2


@dataclass(frozen=True, eq=False)
class Frame:
    """What carries the layers of a stack.

    Args:
        relief: the layers.
        supports: lengths and limits.
        gap_pm: the widest gap, the height of the tallest post.
    """

    relief: Relief
    supports: Supports
    gap_pm: int

    @cached_property
    def post(self) -> int:
        """Width of a post in pixels."""
        stated = self.supports.post
        least_um = self.gap_pm / PM_PER_UM / self.supports.post_aspect.value
        width_um = least_um if stated is None else stated.value
        return in_pixels(width_um, self.relief.pitch_pm, least=_LEAST_POST_PIXELS)

    @cached_property
    def outline(self) -> Outline:
        """The plate seen from above."""
        clearance = in_pixels(self.supports.clearance.value, self.relief.pitch_pm, least=1)
        return Outline(self.relief.pixels, clearance, self.post + 1)

    @cached_property
    def posts(self) -> Mask:
        """Posts between two plates, bool [y, x]."""
        return self.outline.posts(self.post, self._span)

    @cached_property
    def ring(self) -> Mask:
        """Where the frame stands, bool [y, x]."""
        return self.outline.ring_mask()

    @property
    def span_um(self) -> float:
        """The widest span without support: between posts of a side, or across a plate on its shorter way."""
        across = min(self.outline.shape) - 2 * self.outline.ring
        return max(*self._openings, across) * self.relief.pitch_um

    @property
    def drain_um(self) -> float:
        """The narrowest opening between posts."""
        return min(self._openings) * self.relief.pitch_um

    @property
    def aspect(self) -> float:
        """Height / width of the tallest post."""
        return self.gap_pm / (self.post * self.relief.pitch_pm)

    def height_pm(self, gap_pm: int) -> int:
        """Height of the frame in a gap: as stated, else that of the base as far as the drain leaves room.

        Raises:
            ConfigError: the stated one fills the gap.
        """
        if self.supports.frame is None:
            return max(0, min(self.relief.base_pm, gap_pm - round(self.supports.drain.value * PM_PER_UM)))
        height_pm = round(self.supports.frame.value * PM_PER_UM)
        if height_pm >= gap_pm:
            raise ConfigError(
                f"The frame must be lower than the gap it stands in, {gap_pm / PM_PER_UM:g} um; got "
                f"{height_pm / PM_PER_UM:g} um.",
                hint="Lower it: -o frame_um=2, say.",
            )
        return height_pm

    def warnings(self, height_pm: int) -> list[str]:
        """Assumed limits of the process that a stack of this height exceeds.

        Raises:
            ConfigError: it exceeds a known one.
        """
        limits = self.supports.limits
        return [
            *hold("The stack is tall:", height_pm / PM_PER_UM, limits.height_max_um),
            *hold("A plate spans without support:", self.span_um, limits.span_max_um),
            *hold("A post is slender, its height is", self.aspect, limits.post_aspect_max, "widths"),
        ]

    def facts(self) -> dict[str, Any]:
        """Lengths and their sources, plain JSON values."""
        pitch_um, chosen = self.relief.pitch_um, self.supports
        return {
            "clearance_um": self.outline.clearance * pitch_um,
            "clearance_source": chosen.clearance.source,
            "frame_width_um": self.outline.ring * pitch_um,
            "post_width_um": self.post * pitch_um,
            "post_aspect": self.aspect,
            "posts_per_gap": int(np.count_nonzero(self.posts)) // self.post**2,
            "span_um": self.span_um,
            "drain_um": self.drain_um,
            "drain_least_um": chosen.drain.value,
            "drain_source": chosen.drain.source,
        }

    @property
    def _span(self) -> float:
        """The widest opening asked for, in pixels."""
        limit = self.supports.limits.span_max_um
        return float(sum(self.outline.shape)) if limit is None else limit.value / self.relief.pitch_um

    @cached_property
    def _openings(self) -> list[int]:
        return [gap for length in self.outline.shape for gap in openings(length, self.post, self._span)]
