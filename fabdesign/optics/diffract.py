"""Light through all layers at once: the fast path of training."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.autograd.function import once_differentiable

from fabdesign.errors import NumericsError
from fabdesign.optics.convolver import BRANCHES_FROM, Convolver, make_convolver
from fabdesign.optics.kernel import Kernel
from fabdesign.optics.pixels import block_sum, upsample


def diffract(
    field: torch.Tensor,
    transmission: torch.Tensor,
    kernels: Sequence[Kernel],
    samples_per_pixel: int = 1,
    *,
    micro_batch: int | None = None,
) -> torch.Tensor:
    """Propagate fields through a stack of thin layers, to the detector plane.

    ``u_0 = P_0 u``, ``u_{l+1} = P_{l+1}(t_l · u_l)``. With q the transposed operators applied to the
    conjugate of torch's gradient, ``∂L/∂t_l = conj(Σ_b q_l · u_l)``, summed over the samples of a pixel; only
    the u_l are kept for it. The batch is worked on in micro-batches that stay in the caches of two cores; the
    result does not depend on the number of threads, bit for bit.

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
    count = micro_batch or default_micro_batch(max(field.shape[1:]))
    result: torch.Tensor = _Diffract.apply(  # type: ignore[no-untyped-call]
        field, transmission, _Plan(tuple(kernels), samples_per_pixel, count)
    )
    return result


def default_micro_batch(n_samples: int) -> int:
    """How many fields of ``n_samples`` a side to work on at a time, so that they stay in two cores' caches.

    >>> [default_micro_batch(n) for n in (32, 64, 96, 128, 200)]
    [64, 16, 7, 4, 4]
    """
    budget = 160_000 if 2 * n_samples >= BRANCHES_FROM else 65_536
    return max(1, round(budget / n_samples**2))


@dataclass(frozen=True)
class _Plan:
    kernels: tuple[Kernel, ...]
    samples_per_pixel: int
    micro_batch: int

    def layers(self, transmission: torch.Tensor, like: torch.Tensor) -> list[torch.Tensor]:
        return list(upsample(transmission.detach().to(like.dtype), self.samples_per_pixel))

    def device(self, layers: list[torch.Tensor], like: torch.Tensor, *, transposed: bool) -> "_Device":
        first = self.kernels[0]
        size = min(self.micro_batch, len(like))
        convolver = make_convolver(size, first.grid.shape, first.shape, like)
        spectra = {
            kernel: convolver.prepare(kernel.transposed() if transposed else kernel.transfer)
            for kernel in set(self.kernels)
        }
        return _Device(layers, [spectra[kernel] for kernel in self.kernels], convolver)

    def parts(self, batch: int) -> Iterator[slice]:
        """The micro-batches."""
        return (
            slice(start, min(start + self.micro_batch, batch)) for start in range(0, batch, self.micro_batch)
        )


@dataclass(frozen=True)
class _Device:
    layers: list[torch.Tensor]
    spectra: list[list[torch.Tensor]]
    convolver: Convolver


class _Diffract(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, field: torch.Tensor, transmission: torch.Tensor, plan: _Plan) -> torch.Tensor:
        layers = plan.layers(transmission, field)
        seen = field.new_empty((len(layers), *field.shape)) if ctx.needs_input_grad[1] else None
        result = torch.empty_like(field, memory_format=torch.contiguous_format)
        device = plan.device(layers, field, transposed=False)
        for part in plan.parts(len(field)):
            _forward(device, field, seen, result, part)
        ctx.save_for_backward(transmission, seen)
        ctx.plan = plan
        return result

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor | None, torch.Tensor | None, None]:
        transmission, seen = ctx.saved_tensors
        plan: _Plan = ctx.plan
        layers = plan.layers(transmission, gradient)
        to_field = torch.empty_like(gradient) if ctx.needs_input_grad[0] else None
        device = plan.device(layers, gradient, transposed=True)
        kept = len(layers) if seen is not None else 0
        sums = gradient.new_zeros((kept, min(plan.micro_batch, len(gradient)), *gradient.shape[1:]))
        for part in plan.parts(len(gradient)):
            _backward(device, gradient, seen, part, sums=sums, to_field=to_field)
        if seen is None:
            return to_field, None, None
        total = block_sum(sums.sum(dim=1), plan.samples_per_pixel)
        return to_field, total.conj().resolve_conj().to(transmission.dtype), None


def _forward(
    device: _Device, field: torch.Tensor, seen: torch.Tensor | None, result: torch.Tensor, part: slice
) -> None:
    count = part.stop - part.start
    inside = device.convolver.inside(count)
    inside.copy_(field[part])
    for number, layer in enumerate(device.layers):
        u = device.convolver.run(count, device.spectra[number])
        if seen is not None:
            seen[number, part].copy_(u)
        torch.mul(u, layer, out=inside)
        del u
    result[part].copy_(device.convolver.run(count, device.spectra[-1]))


def _backward(
    device: _Device,
    gradient: torch.Tensor,
    seen: torch.Tensor | None,
    part: slice,
    *,
    sums: torch.Tensor,
    to_field: torch.Tensor | None,
) -> None:
    count = part.stop - part.start
    inside = device.convolver.inside(count)
    torch.conj_physical(gradient[part], out=inside)
    for number in reversed(range(len(device.layers))):
        q = device.convolver.run(count, device.spectra[number + 1])
        if seen is not None:
            sums[number, :count].addcmul_(q, seen[number, part])
        torch.mul(q, device.layers[number], out=inside)
        del q
    if to_field is not None:
        torch.conj_physical(device.convolver.run(count, device.spectra[0]), out=to_field[part])


def _check(
    field: torch.Tensor, transmission: torch.Tensor, kernels: Sequence[Kernel], samples_per_pixel: int
) -> None:
    if field.ndim != 3 or transmission.ndim != 3 or not len(field):
        raise NumericsError(
            f"fields must be [batch, y, x], not empty, and transmissions [layer, y, x]; got "
            f"{tuple(field.shape)} and {tuple(transmission.shape)}"
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
