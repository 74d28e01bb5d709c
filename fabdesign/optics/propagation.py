"""Propagation from one plane to the next, as a differentiable operator."""

from typing import Any

import torch

from fabdesign.errors import NumericsError
from fabdesign.optics.kernel import Kernel


def propagate(field: torch.Tensor, kernel: Kernel) -> torch.Tensor:
    """Propagate a field through the kernel's slabs.

    ``P = crop · IFFT · H · FFT · pad`` is a convolution. Its adjoint, which the backward pass applies to
    torch's gradient (∂L/∂Re + i·∂L/∂Im), is ``conj ∘ P' ∘ conj`` with ``P'`` the transposed operator, H(-f):
    the operator itself where the kernel is even. Nothing is saved for the backward pass.

    Args:
        field: complex field on the kernel's grid, [..., ny, nx].
        kernel: what lies between the planes.

    Returns:
        The field in the second plane, [..., ny, nx].

    Raises:
        NumericsError: the field does not lie on the kernel's grid.
    """
    if tuple(field.shape[-2:]) != kernel.grid.shape:
        raise NumericsError(
            f"the field must lie on the kernel's grid of {kernel.grid.shape} samples; got "
            f"{tuple(field.shape[-2:])}"
        )
    result: torch.Tensor = _Propagate.apply(field, kernel)  # type: ignore[no-untyped-call]
    return result


def convolve(field: torch.Tensor, transfer: torch.Tensor) -> torch.Tensor:
    """Linear convolution of ``field`` [..., ny, nx] with a kernel given by its padded spectrum [My, Mx]."""
    ny, nx = field.shape[-2:]
    spectrum = torch.fft.fft2(field, s=transfer.shape)
    spectrum *= transfer
    padded: torch.Tensor = torch.fft.ifft2(spectrum, norm="forward")
    return padded[..., :ny, :nx]


class _Propagate(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, field: torch.Tensor, kernel: Kernel) -> torch.Tensor:
        ctx.kernel = kernel
        return convolve(field, kernel.transfer.to(field.dtype)).contiguous()

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, None]:
        kernel, gradient = ctx.kernel, gradients[0]
        if torch.is_grad_enabled():
            return _Adjoint.apply(gradient, kernel), None  # type: ignore[no-untyped-call]
        return _adjoint(gradient, kernel), None


class _Adjoint(torch.autograd.Function):
    """The adjoint as an operator of its own, so that second derivatives exist."""

    @staticmethod
    def forward(ctx: Any, gradient: torch.Tensor, kernel: Kernel) -> torch.Tensor:
        ctx.kernel = kernel
        return _adjoint(gradient, kernel)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, None]:
        return propagate(gradients[0], ctx.kernel), None


def _adjoint(gradient: torch.Tensor, kernel: Kernel) -> torch.Tensor:
    conjugated = gradient.conj().resolve_conj()
    return convolve(conjugated, kernel.transposed().to(gradient.dtype)).conj().resolve_conj()
