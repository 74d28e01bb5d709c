"""Whether a grid can represent what happens on it, and what it leaves out."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from fabdesign.errors import NumericsError
from fabdesign.optics.grid import Grid, Slab
from fabdesign.optics.kernel import Kernel


@dataclass(frozen=True)
class SamplingReport:
    """What the grid represents; goes into a design's settings.

    Args:
        spacing_um: side of a sample in micrometres.
        represented_angle_sine: sine of the steepest wave along an axis that the grid holds, λ/(2·n·spacing)
            in the thinnest medium, at most 1.
        complete: whether the grid holds all propagating waves, spacing ≤ λ/(2n).
        pitch_in_wavelengths: pixel pitch / (λ/n).
        plain_padding_limit_um: distance 2·N·spacing²·n/λ beyond which a plain 2N padding would be wrong.
        longest_distance_um: longest distance between two planes.
        transform_size: sides (My, Mx) of the padded transform.
        build_factor: largest build factor of the kernels.
        estimated_error: largest estimated error of the kernels.
        method: propagation method.
        notes: sentences for people, empty if there is nothing to say.
    """

    spacing_um: float
    represented_angle_sine: float
    complete: bool
    pitch_in_wavelengths: float
    plain_padding_limit_um: float
    longest_distance_um: float
    transform_size: tuple[int, int]
    build_factor: float
    estimated_error: float
    method: str
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """The report as plain JSON values."""
        return {
            key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()
        }


def check_sampling(
    grid: Grid,
    kernels: Sequence[Kernel],
    *,
    samples_per_pixel: int = 1,
    object_um: tuple[float, float] | None = None,
    tolerance: float | None = None,
) -> SamplingReport:
    """Judge a grid and the kernels built on it.

    A spacing above λ/(2n) is no error: steeper waves are left out, which the report states. Errors are things
    that would make a result meaningless.

    Args:
        grid: the grid of all planes.
        kernels: what lies between the planes.
        samples_per_pixel: samples along each side of a pixel.
        object_um: (width, height) of the object in the input plane, if there is one.
        tolerance: largest allowed estimated error of a kernel.

    Returns:
        The report.

    Raises:
        NumericsError: no kernel, a kernel of another grid or above the tolerance, less than one sample a
            pixel, or an object larger than the grid.
    """
    if not kernels:
        raise NumericsError("a device needs at least one propagation; got no kernels")
    if samples_per_pixel < 1:
        raise NumericsError(f"optics.samples_per_pixel must be at least 1; got {samples_per_pixel}")
    for kernel in kernels:
        _check_kernel(kernel, grid, tolerance)
    if object_um is not None:
        _check_object(grid, object_um)
    first = kernels[0]
    index = min(slab.index for kernel in kernels for slab in kernel.slabs)
    wavelength_um = first.wavelength_um / index
    sine = min(1.0, wavelength_um / (2 * grid.spacing_um))
    report = SamplingReport(
        spacing_um=grid.spacing_um,
        represented_angle_sine=sine,
        complete=sine == 1.0,
        pitch_in_wavelengths=grid.spacing_um * samples_per_pixel / wavelength_um,
        plain_padding_limit_um=2 * min(grid.shape) * grid.spacing_um**2 / wavelength_um,
        longest_distance_um=max(_length_um(kernel.slabs) for kernel in kernels),
        transform_size=first.shape,
        build_factor=max(kernel.build_factor for kernel in kernels),
        estimated_error=max(kernel.estimated_error for kernel in kernels),
        method=first.method,
        notes=(),
    )
    return SamplingReport(**{**vars(report), "notes": _notes(report, samples_per_pixel)})


def _length_um(slabs: Sequence[Slab]) -> float:
    return sum(slab.thickness_um for slab in slabs)


def _check_kernel(kernel: Kernel, grid: Grid, tolerance: float | None) -> None:
    if kernel.grid != grid:
        raise NumericsError(f"the kernels must be built on the grid {grid}; got one on {kernel.grid}")
    if tolerance is not None and kernel.estimated_error > tolerance:
        raise NumericsError(
            f"the propagation over {_length_um(kernel.slabs):g} um has an estimated error of "
            f"{kernel.estimated_error:.2g}, above optics.kernel_tolerance = {tolerance:g}",
            hint="build the kernel with the tolerance you ask for",
        )


def _check_object(grid: Grid, object_um: tuple[float, float]) -> None:
    height_um, width_um = grid.size_um
    if object_um[0] > width_um * (1 + 1e-9) or object_um[1] > height_um * (1 + 1e-9):
        raise NumericsError(
            f"the object of {object_um[0]:g} × {object_um[1]:g} um is larger than the layers, "
            f"{width_um:g} × {height_um:g} um",
            hint="use smaller object pixels, fewer of them, or more layer pixels",
        )


def _notes(report: SamplingReport, samples_per_pixel: int) -> tuple[str, ...]:
    notes = []
    if not report.complete:
        notes.append(
            f"samples of {report.spacing_um:g} um hold waves up to {report.represented_angle_sine:.3f} in "
            "sine; steeper ones are left out"
        )
    if samples_per_pixel == 1 and report.pitch_in_wavelengths > 0.5:
        notes.append(
            "one sample a pixel stands for points, not squares: use optics.samples_per_pixel of 2 or more"
        )
    if report.method == "fresnel":
        notes.append("the paraxial Fresnel kernel was used, not the exact one")
    return tuple(notes)
