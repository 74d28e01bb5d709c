import torch

from benchmarks.train_step.contenders.torch_network import TorchNetwork
from benchmarks.train_step.setting import DISTANCE_UM, LAYERS, SPACING_UM, WAVELENGTH_UM
from fabdesign.optics import Grid, Slab, build_kernel, diffract, intensity, propagate, tune_allocator


class Contender(TorchNetwork):
    """fabdesign.optics.diffract as `fabdesign train` uses it."""

    label = "**fabdesign**"
    package = "fabdesign"
    padding = "exact"

    def build(self) -> None:
        tune_allocator()
        n = self.setting.samples
        self.grid = Grid((n, n), SPACING_UM)
        self.kernels = [self.kernel(DISTANCE_UM)] * (LAYERS + 1)
        self.phases = torch.nn.Parameter(torch.from_numpy(self.setting.phases()))
        self.optimise([self.phases])

    def kernel(self, distance_um: float):
        return build_kernel(self.grid, [Slab(distance_um, 1.0)], WAVELENGTH_UM)

    def light(self, fields: torch.Tensor) -> torch.Tensor:
        transmission = torch.polar(torch.ones_like(self.phases), self.phases)
        return diffract(fields, transmission, self.kernels)

    def intensity(self, out: torch.Tensor) -> torch.Tensor:
        return intensity(out)

    def propagated(self, field: torch.Tensor, distance_um: float) -> torch.Tensor:
        return propagate(field, self.kernel(distance_um))
