"""Structural similarity of pictures (Wang et al., IEEE Transactions on Image Processing 13, 600, 2004)."""

import torch
from jaxtyping import Float
from torch import Tensor

WINDOW = 11
SIGMA = 1.5
C1, C2 = 0.01**2, 0.03**2


def structural_similarity(
    seen: Float[Tensor, "batch h w"], wanted: Float[Tensor, "batch h w"]
) -> Float[Tensor, " batch"]:
    """Return the mean SSIM of each pair of pictures with values from 0 to 1.

    ``(2 μ_a μ_b + C₁)(2 σ_ab + C₂) / ((μ_a² + μ_b² + C₁)(σ_a² + σ_b² + C₂))`` with Gaussian weights of
    σ = 1.5 pixels in windows of 11×11 that lie wholly in the picture, or in the whole of a smaller one.

    >>> picture = torch.rand(1, 16, 16)
    >>> bool(torch.isclose(structural_similarity(picture, picture), torch.ones(1)))
    True
    """
    stack = torch.stack((seen, wanted, seen * seen, wanted * wanted, seen * wanted))
    mean_a, mean_b, aa, bb, ab = _blur(stack)
    variance_a, variance_b = aa - mean_a.square(), bb - mean_b.square()
    covariance = ab - mean_a * mean_b
    similarity = (2 * mean_a * mean_b + C1) * (2 * covariance + C2)
    similarity = similarity / ((mean_a.square() + mean_b.square() + C1) * (variance_a + variance_b + C2))
    result: Tensor = similarity.mean((1, 2))
    return result


def _blur(pictures: Float[Tensor, "kind batch h w"]) -> Float[Tensor, "kind batch h2 w2"]:
    *lead, h, w = pictures.shape
    rows, columns = (_band(size, pictures) for size in (h, w))
    return (rows @ pictures.reshape(-1, h, w) @ columns.T).reshape(*lead, len(rows), len(columns))


def _band(size: int, like: Tensor) -> Float[Tensor, "places size"]:
    """Gaussian weights of every window that fits, one window a row."""
    window = min(WINDOW, size)
    offset = torch.arange(window, dtype=like.dtype, device=like.device) - (window - 1) / 2
    weights = torch.exp(-(offset**2) / (2 * SIGMA**2))
    band = like.new_zeros(size - window + 1, size)
    for place in range(len(band)):
        band[place, place : place + window] = weights / weights.sum()
    return band
