import torch
from lightridge.layers import DiffractLayer_Raw

from benchmarks.train_step.contenders.torch_network import TorchNetwork
from benchmarks.train_step.setting import DISTANCE_UM, LAYERS, SPACING_UM, WAVELENGTH_UM


class Contender(TorchNetwork):
    """LightRidge's raw layers with their Rayleigh–Sommerfeld kernel, padding set to 2N (4N by default)."""

    label = "LightRidge, Sommerfeld"
    package = "lightridge"
    padding = "2N (set)"

    def build(self) -> None:
        layers = [self.layer(DISTANCE_UM, number < LAYERS) for number in range(LAYERS + 1)]
        self.network = torch.nn.Sequential(*layers)
        for layer, phases in zip(layers, self.setting.phases(), strict=False):
            layer.phase.data.copy_(torch.from_numpy(phases))
        self.optimise(p for p in self.network.parameters() if p.requires_grad)

    def layer(self, distance_um: float, phase: bool) -> DiffractLayer_Raw:
        n = self.setting.samples
        return DiffractLayer_Raw(
            wavelength=WAVELENGTH_UM * 1e-6,
            pixel_size=SPACING_UM * 1e-6,
            size=n,
            pad=n // 2,
            distance=distance_um * 1e-6,
            amplitude_factor=1,
            approx="Sommerfeld",
            phase_mod=phase,
        )

    def light(self, fields: torch.Tensor) -> torch.Tensor:
        return self.network(fields)

    def propagated(self, field: torch.Tensor, distance_um: float) -> torch.Tensor:
        return self.layer(distance_um, False)(field)
