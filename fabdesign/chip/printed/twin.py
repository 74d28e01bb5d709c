"""A printed stack as it is thought to be: differentiable by its errors, its element and one layer's heights.

A blurred layer has the height ``h(y, x) = Σ_ij R_y[y, i] h_ij R_x[x, j]`` with
``R[x, j] = Φ((x - s - x_j)/σ) - Φ((x - s - x_(j+1))/σ)``: a pixel between its edges x_j and x_(j+1),
displaced by s and convolved with a Gaussian of deviation σ; the rim goes on outwards. Places of whole layers
act on the light between them instead: ``H(f)·exp(-2πi f·(s - s'))`` from a plane at s to one at s'.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fabdesign.chip.printed.element import ZonePlate
from fabdesign.chip.printed.errors import TERMS, PrintErrors
from fabdesign.chip.printed.stack import Windows
from fabdesign.chip.printed.zernike import wavefronts
from fabdesign.design import Design
from fabdesign.errors import ConfigError
from fabdesign.network import Bench
from fabdesign.network.layers import ThinLayers
from fabdesign.optics import intensity
from fabdesign.optics.propagation import convolve

Floats = NDArray[np.float64]
FINE = 4
"""Points along the side of a sample at which the blurred relief is computed."""
LEAST_BLUR = 0.02
"""Blur that is always there, in pixels, so that slopes by blur and displacement exist."""


class StackTwin:
    """The model of a print that is fitted to it and then followed.

    Args:
        design: what was to be printed.
        bench: its set-up, thin layers.
        element: the tunable element.
        errors: what is thought to be wrong.
        terms: Zernike terms of the aberration.

    Raises:
        ConfigError: the bench computes with the thick model.
    """

    def __init__(
        self,
        design: Design,
        bench: Bench,
        element: ZonePlate,
        errors: PrintErrors | None = None,
        terms: int = TERMS,
    ) -> None:
        if not isinstance(bench.layers, ThinLayers):
            raise ConfigError("prints are modelled with thin layers; this design was made with thick ones.")
        self.design, self.bench, self.element = design, bench, element
        self.windows = Windows(design.physical, bench.grid)
        physical = design.physical
        self._wave = 2 * math.pi / physical.wavelength_um * (physical.material.index - physical.medium.index)
        self._height_um = torch.from_numpy(design.height_um())
        self._waves = wavefronts(bench.grid, terms)
        self._zones = element.masks(bench.grid, bench.source.real.dtype)
        self.errors = PrintErrors.none(design.layers, terms) if errors is None else errors

    def parameters(self, errors: PrintErrors) -> dict[str, Tensor]:
        """The errors as tensors."""
        return {
            "shift_um": torch.from_numpy(errors.shift_um.copy()),
            "gain": torch.tensor(errors.gain, dtype=torch.float64),
            "blur_um": torch.tensor(errors.blur_um, dtype=torch.float64),
            "aberration_rad": torch.from_numpy(errors.aberration_rad.copy()),
        }

    def layer(
        self,
        errors: dict[str, Tensor],
        number: int,
        height_um: Tensor | None = None,
        shift_um: Tensor | None = None,
    ) -> Tensor:
        """The transmission of a layer in its own frame, complex [ny, nx] of samples.

        Args:
            errors: from `parameters`.
            number: of the layer.
            height_um: heights in place of the designed ones, [y, x].
            shift_um: (x, y) by which the relief is displaced within the frame.
        """
        heights = self._height_um[number] if height_um is None else height_um
        place = torch.zeros(2, dtype=torch.float64) if shift_um is None else shift_um
        pitch, samples = self.design.physical.pitch_um, self.bench.samples_per_pixel
        sigma = torch.sqrt(errors["blur_um"] ** 2 + (LEAST_BLUR * pitch) ** 2)
        rows = response(heights.shape[0], pitch, samples * FINE, place[1], sigma)
        columns = response(heights.shape[1], pitch, samples * FINE, place[0], sigma)
        blurred = (rows @ heights.double() @ columns.T).float()
        phase = (self._wave * (1 + errors["gain"])).float() * blurred
        cells = torch.polar(torch.ones_like(phase), phase)
        ny, nx = self.bench.grid.shape
        return cells.reshape(ny, FINE, nx, FINE).mean(dim=(1, 3))

    def light(self, errors: dict[str, Tensor], images: Tensor, phasors: Tensor) -> Tensor:
        """The field behind object and element, [example, ny, nx]."""
        phase = torch.einsum("t,tyx->yx", errors["aberration_rad"], self._waves)
        waves = torch.polar(torch.ones_like(phase), phase).to(self.bench.source.dtype)
        zones = torch.einsum("z,zyx->yx", phasors.to(waves.dtype), self._zones.to(waves.dtype))
        return self.bench.encode(images) * (waves * zones)

    def space(self, light: Tensor, number: int, place_um: Tensor) -> Tensor:
        """Through one space, between planes at places that differ.

        Args:
            light: [example, ny, nx].
            number: of the space.
            place_um: (x, y) of the object, of each layer and of the camera, [layer + 2, 2].
        """
        kernel, by_um = self.bench.kernels[number], place_um[number] - place_um[number + 1]
        ramp_y, ramp_x = (
            torch.exp(-2j * torch.pi * torch.fft.fftfreq(count, self.bench.grid.spacing_um).double() * shift)
            for count, shift in zip(kernel.shape, (by_um[1], by_um[0]), strict=True)
        )
        return convolve(light, kernel.transfer * (ramp_y[:, None] * ramp_x).to(kernel.transfer.dtype))

    def through(self, light: Tensor, layers: list[Tensor], place_um: Tensor, first: int = 0) -> Tensor:
        """From ahead of space ``first`` to the intensity on the camera.

        Args:
            light: [example, ny, nx].
            layers: transmission of every layer.
            place_um: see `space`.
            first: the first space; light ahead of it has passed the layer before it.
        """
        for number in range(first, len(layers)):
            light = self.space(light, number, place_um) * layers[number]
        return intensity(self.space(light, len(layers), place_um))

    def places(self, errors: dict[str, Tensor]) -> Tensor:
        """(x, y) of the object, of each layer and of the camera; see `space`."""
        rim = torch.zeros(1, 2, dtype=torch.float64)
        return torch.cat([rim, errors["shift_um"], rim])

    def pictures(self, errors: dict[str, Tensor], images: Tensor, phasors: Tensor) -> Tensor:
        """Intensity on every sample of the camera, [example, ny, nx]."""
        layers = [self.layer(errors, number) for number in range(self.design.layers)]
        return self.through(self.light(errors, images, phasors), layers, self.places(errors))

    def flat(self) -> Tensor:
        """Phasors of an element that does nothing."""
        return torch.ones(self.element.count, dtype=torch.complex64)

    def images(self, inputs: Floats) -> Tensor:
        """Rows of values as images."""
        encoder = self.bench.encoder
        shape = (1, inputs.shape[1]) if encoder is None else encoder.pixels
        return torch.from_numpy(inputs.reshape(len(inputs), *shape)).float()

    def active_gradient(
        self, active_rad: Floats, inputs: Floats, cotangent: Callable[[Floats], Floats]
    ) -> tuple[Floats, Floats]:
        """See `fabdesign.chip.learners.ActiveTwin`."""
        phase = torch.from_numpy(active_rad.copy()).requires_grad_()
        errors = self.parameters(self.errors)
        with torch.enable_grad():
            pictures = self.pictures(errors, self.images(inputs), torch.polar(torch.ones_like(phase), phase))
            powers = self.windows.powers(pictures)
            outputs = powers.detach().double().numpy()
            weight = torch.from_numpy(cotangent(outputs)).to(powers.dtype)
            (gradient,) = torch.autograd.grad((powers * weight).sum(), phase)
        return outputs, gradient.numpy()


def response(count: int, pitch_um: float, points: int, shift_um: Tensor, sigma_um: Tensor) -> Tensor:
    """R, [points on a side, pixel]."""
    x_um = (torch.arange(count * points, dtype=torch.float64) + 0.5) * (
        pitch_um / points
    ) - count * pitch_um / 2
    edges = (torch.arange(1, count, dtype=torch.float64) - count / 2) * pitch_um
    above = torch.special.ndtr((x_um[:, None] - shift_um - edges) / sigma_um)
    one = torch.ones(len(x_um), 1, dtype=torch.float64)
    return torch.cat([one, above], dim=1) - torch.cat([above, 0 * one], dim=1)
