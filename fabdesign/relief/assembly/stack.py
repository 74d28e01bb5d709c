"""All layers as one solid: plates with their reliefs, carried by posts on frames, at the design's distances."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from fabdesign.design import Physical
from fabdesign.errors import ConfigError
from fabdesign.process import Profile
from fabdesign.relief.assembly.assembled import Assembled
from fabdesign.relief.assembly.assembly import Assembly
from fabdesign.relief.assembly.drains import refuse_trapped
from fabdesign.relief.assembly.limits import hold
from fabdesign.relief.assembly.outline import Outline, in_pixels, openings
from fabdesign.relief.assembly.spaces import Planes, stack_planes
from fabdesign.relief.assembly.storey import Heights, Mask, Storey
from fabdesign.relief.assembly.supports import Supports
from fabdesign.relief.relief import PM_PER_UM, Relief

_LEAST_POST_PIXELS = 2
_PRINTS_OVERHANGS = ("2pp", "ideal")
_STOP = (
    "Light outside the aperture passes the clear rim of every plate; the design takes the input plane as opaque "
    "there: put a stop before the stack."
)


def make_stack(
    relief: Relief,
    physical: Physical,
    supports: Supports,
    profile: Profile | None = None,
    *,
    exact: bool = False,
) -> Assembly:
    """Put all layers of a design together as one solid.

    z = 0 is what the stack stands on. Each base lies at its design height; on its rim stand a frame and posts
    that carry the next base; a foot of the same make holds the gap before the first layer. The frame of the
    last plate has a notch at the corner of pixel (0, 0).

    Args:
        relief: the levels of all layers.
        physical: the distances between them.
        supports: lengths of frame and posts.
        profile: the process that will print it.
        exact: pull no corners in.

    Raises:
        ConfigError: the record has no distances or slabs that cannot be printed, a relief or a frame does not
            fit its gap, resin cannot leave, or a known limit of the process is exceeded.
    """
    relief.require_base()
    if profile is not None and profile.kind not in _PRINTS_OVERHANGS:
        raise ConfigError(
            f"A stack has overhangs, which {profile.name} ({profile.kind}) cannot make.",
            hint="Use two-photon polymerisation, or --assembly plates.",
        )
    plan = _Plan(relief, stack_planes(physical, relief.layers), supports)
    storeys = tuple(plan.storeys())
    for storey in storeys[:-1]:
        refuse_trapped(storey, relief.pitch_pm, plan.pm(supports.drain.value))
    solid = Assembled(storeys, plan.outline.shape, relief.pitch_pm, exact)
    return Assembly("stack", solid, 1, plan.facts(solid), (*plan.warnings(solid), _STOP))


@dataclass(frozen=True, eq=False)
class _Plan:
    relief: Relief
    planes: Planes
    supports: Supports

    @staticmethod
    def pm(length_um: float) -> int:
        """A length in pm, rounded."""
        return round(length_um * PM_PER_UM)

    @cached_property
    def gap_pm(self) -> int:
        """The tallest post."""
        return max(self.planes.gaps_pm)

    @cached_property
    def post(self) -> int:
        """Width of a post in pixels."""
        stated = self.supports.post
        width_um = self.gap_pm / PM_PER_UM / self.supports.post_aspect.value if stated is None else stated.value
        return in_pixels(width_um, self.relief.pitch_pm, least=_LEAST_POST_PIXELS)

    @cached_property
    def outline(self) -> Outline:
        """The plate seen from above."""
        clearance = in_pixels(self.supports.clearance.value, self.relief.pitch_pm, least=1)
        return Outline(self.relief.pixels, clearance, self.post + 1)

    @cached_property
    def span(self) -> float:
        """The widest opening between posts, in pixels."""
        limit = self.supports.limits.span_max_um
        return np.inf if limit is None else limit.value * PM_PER_UM / self.relief.pitch_pm

    @cached_property
    def posts(self) -> Mask:
        """Posts of every storey that carries another."""
        return self.outline.posts(self.post, min(self.span, 1e9))

    @cached_property
    def ring(self) -> Mask:
        """Where frames stand."""
        return self.outline.ring_mask()

    def frame_pm(self, gap_pm: int) -> int:
        """Height of a frame in a gap: as stated, else that of the base, as far as the drain leaves room."""
        if self.supports.frame is not None:
            return self.pm(self.supports.frame.value)
        return max(0, min(self.relief.base_pm, gap_pm - self.pm(self.supports.drain.value)))

    def storeys(self) -> list[Storey]:
        """Foot, if there is one, and a storey for each layer."""
        storeys, none = [], np.zeros(self.outline.shape, dtype=np.bool_)
        held = none
        if self.planes.bottom_pm[0]:
            storeys.append(self.foot())
            held = self.posts
        ends = (*self.planes.bottom_pm[1:], None)
        for layer, (bottom_pm, ceiling_pm) in enumerate(zip(self.planes.bottom_pm, ends, strict=True)):
            posts = none if ceiling_pm is None else self.posts
            storeys.append(Storey(self.tops(layer, ceiling_pm), bottom_pm, held, posts))
            held = posts
        return storeys

    def foot(self) -> Storey:
        """A frame and posts that hold the first base above the substrate."""
        gap_pm = self.planes.bottom_pm[0]
        top = np.where(self.ring, self.frame_pm(gap_pm), 0)
        self._refuse_tall_frame(self.frame_pm(gap_pm), gap_pm)
        top[self.posts] = gap_pm
        return Storey(top, 0, np.zeros_like(self.ring), self.posts)

    def tops(self, layer: int, ceiling_pm: int | None) -> Heights:
        """Height of every pixel of a layer's storey: base, relief, frame and posts."""
        plane_pm = self.planes.modulation_pm[layer]
        heights_pm = self.relief.height_of_level_pm[layer][self.relief.levels[layer]]
        gap_pm = None if ceiling_pm is None else ceiling_pm - plane_pm
        frame_pm = self.frame_pm(self.gap_pm if gap_pm is None else gap_pm)
        top = np.full(self.outline.shape, plane_pm, dtype=np.int64)
        top[self.outline.window] += heights_pm
        top[self.ring] += frame_pm
        if gap_pm is None or ceiling_pm is None:
            top[: self.outline.ring, : self.outline.ring] = plane_pm
            return top
        self._refuse_tall_frame(frame_pm, gap_pm)
        if int(heights_pm.max()) >= gap_pm:
            raise ConfigError(
                f"The relief of layer {layer} must end below the next base, {gap_pm / PM_PER_UM:g} um above its own; "
                f"it is {int(heights_pm.max()) / PM_PER_UM:g} um tall.",
                hint="Train with a larger gap or a thinner base.",
            )
        top[self.posts] = ceiling_pm
        return top

    @staticmethod
    def _refuse_tall_frame(frame_pm: int, gap_pm: int) -> None:
        if frame_pm >= gap_pm:
            raise ConfigError(
                f"The frame must be lower than the gap it stands in, {gap_pm / PM_PER_UM:g} um; got "
                f"{frame_pm / PM_PER_UM:g} um.",
                hint="Lower it: -o frame_um=2, say.",
            )

    @cached_property
    def span_um(self) -> float:
        """The widest unsupported span: between posts on a side, or across the plate on its shorter way."""
        sides = [opening for length in self.outline.shape for opening in openings(length, self.post, self.span_px)]
        across = min(self.outline.shape) - 2 * self.outline.ring
        return max(*sides, across) * self.relief.pitch_um

    @property
    def span_px(self) -> float:
        """The widest opening asked for, in pixels."""
        return min(self.span, 1e9)

    @property
    def drain_um(self) -> float:
        """The narrowest opening between posts."""
        sides = (openings(length, self.post, self.span_px) for length in self.outline.shape)
        return min(min(side) for side in sides) * self.relief.pitch_um

    @property
    def aspect(self) -> float:
        """Height / width of the tallest post."""
        return self.gap_pm / (self.post * self.relief.pitch_pm)

    def warnings(self, solid: Assembled) -> list[str]:
        """Assumed limits that are exceeded."""
        limits = self.supports.limits
        return [
            *hold("The stack is tall:", solid.height_pm / PM_PER_UM, limits.height_max_um),
            *hold("A plate spans without support:", self.span_um, limits.span_max_um),
            *hold("A post is slender:", self.aspect, limits.post_aspect_max, "times its width"),
        ]

    def facts(self, solid: Assembled) -> dict[str, Any]:
        """Lengths and where the planes of the design lie."""
        pitch_um, planes, chosen = self.relief.pitch_um, self.planes, self.supports
        gaps = [gap for gap in planes.gaps_pm if gap]
        return {
            "z0": "what the stack stands on",
            "input_plane_um": planes.input_pm / PM_PER_UM,
            "base_bottom_um": [z / PM_PER_UM for z in planes.bottom_pm],
            "modulation_plane_um": [z / PM_PER_UM for z in planes.modulation_pm],
            "detector_plane_um": planes.detector_pm / PM_PER_UM,
            "size_um": list(solid.size_um),
            "clearance_um": self.outline.clearance * pitch_um,
            "clearance_source": chosen.clearance.source,
            "frame_width_um": self.outline.ring * pitch_um,
            "frame_height_um": [self.frame_pm(gap) / PM_PER_UM for gap in gaps],
            "post_width_um": self.post * pitch_um,
            "post_height_um": [gap / PM_PER_UM for gap in gaps],
            "posts_per_gap": self._posts_per_gap(),
            "post_aspect": self.aspect,
            "span_um": self.span_um,
            "drain_um": self.drain_um,
            "drain_least_um": chosen.drain.value,
            "drain_source": chosen.drain.source,
        }

    def _posts_per_gap(self) -> int:
        return int(np.count_nonzero(self.posts)) // self.post**2
