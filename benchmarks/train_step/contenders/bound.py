import torch

from benchmarks.train_step.contenders.plain import Contender as Plain
from benchmarks.train_step.setting import LAYERS

PROPAGATIONS = 2 * LAYERS + 1
"""Forward through every gap, backward through all but the first."""


class Contender(Plain):
    """The transforms of a step and nothing else: what no formulation with 2N transforms can go below."""

    label = "transforms alone (bound)"

    def build(self) -> None:
        super().build()
        n = 2 * self.setting.samples
        self.at_once = max(1, 65_536 // n**2)
        self.padded = torch.zeros(self.at_once, n, n, dtype=torch.complex64)

    def step(self) -> float:
        with torch.no_grad():
            for _ in range(PROPAGATIONS * self.setting.batch // self.at_once):
                torch.fft.ifft2(torch.fft.fft2(self.padded), norm="forward")
        return 0.0
