"""The digital twin: the network as designed, with estimated phase errors, and its gradient."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fabdesign.chip.chain import Chain
from fabdesign.chip.design import MeshDesign
from fabdesign.chip.forward import Forward
from fabdesign.chip.mzi import rotator

Floats = NDArray[np.float64]


class Twin:
    """What is known of a chip without looking into it.

    Args:
        design: what was to be made.
    """

    def __init__(self, design: MeshDesign) -> None:
        self.design = design
        self.offset_rad: Floats = np.zeros(len(design.phase_rad))
        """Estimated deviation of every phase, passive ones too, [phase]."""
        gain = np.where(design.physical.is_attenuator, design.physical.attenuator_gain, 1.0)
        self._gain = gain[:, None, None]
        self._forward = Forward(design.physical, design.sign, rotator(design.phase_rad) * self._gain)

    def phases(self, active_rad: Floats) -> Floats:
        """All phases for given active ones, [phase]."""
        phases = self.design.phase_rad.copy()
        phases[self.design.active] = active_rad
        return phases + self.offset_rad

    def outputs(self, active_rad: Floats, inputs: Floats) -> Floats:
        """What the twin would measure, [example, output]."""
        self._set(active_rad)
        return self._forward.run(inputs)

    def gradient(
        self, active_rad: Floats, inputs: Floats, cotangent: Callable[[Floats], Floats]
    ) -> tuple[Floats, Floats]:
        """Differentiate a function of the outputs.

        Args:
            active_rad: [active phase].
            inputs: [example, input].
            cotangent: from the twin's outputs to the derivative by each output, both [example, output]; it
                may ignore them and use measured ones (physics-aware training, Wright et al., Nature 2022).

        Returns:
            The twin's outputs, and the derivative by every phase, active or not, [phase].
        """
        self._set(active_rad)
        physical, chains = self.design.physical, self._forward.chains
        sent, amplitudes = np.ascontiguousarray(inputs.T), []
        for chain in chains:
            amplitudes.append(chain.signs_u * chain.all_fields(sent)[-1])
            sent = np.clip(self._detected(amplitudes[-1]), 0.0, physical.activation_cap)
        outputs = self._detected(amplitudes[-1])
        back = cotangent(outputs.T).T
        gradient = np.empty(physical.phase_count)
        for layer, chain, amplitude in zip(
            reversed(physical.layers), reversed(chains), reversed(amplitudes), strict=True
        ):
            if chain is not chains[-1]:
                detected = self._detected(amplitude)
                back = back * ((detected > 0) & (detected < physical.activation_cap))
            if physical.detection == "power":
                back = 2 * amplitude * back
            here = slice(layer.first, layer.u_phases.stop)
            back = backward(chain, back, gradient[here])
        return outputs.T, gradient

    def active_gradient(
        self, active_rad: Floats, inputs: Floats, cotangent: Callable[[Floats], Floats]
    ) -> tuple[Floats, Floats]:
        """As `gradient`, the derivative by the active phases only."""
        outputs, gradient = self.gradient(active_rad, inputs, cotangent)
        return outputs, gradient[self.design.active]

    def _detected(self, amplitude: Floats) -> Floats:
        return amplitude**2 if self.design.physical.detection == "power" else amplitude

    def _set(self, active_rad: Floats) -> None:
        self._forward.set_all(rotator(self.phases(active_rad)) * self._gain)


def backward(chain: Chain, cotangent: Floats, gradient: Floats) -> Floats:
    """Take a derivative by a layer's outputs back to its inputs and its phases.

    A rotator turns (t, b) into (t′, b′); ∂t′/∂φ = −b′ and ∂b′/∂φ = t′. An attenuator m cos φ has −m sin φ.

    Args:
        chain: a layer of ideal devices, after `Chain.all_fields`.
        cotangent: by each output, [port, example].
        gradient: filled with the derivative by each phase of the layer, [phase].

    Returns:
        By each input, [port, example].
    """
    back = chain.signs_u * cotangent
    for number in range(len(chain.stages) - 1, -1, -1):
        start, stop, first, last = chain.stages[number]
        if number == chain.gain_stage:
            slope = -chain.blocks[1, 0, first:last] * chain.signs_v
            gradient[first:last] = np.einsum("ij,ij->i", slope * back[:stop], chain.fields[number][:stop])
        else:
            after = chain.fields[number + 1]
            lower, upper = slice(start, stop, 2), slice(start + 1, stop, 2)
            turned = back[upper] * after[lower] - back[lower] * after[upper]
            gradient[first:last] = turned.sum(axis=1)
        back = chain.back(number, back)
    return back
