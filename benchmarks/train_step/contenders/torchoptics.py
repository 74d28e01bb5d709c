import torch
from torchoptics import Field
from torchoptics.elements import PhaseModulator

from benchmarks.train_step.contenders.torch_network import TorchNetwork
from benchmarks.train_step.setting import DISTANCE_UM, SPACING_UM, WAVELENGTH_UM


class Contender(TorchNetwork):
    """torchoptics' angular spectrum, padding set to 2N (5N by default)."""

    label = "torchoptics, ASM"
    package = "torchoptics"
    padding = "2N (set)"

    def build(self) -> None:
        self.layers = torch.nn.ModuleList(
            PhaseModulator(
                torch.nn.Parameter(torch.from_numpy(phases)), z=(k + 1) * DISTANCE_UM, spacing=SPACING_UM
            )
            for k, phases in enumerate(self.setting.phases())
        )
        self.optimise(self.layers.parameters())

    def moved(self, field: Field, z_um: float) -> Field:
        half = self.setting.samples // 2
        return field.propagate_to_z(z_um, propagation_method="ASM", asm_pad=(half, half))

    def start(self, fields: torch.Tensor) -> Field:
        return Field(fields, wavelength=WAVELENGTH_UM, z=0.0, spacing=SPACING_UM)

    def light(self, fields: torch.Tensor) -> torch.Tensor:
        field = self.start(fields)
        for layer in self.layers:
            field = layer(self.moved(field, float(layer.z)))
        field = self.moved(field, (len(self.layers) + 1) * DISTANCE_UM)
        self.dtype = str(field.data.dtype).removeprefix("torch.")
        return field.data

    def propagated(self, field: torch.Tensor, distance_um: float) -> torch.Tensor:
        return self.moved(self.start(field), distance_um).data
