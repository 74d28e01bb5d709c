"""Estimate the errors of a print from pictures of its camera: fit the twin to what is seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fabdesign.chip.printed.errors import PrintErrors
from fabdesign.chip.printed.twin import StackTwin
from fabdesign.errors import ConfigError

Floats = NDArray[np.float64]
GAIN = 0.05
"""Unit in which the gain is searched; shifts are searched in half pixels, blur in quarters of one."""


@dataclass(frozen=True, eq=False)
class Identified:
    """What a fit has found.

    Args:
        errors: of the print.
        misfit: relative RMS difference of pictures and model, before and after.
    """

    errors: PrintErrors
    misfit: tuple[float, float]


def identify(
    twin: StackTwin, inputs: Floats, frames: Floats, *, iterations: int = 40, start: PrintErrors | None = None
) -> Identified:
    """Fit shifts, gain, blur and aberration by L-BFGS on Σ (Î - I)² / Σ I².

    Every picture is divided by its mean, so that the power of the source need not be known. Errors that
    pictures do not show stay near where the search begins.

    Args:
        twin: the model; its own errors are not changed.
        inputs: the images shown, with an element that does nothing, [example, pixel].
        frames: what the camera saw of each, on pixels as large as a layer's, [example, y, x].
        iterations: of L-BFGS.
        start: where the search begins; by default at a print without errors.

    Raises:
        ConfigError: frames and images do not belong together.
    """
    ny, nx = twin.design.pixels
    if frames.shape != (len(inputs), ny, nx) or len(inputs) == 0:
        raise ConfigError(f"pictures must be [{len(inputs)}, {ny}, {nx}]; got {list(frames.shape)}.")
    begin = PrintErrors.none(twin.design.layers, len(twin.errors.aberration_rad)) if start is None else start
    seen = _scaled(torch.from_numpy(frames).float())
    images, flat = twin.images(inputs), twin.flat()
    unknown = _to_search(begin, twin.design.physical.pitch_um).requires_grad_()
    search = torch.optim.LBFGS([unknown], max_iter=iterations, line_search_fn="strong_wolfe")

    def misfit() -> Tensor:
        errors = _from_search(unknown, twin.design.layers, twin.design.physical.pitch_um)
        shown = twin.pictures(errors, images, flat)
        told = _scaled(torch.nn.functional.avg_pool2d(shown[:, None], twin.bench.samples_per_pixel)[:, 0])
        return ((told - seen) ** 2).sum() / (seen**2).sum()

    def closure() -> Tensor:
        search.zero_grad()
        loss = misfit()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    with torch.no_grad():
        before = float(misfit().sqrt())
    with torch.enable_grad():
        search.step(closure)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        after = float(misfit().sqrt())
        found = _from_search(unknown.detach(), twin.design.layers, twin.design.physical.pitch_um)
    return Identified(_errors(found), (before, after))


def _scaled(pictures: Tensor) -> Tensor:
    return pictures / pictures.mean(dim=(1, 2), keepdim=True)


def _to_search(errors: PrintErrors, pitch_um: float) -> Tensor:
    """All numbers in one vector, each in a unit that is about as likely as the others'."""
    return torch.from_numpy(
        np.concatenate(
            [
                errors.shift_um.ravel() / (pitch_um / 2),
                [errors.gain / GAIN, max(errors.blur_um / (pitch_um / 4), 0.3)],
                errors.aberration_rad,
            ]
        )
    )


def _from_search(unknown: Tensor, layers: int, pitch_um: float) -> dict[str, Tensor]:
    return {
        "shift_um": unknown[: 2 * layers].reshape(layers, 2) * (pitch_um / 2),
        "gain": unknown[2 * layers] * GAIN,
        "blur_um": unknown[2 * layers + 1].abs() * (pitch_um / 4),
        "aberration_rad": unknown[2 * layers + 2 :],
    }


def _errors(found: dict[str, Tensor]) -> PrintErrors:
    return PrintErrors(
        shift_um=found["shift_um"].numpy().copy(),
        gain=float(found["gain"]),
        blur_um=float(found["blur_um"]),
        aberration_rad=found["aberration_rad"].numpy().copy(),
    )
