"""A simulated print of a diffractive stack behind the seam of an instrument, with a camera as detector."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fabdesign.chip.printed.element import ZonePlate
from fabdesign.design import Physical
from fabdesign.errors import ConfigError
from fabdesign.network import Bench
from fabdesign.optics import Grid, detector_masks, intensity

Floats = NDArray[np.float64]
Carry = Callable[[Tensor], Tensor]
_NOISE_STREAM = 0x63616D65
FIELDS_AT_ONCE = 256


class Windows:
    """Detectors as windows of a camera: rectangles that may be moved over its picture.

    Args:
        physical: a record with detectors.
        grid: pixels or samples of the picture.

    Raises:
        ConfigError: the record has no detectors.
    """

    def __init__(self, physical: Physical, grid: Grid) -> None:
        if not physical.detectors:
            raise ConfigError(
                "a print can be calibrated where its design has detectors; this one has none.",
                hint="Designs of the kind classify have them.",
            )
        self.grid = grid
        self._detectors = physical.detectors
        self.move((0.0, 0.0))

    def move(self, centre_um: Sequence[float]) -> None:
        """Place all windows by (x, y) away from where they were designed.

        Raises:
            NumericsError: one would reach over the edge.
        """
        x, y = (float(value) for value in centre_um)
        centres = [(d.centre_um[0] + x, d.centre_um[1] + y) for d in self._detectors]
        sizes = [d.size_um for d in self._detectors]
        self.rows, self.columns = detector_masks(self.grid, centres, sizes)
        self.columns = self.columns * self.grid.spacing_um**2
        self.centre_um = (x, y)

    def powers(self, picture: Tensor) -> Tensor:
        """The power in each window, [..., window], of intensities [..., ny, nx]."""
        return torch.einsum("...id,di->...d", picture @ self.columns.T, self.rows)


class SimulatedStack:
    """An instrument that computes what a camera behind one print would show.

    The zones' phases are the active phases. Light through different zones superposes, so for images that are
    shown again and again (`remember`) the power in each window is kept as a quadratic form of the phasors,
    P = c* Q c, and a query costs no propagation: the same answer, sooner.

    Args:
        physical: the record of the design.
        bench: the set-up as designed.
        carry: what takes fields behind the object to the detector plane of this print.
        element: the tunable element.
        aberration_rad: phase of the light's unknown aberration at the object, [ny, nx]; None for none.
        noise: standard deviation of a detector's noise as a share of the mean detector power, and of a
            camera pixel's as a share of the picture's mean.
        seed: of the noise.
    """

    def __init__(
        self,
        physical: Physical,
        bench: Bench,
        carry: Carry,
        element: ZonePlate,
        *,
        aberration_rad: Tensor | None = None,
        noise: float = 0.0,
        seed: int = 0,
    ) -> None:
        self.element = element
        self.windows = Windows(physical, bench.grid)
        self._bench, self._carry = bench, carry
        self._masks = element.masks(bench.grid, bench.source.dtype)
        if aberration_rad is not None:
            phase = aberration_rad.to(bench.source.real.dtype)
            self._masks = self._masks * torch.polar(torch.ones_like(phase), phase)
        self._noise, self._random = noise, np.random.default_rng([_NOISE_STREAM, seed])
        self._phasors = element.phasors(torch.zeros(element.count, dtype=torch.float64))
        self._forms: dict[bytes, Tensor] = {}

    @property
    def phase_count(self) -> int:
        """The number of zones."""
        return self.element.count

    def set_phases(self, phase_rad: Floats) -> None:
        """Command the zones.

        Raises:
            ConfigError: their number is wrong, or one is no number.
        """
        if phase_rad.shape != (self.phase_count,) or not np.isfinite(phase_rad).all():
            raise ConfigError(
                f"This element takes {self.phase_count} finite phases; got shape {list(phase_rad.shape)}."
            )
        self._phasors = self.element.phasors(torch.from_numpy(phase_rad))

    def measure(self, inputs: Floats) -> Floats:
        """Show images one after the other and read the windows, [example, window].

        Args:
            inputs: images as rows of values between 0 and 1, [example, pixel].
        """
        self._check(inputs)
        known = [self._forms.get(row.tobytes()) for row in inputs]
        if all(form is not None for form in known):
            powers = self._superposed(torch.stack([form for form in known if form is not None]))
        else:
            powers = torch.cat([self.windows.powers(part) for part in self._pictures(inputs)])
        return self._noisy(powers.double().numpy())

    def frames(self, inputs: Floats) -> Floats:
        """Pictures of the camera, whose pixels are as large as a layer's, [example, y, x]."""
        self._check(inputs)
        side = self._bench.samples_per_pixel
        pictures = [torch.nn.functional.avg_pool2d(part[:, None], side) for part in self._pictures(inputs)]
        return self._noisy(torch.cat(pictures)[:, 0].double().numpy())

    def move_windows(self, centre_um: Sequence[float]) -> None:
        """Read the camera elsewhere: (x, y) away from the designed places of the detectors."""
        self.windows.move(centre_um)
        self._forms.clear()

    def remember(self, inputs: Floats) -> None:
        """Prepare images that will be shown many times."""
        at_once = max(1, FIELDS_AT_ONCE // self.phase_count)
        for part in np.array_split(inputs, -(-len(inputs) // at_once)):
            light = self._encoded(part)[:, None] * self._masks
            fields = self._carry(light.flatten(0, 1)).reshape(light.shape)
            for row, form in zip(part, self._form(fields), strict=True):
                self._forms[row.tobytes()] = form

    def _form(self, fields: Tensor) -> Tensor:
        """Q of each window, [example, window, zone, zone], from the fields of the zones."""
        forms = []
        for rows, columns in zip(self.windows.rows, self.windows.columns, strict=True):
            y, x = rows.nonzero()[:, 0], columns.nonzero()[:, 0]
            weight = (rows[y, None] * columns[x]).sqrt()
            seen = (fields[..., y[:, None], x] * weight).flatten(2)
            forms.append(seen.conj() @ seen.transpose(1, 2))
        return torch.stack(forms, dim=1)

    def _superposed(self, forms: Tensor) -> Tensor:
        c = self._phasors.to(forms.dtype)
        powers: Tensor = torch.einsum("z,edzw,w->ed", c.conj(), forms, c).real
        return powers

    def _pictures(self, inputs: Floats) -> list[Tensor]:
        zones = torch.einsum("z,zyx->yx", self._phasors.to(self._masks.dtype), self._masks)
        parts = np.array_split(inputs, -(-len(inputs) // FIELDS_AT_ONCE))
        with torch.no_grad():
            return [intensity(self._carry(self._encoded(part) * zones)) for part in parts]

    def _encoded(self, inputs: Floats) -> Tensor:
        encoder = self._bench.encoder
        shape = (1, inputs.shape[1]) if encoder is None else encoder.pixels
        images = torch.from_numpy(inputs.reshape(len(inputs), *shape)).float()
        with torch.no_grad():
            return self._bench.encode(images)

    def _noisy(self, values: Floats) -> Floats:
        if self._noise == 0:
            return values
        return np.asarray(values + self._noise * values.mean() * self._random.standard_normal(values.shape))

    def _check(self, inputs: Floats) -> None:
        encoder = self._bench.encoder
        pixels = 1 if encoder is None else encoder.pixels[0] * encoder.pixels[1]
        if inputs.ndim != 2 or len(inputs) == 0 or inputs.shape[1] != pixels or not np.isfinite(inputs).all():
            raise ConfigError(
                f"This print is shown finite images [n, {pixels}]; got shape {list(inputs.shape)}."
            )
