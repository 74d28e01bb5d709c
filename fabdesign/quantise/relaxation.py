"""The softmax over levels in transmission space, with its derivative in closed form.

With v_k = (cos φ_k, sin φ_k), w = softmax_k(2β·a·v_k) and t = Σ_k w_k·v_k,

    ∂t/∂a = 2β·C,   C = Σ_k w_k·v_k·v_kᵀ − t·tᵀ

so the backward pass needs the 2×2 covariance C of each pixel and no weight: memory does not grow with
the number of levels, which are visited in blocks. A pixel can be brightened, t·|t|^(−γ), so that being
undecided pays less and less.
"""

from typing import Any

import torch
from jaxtyping import Complex, Float
from torch import Tensor

LEVELS_AT_ONCE = 16
DARKEST = 1e-4
"""Moduli well below this one are no longer brightened."""


def relaxed_transmission(
    vector: Float[Tensor, "2 ..."],
    level_phase_rad: Float[Tensor, " level"],
    beta: float,
    *,
    brighten: float = 0.0,
    hard: bool = False,
) -> Complex[Tensor, "..."]:
    """Return t·|t|^(−γ), t = Σ_k w_k·e^{iφ_k} with w = softmax_k(2β·a·(cos φ_k, sin φ_k)).

    Args:
        vector: a, two numbers per pixel.
        level_phase_rad: φ_k in radians, in any order and distance.
        beta: inverse temperature β.
        brighten: γ; 0 leaves undecided pixels dim, 1 gives every pixel the modulus 1.
        hard: use the likeliest level in the forward pass; the gradient stays that of the softmax.

    >>> two = torch.tensor([0.0, torch.pi])
    >>> t = relaxed_transmission(torch.tensor([[0.25], [0.0]]), two, 1.0)
    >>> bool(torch.isclose(t.real, torch.tanh(torch.tensor(0.5))))
    True
    """
    result: Tensor = _Relaxation.apply(vector, level_phase_rad, (beta, brighten), hard)  # type: ignore[no-untyped-call]
    return result


class _Relaxation(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, vector: Tensor, phases: Tensor, schedule: tuple[float, float], hard: bool
    ) -> Tensor:
        beta, brighten = schedule
        points = vector.detach().reshape(2, -1)
        levels = torch.stack((phases.cos(), phases.sin()), 1)
        largest, best = _largest_logit(points, levels, 2 * beta)
        mean_x, mean_y, mean_xx, mean_xy = _moments(points, levels, 2 * beta, largest)
        ctx.beta, ctx.brighten = beta, brighten
        covariance = mean_xx - mean_x.square(), mean_xy - mean_x * mean_y, 1 - mean_xx - mean_y.square()
        ctx.save_for_backward(mean_x, mean_y, *covariance)
        factor = squared_modulus(mean_x, mean_y) ** (-brighten / 2)
        x, y = levels[best].T if hard else (mean_x * factor, mean_y * factor)
        return torch.complex(x.contiguous(), y.contiguous()).reshape(vector.shape[1:])

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        x, y, xx, xy, yy = ctx.saved_tensors
        gradient = gradients[0]
        gx, gy = gradient.real.reshape(-1), gradient.imag.reshape(-1)
        square = squared_modulus(x, y)
        factor, along = square ** (-ctx.brighten / 2), ctx.brighten * (x * gx + y * gy) / square
        gx, gy = factor * (gx - along * x), factor * (gy - along * y)
        result = 2 * ctx.beta * torch.stack((xx * gx + xy * gy, xy * gx + yy * gy))
        return result.reshape(2, *gradient.shape), None, None, None


def squared_modulus(x: Tensor, y: Tensor) -> Tensor:
    """Return x² + y², and a little in the dark."""
    return x.square() + y.square() + DARKEST**2


def _largest_logit(points: Tensor, levels: Tensor, scale: float) -> tuple[Tensor, Tensor]:
    largest = points.new_full((points.shape[1],), -torch.inf)
    best = torch.zeros(points.shape[1], dtype=torch.long, device=points.device)
    for first in range(0, len(levels), LEVELS_AT_ONCE):
        value, place = (scale * levels[first : first + LEVELS_AT_ONCE] @ points).max(0)
        better = value > largest
        largest = torch.where(better, value, largest)
        best = torch.where(better, place + first, best)
    return largest, best


def _moments(
    points: Tensor, levels: Tensor, scale: float, largest: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the weighted means of cos, sin, cos² and cos·sin over the levels."""
    total = points.new_zeros(5, points.shape[1])
    for first in range(0, len(levels), LEVELS_AT_ONCE):
        block = levels[first : first + LEVELS_AT_ONCE]
        weights = torch.exp(scale * block @ points - largest)
        c, s = block.unbind(1)
        total += torch.stack((torch.ones_like(c), c, s, c * c, c * s)) @ weights
    mean_x, mean_y, mean_xx, mean_xy = total[1:] / total[0]
    return mean_x, mean_y, mean_xx, mean_xy
