import math
import warnings

import torch
from svetlanna import Parameter, SimulationParameters, Wavefront
from svetlanna.elements import DiffractiveLayer, FreeSpace

from benchmarks.train_step.contenders.torch_network import TorchNetwork
from benchmarks.train_step.setting import DISTANCE_UM, SPACING_UM, WAVELENGTH_UM


class Contender(TorchNetwork):
    """SVETlANNa's zero-padded angular spectrum."""

    label = "SVETlANNa, zpASM"
    package = "svetlanna"
    padding = "2N"

    def build(self) -> None:
        warnings.simplefilter("ignore")
        n = self.setting.samples
        axis = (torch.arange(n) - (n - 1) / 2) * SPACING_UM
        self.parameters = SimulationParameters(x=axis, y=axis, wavelength=WAVELENGTH_UM)
        elements = []
        for phases in self.setting.phases():
            mask = Parameter(torch.from_numpy(phases))
            elements += [self.space(DISTANCE_UM), DiffractiveLayer(self.parameters, mask, 2 * math.pi)]
        self.network = torch.nn.Sequential(*elements, self.space(DISTANCE_UM))
        self.optimise(self.network.parameters())

    def space(self, distance_um: float) -> FreeSpace:
        return FreeSpace(self.parameters, distance_um, "zpASM")

    def light(self, fields: torch.Tensor) -> torch.Tensor:
        return torch.Tensor(self.network(Wavefront(fields)))

    def propagated(self, field: torch.Tensor, distance_um: float) -> torch.Tensor:
        return torch.Tensor(self.space(distance_um)(Wavefront(field)))
