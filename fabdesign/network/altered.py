"""A bench whose planes, spaces and light are a little other than designed, many times over."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Complex, Float
from numpy.typing import NDArray
from torch import Tensor

from fabdesign.copies import DeviceState
from fabdesign.design import Slab
from fabdesign.network.bench import Bench
from fabdesign.network.passed import Passed
from fabdesign.optics import Kernel, default_micro_batch, diffract, propagate
from fabdesign.optics import Slab as OpticalSlab
from fabdesign.optics.altered import AlterableKernel, axial_derivative
from fabdesign.optics.convolver import Convolver, make_convolver

CACHED_BYTES = 256_000_000
"""Fields behind the object are kept up to this size, and encoded anew each time above it."""


@dataclass(frozen=True)
class Route:
    """Where the planes are and what lies between them, for one copy of a device.

    Args:
        spaces: slabs between the planes, as in the physical record.
        wavelength_um: vacuum wavelength.
        plane_um: (x, y) of the light, of each layer and of the detector plane, [layers + 2, 2].
        tilt_rad: slopes dz/dx and dz/dy of each layer, [layers, 2].
        light_slope: (x, y) sines of the angle at which the light comes in, in the first medium.
    """

    spaces: tuple[tuple[Slab, ...], ...]
    wavelength_um: float
    plane_um: NDArray[np.float64]
    tilt_rad: NDArray[np.float64]
    light_slope: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def of(cls, state: DeviceState, designed: tuple[tuple[Slab, ...], ...]) -> "Route":
        """The route of a copy, from the spaces as designed."""
        return cls(
            spaces=state.spaces(designed),
            wavelength_um=state.wavelength_um,
            plane_um=state.plane_um(),
            tilt_rad=state.tilt_rad,
            light_slope=(float(state.light_slope[0]), float(state.light_slope[1])),
        )

    def through(self, spaces: Sequence[tuple[Slab, ...]]) -> "Route":
        """The same planes and light with other spaces between them."""
        return replace(self, spaces=tuple(spaces))


class AlterableBench:
    """A bench whose spaces, planes and light can be a little other than designed.

    Kernels are built once and altered (`fabdesign.optics.altered`); a sideways shift of a layer is the
    difference of two shifts of the light. A tilted layer acts on the field at z = slope·x, to first order
    ``u + z·i(k_z - k)u``, with the carrier exp(ikz) taken off, which it gains before the layer and loses
    behind it.

    Args:
        bench: the set-up as designed.
    """

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.sampling = bench.layers.sampling
        shared = {kernel: AlterableKernel(kernel) for kernel in set(bench.layers.kernels)}
        self._alterable = [shared[kernel] for kernel in bench.layers.kernels]

    def field(
        self,
        light: Complex[Tensor, "batch ny nx"],
        route: Route,
        transmission: Complex[Tensor, "layer ny nx"],
    ) -> Complex[Tensor, "batch ny nx"]:
        """Return the field behind thin layers, in the detector plane; gradients reach them and the light.

        Args:
            light: behind the object, at right angles.
            route: planes and spaces.
            transmission: of every sample of every layer.
        """
        kernels, displaced = self.kernels(route), self.displaced_um(route)
        light = self.slanted(light, route)
        if all(height is None for height in displaced):
            return diffract(light, transmission, kernels, micro_batch=self.sampling.micro_batch)
        for number, kernel in enumerate(kernels):
            light = _between(light, kernel, displaced[number], displaced[number + 1])
            if number < len(transmission):
                light = light * transmission[number]
        return light

    def slanted(self, light: Complex[Tensor, "batch ny nx"], route: Route) -> Complex[Tensor, "batch ny nx"]:
        """Return light that comes in at the angle of a route."""
        if route.light_slope == (0.0, 0.0):
            return light
        wave = route.spaces[0][0].index / route.wavelength_um
        grid = self.bench.grid
        y, x = (
            torch.exp(2j * torch.pi * wave * slope * along.to(torch.complex128)).to(light)
            for slope, along in zip(reversed(route.light_slope), (grid.y_um(), grid.x_um()), strict=True)
        )
        return light * (y[:, None] * x)

    def kernels(self, route: Route) -> list[Kernel]:
        """Return the propagation through each space of a route."""
        step = route.plane_um[:-1] - route.plane_um[1:]
        made: dict[object, Kernel] = {}
        kernels = []
        for alterable, space, (x, y) in zip(self._alterable, route.spaces, step.tolist(), strict=True):
            key = (id(alterable), space, x, y)
            if key not in made:
                slabs = [OpticalSlab(slab.thickness_um, slab.index) for slab in space]
                made[key] = alterable.altered(slabs, route.wavelength_um, (x, y))
            kernels.append(made[key])
        return kernels

    def displaced_um(self, route: Route) -> list[Tensor | None]:
        """Return how far tilt displaces each plane along z, [ny, nx]; None without a tilt."""
        grid, like = self.bench.grid, self.bench.source
        heights: list[Tensor | None] = [None]
        for along_x, along_y in route.tilt_rad.tolist():
            z = along_x * grid.x_um() + along_y * grid.y_um()[:, None]
            heights.append(z.to(like) if along_x or along_y else None)
        return [*heights, None]


class AlteredBench:
    """Runs the same images through many copies of a device.

    Args:
        bench: the set-up as designed.
        images: what is shown to every copy, row 0 at the top.
    """

    def __init__(self, bench: Bench, images: Float[Tensor, "batch h w"]) -> None:
        self.alterable = AlterableBench(bench)
        self.bench = bench
        self.images = images
        self.micro_batch = min(
            len(images), self.alterable.sampling.micro_batch or default_micro_batch(max(bench.grid.shape))
        )
        size = len(images) * bench.samples * bench.source.element_size()
        self._encoded = bench.encode(images) if size <= CACHED_BYTES else None

    def outputs(
        self, route: Route, layers: Passed, examples: int | None = None
    ) -> Float[Tensor, "batch ..."]:
        """Return what the read-out measures on one copy.

        Args:
            route: planes and spaces.
            layers: what the layers do to the light.
            examples: only so many of the first images.
        """
        run = self._run(route, layers)
        parts = [self.bench.readout(run.through(self._light(part, route))) for part in self._parts(examples)]
        return torch.cat(parts)

    def before_detectors(self, route: Route, layers: Passed, examples: int) -> Complex[Tensor, "batch ny nx"]:
        """Return the fields behind the last layer, from where :meth:`detect` goes on."""
        run = self._run(route, layers)
        parts = [
            run.through(self._light(part, route), spaces=len(layers)).clone()
            for part in self._parts(examples)
        ]
        return torch.cat(parts)

    def detect(
        self, route: Route, layers: Passed, fields: Complex[Tensor, "batch ny nx"]
    ) -> Float[Tensor, "batch ..."]:
        """Return what the read-out measures of fields behind the last layer."""
        run = self._run(route, layers)
        last = len(route.spaces) - 1
        parts = (fields[part] for part in self._parts(len(fields)))
        return torch.cat([self.bench.readout(run.space(part, last)) for part in parts])

    def fields(self, route: Route, layers: Passed, examples: int) -> Complex[Tensor, "batch ny nx"]:
        """Return the fields in the detector plane."""
        run = self._run(route, layers)
        return torch.cat([run.through(self._light(part, route)).clone() for part in self._parts(examples)])

    def carried(self, route: Route, layers: Passed) -> Callable[[Tensor], Tensor]:
        """Return what takes fields behind the object, [any, ny, nx], to the detector plane of one copy."""
        run = self._run(route, layers)

        def carry(light: Tensor) -> Tensor:
            return torch.cat([run.through(part).clone() for part in torch.split(light, self.micro_batch)])

        return carry

    def _run(self, route: Route, layers: Passed) -> "_Run":
        return _Run(
            self.alterable.kernels(route.through(layers.spaces(route.spaces))),
            layers,
            self.alterable.displaced_um(route),
            self.micro_batch,
        )

    def _parts(self, examples: int | None) -> list[slice]:
        count = len(self.images) if examples is None else min(examples, len(self.images))
        step = self.micro_batch
        return [slice(first, min(first + step, count)) for first in range(0, count, step)]

    def _light(self, part: slice, route: Route) -> Tensor:
        light = self.bench.encode(self.images[part]) if self._encoded is None else self._encoded[part]
        return self.alterable.slanted(light, route)


class _Run:
    def __init__(
        self, kernels: Sequence[Kernel], layers: Passed, heights: list[Tensor | None], micro_batch: int
    ) -> None:
        first = kernels[0]
        self.convolver: Convolver = make_convolver(micro_batch, first.grid.shape, first.shape, first.transfer)
        self.layers = layers
        self.heights = heights
        prepared = {kernel: self.convolver.prepare(kernel.transfer) for kernel in set(kernels)}
        self.spectra = [prepared[kernel] for kernel in kernels]
        self.slopes = [
            self.convolver.prepare(kernel.transfer * axial_derivative(kernel, kernel.slabs[0].index))
            if heights[number] is not None or heights[number + 1] is not None
            else None
            for number, kernel in enumerate(kernels)
        ]

    def through(self, light: Tensor, spaces: int | None = None) -> Tensor:
        """Light through layers and spaces; with ``spaces`` only so many, each with the layer behind it."""
        count = len(self.spectra) if spaces is None else spaces
        for number in range(count):
            light = self.space(light, number)
            if number < len(self.layers):
                light = self.layers.through(light, number)
        return light

    def space(self, light: Tensor, number: int) -> Tensor:
        """One propagation, from and to planes that may be tilted."""
        result = self._convolve(light, self.spectra[number])
        slopes = self.slopes[number]
        if slopes is None:
            return result
        before, behind = self.heights[number], self.heights[number + 1]
        if behind is not None:
            result = result + behind * self._convolve(light, slopes)
        if before is not None:
            result = result - self._convolve(light * before, slopes)
        return result

    def _convolve(self, light: Tensor, spectrum: list[Tensor]) -> Tensor:
        self.convolver.inside(len(light)).copy_(light)
        return self.convolver.run(len(light), spectrum)


def measured(outputs: Float[Tensor, "batch ..."], state: DeviceState, mean: float) -> Tensor:
    """Add what the detectors of a copy add: background and noise.

    Args:
        outputs: what the read-out gives.
        state: the copy.
        mean: the mean output of the design, of which background and noise are shares.
    """
    if state.background:
        outputs = outputs + state.background * mean
    if state.noise:
        rng = np.random.Generator(np.random.Philox(state.noise_seed))
        noise = torch.from_numpy(rng.standard_normal(tuple(outputs.shape))).to(outputs)
        outputs = outputs + state.noise * mean * noise
    return outputs


def _between(light: Tensor, kernel: Kernel, before: Tensor | None, behind: Tensor | None) -> Tensor:
    """One propagation, from and to planes that may be tilted, so that gradients reach the light."""
    result = propagate(light, kernel)
    if before is None and behind is None:
        return result
    slope = replace(kernel, transfer=kernel.transfer * axial_derivative(kernel, kernel.slabs[0].index))
    if behind is not None:
        result = result + behind * propagate(light, slope)
    if before is not None:
        result = result - propagate(light * before, slope)
    return result
