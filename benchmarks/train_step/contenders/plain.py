import math

import torch

from benchmarks.train_step.contenders.torch_network import TorchNetwork
from benchmarks.train_step.setting import DISTANCE_UM, LAYERS, SPACING_UM, WAVELENGTH_UM


class Contender(TorchNetwork):
    """What one writes first: torch.fft.fft2, a transfer function, autograd."""

    label = "plain torch.fft loop"
    package = "torch"
    padding = "2N"

    def build(self) -> None:
        self.transfer = self.transfer_function(DISTANCE_UM)
        self.phases = torch.nn.Parameter(torch.from_numpy(self.setting.phases()))
        self.optimise([self.phases])

    def transfer_function(self, distance_um: float) -> torch.Tensor:
        f = torch.fft.fftfreq(2 * self.setting.samples, SPACING_UM, dtype=torch.float64)
        root = torch.sqrt(WAVELENGTH_UM**-2 - f[:, None] ** 2 - f[None, :] ** 2)
        return torch.exp(2j * math.pi * distance_um * root).to(torch.complex64)

    def convolved(self, field: torch.Tensor, transfer: torch.Tensor) -> torch.Tensor:
        n = self.setting.samples
        return torch.fft.ifft2(torch.fft.fft2(field, s=(2 * n, 2 * n)) * transfer)[..., :n, :n]

    def light(self, fields: torch.Tensor) -> torch.Tensor:
        for layer in range(LAYERS):
            fields = self.convolved(fields, self.transfer) * torch.exp(1j * self.phases[layer])
        return self.convolved(fields, self.transfer)

    def propagated(self, field: torch.Tensor, distance_um: float) -> torch.Tensor:
        return self.convolved(field, self.transfer_function(distance_um))
