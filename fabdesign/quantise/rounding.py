"""From a phase to the nearest level, on the circle and on the line."""

import torch
from jaxtyping import Float, UInt8
from torch import Tensor


def nearest_on_circle(
    x: Float[Tensor, "*pixels"], y: Float[Tensor, "*pixels"], level_phase_rad: Float[Tensor, " level"]
) -> UInt8[Tensor, "*pixels"]:
    """Return the level whose phase is nearest to the direction of (x, y).

    The direction need not be normalised; ties go to the lower level. One pass per level, so that
    memory does not grow with the number of levels.

    >>> three = torch.tensor([0.0, 2.0, 4.0])
    >>> nearest_on_circle(torch.tensor([1.0, -1.0]), torch.tensor([-0.1, 0.0]), three).tolist()
    [0, 2]
    """
    best = torch.full_like(x, -torch.inf)
    levels = torch.zeros_like(x, dtype=torch.uint8)
    for level, (c, s) in enumerate(zip(level_phase_rad.cos(), level_phase_rad.sin(), strict=True)):
        along = x * c + y * s
        better = along > best
        best = torch.where(better, along, best)
        levels.masked_fill_(better, level)
    return levels


def nearest_on_line(
    value: Float[Tensor, "*pixels"], low: float, high: float, n: int
) -> UInt8[Tensor, "*pixels"]:
    """Return the nearest of ``n`` evenly spaced levels from ``low`` to ``high``, both ends included.

    Values outside go to the nearer end.

    >>> nearest_on_line(torch.tensor([-1.0, 0.4, 9.0]), 0.0, 3.0, 4).tolist()
    [0, 0, 3]
    """
    step = (high - low) / (n - 1)
    return ((value - low) / step).round().clamp(0, n - 1).to(torch.uint8)
