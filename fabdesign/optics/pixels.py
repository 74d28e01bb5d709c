"""Square pixels on a finer lattice of samples."""

import torch

from fabdesign.errors import NumericsError


def upsample(pixels: torch.Tensor, samples_per_pixel: int) -> torch.Tensor:
    """Repeat each pixel over the ``samples_per_pixel``² samples that it covers.

    Args:
        pixels: one value a pixel, [..., ny, nx].
        samples_per_pixel: samples along each side of a pixel, at least 1.

    Returns:
        One value a sample, [..., ny·s, nx·s].

    Raises:
        NumericsError: less than one sample a pixel.

    >>> upsample(torch.tensor([[1, 2]]), 2).tolist()
    [[1, 1, 2, 2], [1, 1, 2, 2]]
    """
    if samples_per_pixel < 1:
        raise NumericsError(f"optics.samples_per_pixel must be at least 1; got {samples_per_pixel}")
    if samples_per_pixel == 1:
        return pixels
    *lead, ny, nx = pixels.shape
    s = samples_per_pixel
    return pixels[..., :, None, :, None].expand(*lead, ny, s, nx, s).reshape(*lead, ny * s, nx * s)


def block_sum(samples: torch.Tensor, samples_per_pixel: int) -> torch.Tensor:
    """Add up the samples of each pixel: the transpose of `upsample`.

    >>> block_sum(torch.ones(4, 4), 2).tolist()
    [[4.0, 4.0], [4.0, 4.0]]
    """
    if samples_per_pixel == 1:
        return samples
    *lead, ny, nx = samples.shape
    s = samples_per_pixel
    return samples.reshape(*lead, ny // s, s, nx // s, s).sum(dim=(-3, -1))
