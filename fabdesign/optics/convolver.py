"""The inner loop: linear convolutions with as few passes over memory as torch allows.

(``torch.fft`` with ``out=`` computes into a new tensor and copies it, a quarter of the time: it is not used.)
"""

import math
from typing import Protocol

import torch

BRANCHES_FROM = 320


class Convolver(Protocol):
    """Convolutions of up to a fixed number of fields at a time, in buffers that are used again and again."""

    def prepare(self, transfer: torch.Tensor) -> list[torch.Tensor]:
        """Bring a kernel's spectrum, [My, Mx], into the form that `run` takes."""

    def inside(self, count: int) -> torch.Tensor:
        """Where ``count`` fields are to be written before each `run`, [count, ny, nx]."""

    def run(self, count: int, spectrum: list[torch.Tensor]) -> torch.Tensor:
        """The convolution of what was written into `inside`, [count, ny, nx]."""


def make_convolver(
    count: int, shape: tuple[int, int], padded: tuple[int, int], like: torch.Tensor
) -> Convolver:
    """The faster way for transforms of this size.

    Args:
        count: how many fields at most are worked on at a time.
        shape: (ny, nx) of a field.
        padded: (My, Mx) of the zero-padded transform, even numbers.
        like: a tensor of the precision and on the device to use.
    """
    if min(padded) >= BRANCHES_FROM:
        return BranchConvolver(count, shape, padded, like)
    return PaddedConvolver(count, shape, padded, like)


class PaddedConvolver:
    """Zero padding in a buffer that stays zero outside its corner; cropping is a view."""

    def __init__(
        self, count: int, shape: tuple[int, int], padded: tuple[int, int], like: torch.Tensor
    ) -> None:
        self._shape = shape
        self._buffer = like.new_zeros((count, *padded))

    def prepare(self, transfer: torch.Tensor) -> list[torch.Tensor]:
        """The spectrum as it is."""
        return [transfer.to(self._buffer.dtype)]

    def inside(self, count: int) -> torch.Tensor:
        """The corner of the buffer."""
        ny, nx = self._shape
        return self._buffer[:count, :ny, :nx]

    def run(self, count: int, spectrum: list[torch.Tensor]) -> torch.Tensor:
        """``crop · IFFT · H · FFT``."""
        ny, nx = self._shape
        return _filtered(self._buffer[:count], spectrum[0])[:, :ny, :nx]


class BranchConvolver:
    """The same convolution by four transforms of half the size each way, one after another.

    Even frequencies of a signal padded to 2K are its K-point transform, odd ones that of the signal times
    ``w = exp(-πi·j/K)``; each inverse branch is brought back by the conjugate of its factor. No zeros are
    transformed, and a branch's buffers stay in the cache where those of the padded transform do not.
    """

    def __init__(
        self, count: int, shape: tuple[int, int], padded: tuple[int, int], like: torch.Tensor
    ) -> None:
        self._shape = shape
        ky, kx = padded[0] // 2, padded[1] // 2
        self._even = like.new_zeros((count, ky, kx))
        self._odd = torch.zeros_like(self._even)
        self._wy = _half_steps(ky).to(self._even)[:, None].expand(ky, kx).contiguous()
        self._wx = _half_steps(kx).to(self._even).expand(ky, kx).contiguous()
        self._back_y = self._wy.conj().resolve_conj()
        self._back_x = self._wx.conj().resolve_conj()

    def prepare(self, transfer: torch.Tensor) -> list[torch.Tensor]:
        """The spectrum's even and odd rows and columns."""
        spectrum = transfer.to(self._even.dtype)
        return [spectrum[row::2, column::2].contiguous() for row in (0, 1) for column in (0, 1)]

    def inside(self, count: int) -> torch.Tensor:
        """The corner of the buffer."""
        ny, nx = self._shape
        return self._even[:count, :ny, :nx]

    def run(self, count: int, spectrum: list[torch.Tensor]) -> torch.Tensor:
        """The four branches, brought back and summed."""
        even, odd = self._even[:count], self._odd[:count]
        torch.mul(even, self._wx, out=odd)
        upper = _filtered(even, spectrum[0]).addcmul_(_filtered(odd, spectrum[1]), self._back_x)
        even *= self._wy
        odd *= self._wy
        lower = _filtered(even, spectrum[2]).addcmul_(_filtered(odd, spectrum[3]), self._back_x)
        ny, nx = self._shape
        return upper.addcmul_(lower, self._back_y)[:, :ny, :nx]


def _filtered(field: torch.Tensor, spectrum: torch.Tensor) -> torch.Tensor:
    product = torch.fft.fft2(field)
    product *= spectrum
    filtered: torch.Tensor = torch.fft.ifft2(product, norm="forward")
    return filtered


def _half_steps(size: int) -> torch.Tensor:
    angles = -math.pi * torch.arange(size, dtype=torch.float64) / size
    return torch.polar(torch.ones_like(angles), angles)
