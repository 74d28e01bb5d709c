"""The inner loop: padded convolutions with as few passes over memory as torch allows."""

import torch


class Convolver:
    """Zero-padded convolutions of up to ``count`` fields at a time.

    Inputs are written straight into the corner of a buffer that stays zero outside it, and results are views of
    the inverse transform, so that neither padding nor cropping costs a pass. (``torch.fft`` with ``out=`` computes
    into a new tensor and copies it: a quarter of the time.)

    Args:
        count: how many fields at most are worked on at a time.
        shape: (ny, nx) of a field.
        padded: (My, Mx) of the transform.
        like: a tensor of the precision and on the device to use.
    """

    def __init__(self, count: int, shape: tuple[int, int], padded: tuple[int, int], like: torch.Tensor) -> None:
        self._shape = shape
        self._buffer = like.new_zeros((count, *padded))

    def inside(self, count: int) -> torch.Tensor:
        """The part of the buffer where ``count`` fields are to be written, [count, ny, nx]."""
        ny, nx = self._shape
        return self._buffer[:count, :ny, :nx]

    def run(self, count: int, transfer: torch.Tensor) -> torch.Tensor:
        """Convolve what was written into `inside` with a kernel of spectrum ``transfer``, [count, ny, nx]."""
        ny, nx = self._shape
        spectrum = torch.fft.fft2(self._buffer[:count])
        spectrum *= transfer
        return torch.fft.ifft2(spectrum, norm="forward")[:, :ny, :nx]
