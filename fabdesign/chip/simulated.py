"""A simulated chip: a design with the errors of one seed, behind the seam of an instrument."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fabdesign.chip.design import MeshDesign
from fabdesign.chip.forward import Forward
from fabdesign.chip.variation import ErrorModel, draw_errors, stream
from fabdesign.errors import ConfigError

Floats = NDArray[np.float64]
_REBUILD_SHARE = 0.05


class SimulatedChip:
    """An instrument that computes what a chip with fixed errors would measure.

    Args:
        design: what was to be made; its phases are commanded at first.
        model: how chips differ from designs.
        seed: which chip.
    """

    def __init__(self, design: MeshDesign, model: ErrorModel | None = None, seed: int = 0) -> None:
        self.design = design
        self.model = ErrorModel() if model is None else model
        self.seed = seed
        self.errors = draw_errors(design.physical, design.active, self.model, seed)
        self._active = np.flatnonzero(design.active)
        self._commanded = design.phase_rad.copy()
        self._drive = self.errors.drive(self._commanded)
        self._walk = stream(seed, "drift")
        self._drifted = np.zeros(len(self._commanded))
        self._measured = 0
        self._forward = Forward(
            design.physical,
            design.sign,
            self.errors.blocks(self._phases()),
            noise=self.model.detector_std,
            seed=int(stream(seed, "noise").integers(2**62)),
        )

    @property
    def phase_count(self) -> int:
        """The number of active phases."""
        return len(self._active)

    def set_phases(self, phase_rad: Floats) -> None:
        """Command the active phases; what few changes touch is found and computed anew, and nothing else.

        Raises:
            ConfigError: their number is wrong, or one is no number.
        """
        if phase_rad.shape != self._active.shape or not np.isfinite(phase_rad).all():
            raise ConfigError(
                f"This chip takes {self.phase_count} finite phases; got shape {list(phase_rad.shape)}."
            )
        changed = self._active[phase_rad != self._commanded[self._active]]
        if len(changed) == 0:
            return
        self._commanded[self._active] = phase_rad
        self._drive = self.errors.drive(self._commanded)
        if len(changed) > _REBUILD_SHARE * len(self._commanded):
            self._forward.set_all(self.errors.blocks(self._phases()))
            return
        victims = self.errors.crosstalk.victims
        touched = np.unique(np.concatenate([victims[device] for device in changed]))
        self._forward.set_some(touched, self.errors.blocks(self._phases(touched), touched))

    def measure(self, inputs: Floats) -> Floats:
        """Send examples and detect the outputs, [example, output].

        Raises:
            ConfigError: the inputs do not fit the chip.
        """
        ports = self.design.physical.sizes[0]
        if inputs.ndim != 2 or inputs.shape[1] != ports or not np.isfinite(inputs).all():
            raise ConfigError(f"This chip takes finite inputs [n, {ports}]; got shape {list(inputs.shape)}.")
        self._drift()
        return self._forward.run(inputs)

    def phases(self) -> Floats:
        """The real phase of every device, which no instrument would tell, [phase]."""
        return self._phases() + self.errors.bias_rad

    def _phases(self, devices: NDArray[np.int64] | slice = slice(None)) -> Floats:
        return self.errors.crosstalk.spread(self._drive, devices) + self._drifted[devices]

    def _drift(self) -> None:
        self._measured += 1
        if self.model.drift_rad > 0 and self._measured % self.model.drift_queries == 0:
            self._drifted += self.model.drift_rad * self._walk.standard_normal(len(self._drifted))
            self._forward.set_all(self.errors.blocks(self._phases()))
