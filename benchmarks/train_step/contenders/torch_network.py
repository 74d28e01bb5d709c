"""What the torch contenders share: data, loss and optimiser."""

from collections.abc import Iterable

import numpy as np
import torch

from benchmarks.train_step.setting import LEARNING_RATE, Setting


class TorchNetwork:
    """A network of which a contender supplies the light."""

    dtype = "complex64"

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.fields = torch.from_numpy(setting.fields())
        self.labels = torch.from_numpy(setting.labels())
        self.masks = torch.from_numpy(setting.masks()).flatten(1)

    def warm_up(self) -> None:
        """Load what torch loads late (its optimisers, MKL's matrix buffers), without any light."""
        scale = torch.nn.Parameter(torch.ones(1))
        optimiser = torch.optim.Adam([scale])
        dark = torch.zeros(len(self.labels), self.masks.shape[1]) * scale
        torch.nn.functional.cross_entropy(dark @ self.masks.T, self.labels).backward()
        optimiser.step()
        torch.fft.ifft2(torch.fft.fft2(torch.zeros(2, 16, 16, dtype=torch.complex64)))

    def optimise(self, parameters: Iterable[torch.Tensor]) -> None:
        """Set up Adam."""
        self.optimiser = torch.optim.Adam(parameters, lr=LEARNING_RATE)

    def light(self, fields: torch.Tensor) -> torch.Tensor:
        """Fields in the detector plane."""
        raise NotImplementedError

    def intensity(self, out: torch.Tensor) -> torch.Tensor:
        """|u|² the usual way."""
        return out.real.square() + out.imag.square()

    def step(self) -> float:
        """One training step; returns the loss."""
        out = self.light(self.fields)
        powers = self.intensity(out).flatten(1).to(torch.float32) @ self.masks.T
        logits = 10 * powers / powers.sum(1, keepdim=True)
        loss = torch.nn.functional.cross_entropy(logits, self.labels)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return float(loss.detach())

    def probe(self, distance_um: float) -> np.ndarray:
        """The setting's probe field after ``distance_um``."""
        with torch.no_grad():
            field = torch.from_numpy(self.setting.probe()).to(torch.complex64)[None]
            return np.asarray(self.propagated(field, distance_um)[0].resolve_conj().numpy())

    def propagated(self, field: torch.Tensor, distance_um: float) -> torch.Tensor:
        """One propagation."""
        raise NotImplementedError
