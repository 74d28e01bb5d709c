"""GS: hard Gumbel-softmax over the levels (Jang et al., arXiv 1611.01144; QuATON's baseline)."""

from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Complex, Float, UInt8
from torch import Tensor, nn

from fabdesign.process import LevelTable
from fabdesign.quantise.base import Quantiser, Shape
from fabdesign.quantise.options import number, word
from fabdesign.quantise.relaxed import Relaxed


@dataclass(frozen=True)
class Options:
    """How samples are drawn."""

    tau: float = number(1.0, "temperature of the softmax", low=1e-3, high=1e3)
    final: str = word(
        "sample",
        "levels at the end: one more draw, as in the paper's code, or the likeliest",
        choices=("sample", "argmax"),
    )


def gumbel(shape: tuple[int, ...], generator: torch.Generator) -> Float[Tensor, "..."]:
    """Draw standard Gumbel noise, −log(−log U)."""
    uniform = torch.rand(shape, generator=generator).clamp_(1e-20, 1 - 1e-7)
    return -torch.log(-torch.log(uniform))


class GumbelSoftmax(Quantiser):
    """One logit per pixel and level; each step draws one level and differentiates the softmax."""

    name = "gs"
    uses_table = "paper"
    Options = Options

    def __init__(self, shape: Shape, table: LevelTable, seed: int, options: Any) -> None:
        super().__init__(shape, table, seed, options)
        self.logits = nn.Parameter(torch.randn(table.n, *shape, generator=self._generator()))

    def one_hot(self, generator: torch.Generator) -> Float[Tensor, "level layer y x"]:
        """Draw a level per pixel as 0 and 1, with the gradient of the softmax."""
        noisy = self.logits + gumbel(tuple(self.logits.shape), generator).to(self.logits.device)
        soft = (noisy / self.options.tau).softmax(0)
        hard = torch.zeros_like(soft).scatter_(0, noisy.argmax(0, keepdim=True), 1.0)
        straight: Tensor = soft + (hard - soft).detach()
        return straight

    def transmission(
        self,
        progress: float,
        generator: torch.Generator | None = None,
    ) -> Complex[Tensor, "layer y x"]:
        return self._phase_of(self.one_hot(generator if generator is not None else self._generator()))

    def relaxed(self, progress: float, generator: torch.Generator | None = None) -> Relaxed:
        drawn = self.one_hot(generator if generator is not None else self._generator())
        return Relaxed(drawn, self._phase_of(drawn))

    def _phase_of(self, drawn: Float[Tensor, "level layer y x"]) -> Complex[Tensor, "layer y x"]:
        phase = torch.einsum("nlyx,n->lyx", drawn, self.level_phase_rad)
        return torch.polar(torch.ones_like(phase), phase)

    def hard_levels(self) -> UInt8[Tensor, "layer y x"]:
        logits = self.logits.detach()
        if self.options.final == "sample":
            logits = logits + gumbel(tuple(logits.shape), self._generator()).to(logits.device)
        return logits.argmax(0).to(torch.uint8)
