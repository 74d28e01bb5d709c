"""Light through all layers at once: the fast path of training."""

from collections.abc import Sequence
from typing import Any

import torch

from fabdesign.errors import NumericsError
from fabdesign.optics.kernel import Kernel
from fabdesign.optics.pixels import block_sum, upsample
from fabdesign.optics.propagation import convolve


def diffract(
    field: torch.Tensor,
    transmission: torch.Tensor,
    kernels: Sequence[Kernel],
    samples_per_pixel: int = 1,
    *,
    micro_batch: int | None = None,
) -> torch.Tensor:
    """Propagate fields through a stack of thin layers, to the detector plane.

    ``u_0 = P_0 u``, ``u_{l+1} = P_{l+1}(t_l · u_l)``. With q the transposed operators applied to the conjugate
    of torch's gradient, ``∂L/∂t_l = conj(Σ_b q_l · u_l)``, summed over the samples of a pixel; only the u_l are
    kept for it.

    Args:
        field: complex fields in the input plane, [b, ny, nx] samples.
        transmission: complex transmission, one value a pixel, [layers, py, px].
        kernels: what lies before, between and behind the layers, layers + 1 of them.
        samples_per_pixel: samples along each side of a pixel.
        micro_batch: fields that are worked on at a time; by default as many as stay in the cache.

    Returns:
        Fields in the detector plane, [b, ny, nx].

    Raises:
        NumericsError: shapes or the number of kernels do not fit together.
    """
    _check(field, transmission, kernels, samples_per_pixel)
    count = micro_batch or default_micro_batch(kernels[0].shape[0])
    result: torch.Tensor = _Diffract.apply(  # type: ignore[no-untyped-call]
        field, transmission, tuple(kernels), samples_per_pixel, count
    )
    return result


def default_micro_batch(transform_size: int) -> int:
    """How many fields of a padded transform of this size are worked on at a time.

    About 1 MiB of complex64 buffer: 8 at 128, 1 at 400 and above.

    >>> default_micro_batch(128), default_micro_batch(400)
    (8, 1)
    """
    return max(1, 2**17 // transform_size**2)


class _Diffract(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        field: torch.Tensor,
        transmission: torch.Tensor,
        kernels: tuple[Kernel, ...],
        samples_per_pixel: int,
        micro_batch: int,
    ) -> torch.Tensor:
        layers = upsample(transmission.to(field.dtype), samples_per_pixel)
        spectra = [kernel.transfer.to(field.dtype) for kernel in kernels]
        keep = ctx.needs_input_grad[1]
        seen = field.new_empty((len(layers), *field.shape)) if keep else field.new_empty(0)
        result = torch.empty_like(field)
        for part in _parts(len(field), micro_batch):
            u = convolve(field[part], spectra[0])
            for number, layer in enumerate(layers):
                if keep:
                    seen[number, part] = u
                u = convolve(u * layer, spectra[number + 1])
            result[part] = u
        ctx.save_for_backward(transmission, seen)
        ctx.settings = kernels, samples_per_pixel, micro_batch
        return result

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(
        ctx: Any, *gradients: torch.Tensor
    ) -> tuple[torch.Tensor | None, torch.Tensor | None, None, None, None]:
        transmission, seen = ctx.saved_tensors
        kernels, samples_per_pixel, micro_batch = ctx.settings
        gradient = gradients[0]
        layers = upsample(transmission.to(gradient.dtype), samples_per_pixel)
        spectra = [kernel.transposed().to(gradient.dtype) for kernel in kernels]
        want_field, want_layers = ctx.needs_input_grad[:2]
        field_gradient = torch.empty_like(gradient) if want_field else None
        sums = torch.zeros_like(layers)
        for part in _parts(len(gradient), micro_batch):
            q = gradient[part].conj().resolve_conj()
            for number in reversed(range(len(layers))):
                q = convolve(q, spectra[number + 1])
                if want_layers:
                    sums[number] += (q * seen[number, part]).sum(0)
                q = q * layers[number]
            if field_gradient is not None:
                field_gradient[part] = convolve(q, spectra[0]).conj()
        layer_gradient = (
            block_sum(sums.conj(), samples_per_pixel).resolve_conj().to(transmission.dtype)
            if want_layers
            else None
        )
        return field_gradient, layer_gradient, None, None, None


def _parts(count: int, size: int) -> list[slice]:
    return [slice(start, min(start + size, count)) for start in range(0, count, size)]


def _check(
    field: torch.Tensor, transmission: torch.Tensor, kernels: Sequence[Kernel], samples_per_pixel: int
) -> None:
    if field.ndim != 3 or transmission.ndim != 3:
        raise NumericsError(
            f"fields must be [batch, y, x] and transmissions [layer, y, x]; got {tuple(field.shape)} and "
            f"{tuple(transmission.shape)}"
        )
    if len(kernels) != len(transmission) + 1:
        raise NumericsError(
            f"{len(transmission)} layers need {len(transmission) + 1} kernels; got {len(kernels)}"
        )
    samples = tuple(size * samples_per_pixel for size in transmission.shape[1:])
    shapes = {tuple(field.shape[1:]), samples, *(kernel.grid.shape for kernel in kernels)}
    if len(shapes) != 1:
        raise NumericsError(
            f"fields of {tuple(field.shape[1:])} samples, layers of {samples} samples "
            f"({tuple(transmission.shape[1:])} pixels × {samples_per_pixel}) and kernels on "
            f"{kernels[0].grid.shape} samples do not fit together"
        )
