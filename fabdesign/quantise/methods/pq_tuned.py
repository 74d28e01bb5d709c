"""PQ at its best: rounded on the circle, with the free phase of each layer chosen to lose least."""

from dataclasses import dataclass

from jaxtyping import UInt8
from torch import Tensor

from fabdesign.quantise.methods import none
from fabdesign.quantise.options import number
from fabdesign.quantise.rounding import best_offset, nearest_on_circle


@dataclass(frozen=True)
class Options(none.Options):
    """The start, and how finely the free phase is searched."""

    offsets: float = number(64, "phases of a layer that are tried", low=1, high=4096)


class TunedPostQuantisation(none.FullPrecision):
    """Train continuous phases; then round to the process's levels, each layer turned by the best phase.

    A phase that is constant over a layer changes no intensity, so each layer may be turned as a whole before
    it is rounded; the turn with the least mean square error of the transmission is taken.
    """

    name = "pq-tuned"
    Options = Options

    def hard_levels(self) -> UInt8[Tensor, "layer y x"]:
        phase = self.weight.detach()
        turned = phase + best_offset(phase, self.level_phase_rad, int(self.options.offsets))
        return nearest_on_circle(turned.cos(), turned.sin(), self.level_phase_rad)
