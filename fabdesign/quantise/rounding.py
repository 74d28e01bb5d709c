"""From a phase to the nearest level, on the circle and on the line."""

import math

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


def nearest_turn(
    phase_rad: Float[Tensor, "*pixels"], near_rad: Float[Tensor, "*pixels"]
) -> Float[Tensor, "*pixels"]:
    """Return the phase plus the whole turns that bring it nearest to another one.

    >>> round(float(nearest_turn(torch.tensor(0.0), torch.tensor(6.0))), 4)
    6.2832
    """
    return phase_rad + 2 * math.pi * ((near_rad - phase_rad) / (2 * math.pi)).round()


def best_offset(
    phase_rad: Float[Tensor, "layer y x"], level_phase_rad: Float[Tensor, " level"], tries: int
) -> Float[Tensor, "layer 1 1"]:
    """Return the phase to add to each layer so that rounding on the circle loses least.

    Largest Σ cos(φ + c − φ_rounded) over ``tries`` evenly spaced c: the least mean square error of e^{iφ}.

    Args:
        phase_rad: phases in radians.
        level_phase_rad: of the levels.
        tries: how many phases are tried.

    >>> two = torch.tensor([0.0, math.pi])
    >>> round(float(best_offset(torch.full((1, 2, 2), 1.0), two, 628)), 2)
    2.14
    """
    offsets = torch.arange(tries, dtype=phase_rad.dtype, device=phase_rad.device) * (2 * math.pi / tries)
    gain = torch.stack([_alignment(phase_rad + offset, level_phase_rad) for offset in offsets])
    return offsets[gain.argmax(0)][:, None, None]


def _alignment(
    phase_rad: Float[Tensor, "layer y x"], level_phase_rad: Float[Tensor, " level"]
) -> Float[Tensor, " layer"]:
    levels = nearest_on_circle(phase_rad.cos(), phase_rad.sin(), level_phase_rad)
    return (phase_rad - level_phase_rad[levels.long()]).cos().sum((1, 2))
