"""The impulse response of free space on a grid, by Gauss–Legendre quadrature in float64.

A sampled field stands for its band-limited interpolation, |fx|, |fy| < 1/(2·spacing). Its propagation is a
convolution with h(x, y) = ∬ H(fx, fy) exp(2πi(fx·x + fy·y)) dfx dfy over that square inside the circle of
propagating waves. Building h by an inverse FFT is the trapezoidal rule: it wraps round, and halving the error
costs a grid of twice the size. Gauss–Legendre nodes converge exponentially instead: about two nodes for each
oscillation of the integrand give h to round-off, whatever the distance. Where the square holds the whole
circle, h depends on the distance from the axis alone, and one integral with a Bessel function gives it
(Goodman, Introduction to Fourier Optics, eq. 2-31).
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import make_interp_spline
from scipy.special import j0

from fabdesign.optics.transfer import Transfer

ORDER = 32
_NODES_PER_CYCLE = 1.8
_BLOCK = 4_000_000
_POINTS_PER_CYCLE, _SPLINE = 16, 7

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


def needed_panels(transfer: Transfer, band: float, reach_um: float) -> int:
    """Panels of `ORDER` nodes that resolve the integrand for points up to ``reach_um`` from the axis."""
    if fits_square(transfer, band):
        cycles = band * (reach_um + transfer.largest_shift_um(math.sqrt(2) * band))
    else:
        reach_um *= math.sqrt(2) if holds_circle(transfer, band) else 1.0
        depth = sum(thickness * wave_number for thickness, wave_number in transfer.merged())
        cycles = math.pi / 2 * (reach_um * min(band, transfer.cutoff) + depth)
    return math.ceil(cycles * _NODES_PER_CYCLE / ORDER) + 1


def fits_square(transfer: Transfer, band: float) -> bool:
    """Whether the square |fx|, |fy| < band lies well inside the circle of propagating waves."""
    return transfer.cutoff**2 > 2.1 * band**2


def holds_circle(transfer: Transfer, band: float) -> bool:
    """Whether all propagating waves lie inside the square |fx|, |fy| < band: spacing ≤ λ/2n."""
    return transfer.cutoff <= band


def impulse_response(transfer: Transfer, band: float, x_um: Array, y_um: Array, panels: int) -> Complex:
    """h at the points of a lattice, in 1/um², [len(y_um), len(x_um)].

    Args:
        transfer: the transfer function, even in fx and fy.
        band: half the side of the square of frequencies, 1/(2·spacing), in cycles per micrometre.
        x_um: positions along x.
        y_um: positions along y.
        panels: number of quadrature panels of `ORDER` nodes along each axis.
    """
    if fits_square(transfer, band):
        return _square(transfer, band, x_um, y_um, panels)
    if holds_circle(transfer, band):
        return _radial(transfer, x_um, y_um, panels)
    return _circle(transfer, band, x_um, y_um, panels)


def _square(transfer: Transfer, band: float, x_um: Array, y_um: Array, panels: int) -> Complex:
    f, weight = _gauss(panels, 0.0, band)
    along_x = _cosines(x_um, f) * weight
    along_y = _cosines(y_um, f) * weight
    partial = np.zeros((len(y_um), len(f)), dtype=np.complex128)
    step = max(1, _BLOCK // len(f))
    for start in range(0, len(f), step):
        rows = slice(start, start + step)
        partial += _real_times_complex(along_y[:, rows], transfer(f[rows, None] ** 2 + f[None, :] ** 2))
    return _real_times_complex(along_x, partial.T).T


def _radial(transfer: Transfer, x_um: Array, y_um: Array, panels: int) -> Complex:
    """h(r) = 2π ∫ H(f) J₀(2πfr) f df.

    h oscillates no faster than the cutoff R, so a spline of degree 7 through 16 points a cycle gives it to
    about (2π/16)⁸·|B₈|/8! = 5e-10. It is used where it saves most of the integrals.
    """
    reach_um = math.hypot(np.abs(x_um).max(), np.abs(y_um).max())
    step = 1 / (_POINTS_PER_CYCLE * transfer.cutoff)
    points = np.arange(-_SPLINE, math.ceil(reach_um / step) + _SPLINE + 1) * step
    if 8 * len(points) > len(x_um) * len(y_um):
        square, place = np.unique(np.add.outer(y_um**2, x_um**2), return_inverse=True)
        values = _bessel_integral(transfer, np.sqrt(square), panels)
        return np.asarray(values[place.reshape(len(y_um), len(x_um))])
    known = _bessel_integral(transfer, np.abs(points), panels).view(np.float64).reshape(-1, 2)
    spline = make_interp_spline(points, known, k=_SPLINE)
    result = np.empty((len(y_um), len(x_um)), dtype=np.complex128)
    for row, y in zip(result, y_um, strict=True):
        row.view(np.float64)[:] = spline(np.hypot(x_um, y)).reshape(-1)
    return result


def _bessel_integral(transfer: Transfer, distance_um: Array, panels: int) -> Complex:
    """The integral at some distances; smooth up to the cutoff by f = R·sin(t)."""
    t, weight = _gauss(panels, 0.0, math.pi / 2)
    f = transfer.cutoff * np.sin(t)
    spectrum = 2 * np.pi * transfer(f**2) * f * transfer.cutoff * np.cos(t) * weight
    values = np.empty(len(distance_um), dtype=np.complex128)
    step = max(1, _BLOCK // len(f))
    for start in range(0, len(distance_um), step):
        rows = slice(start, start + step)
        waves = j0(2 * np.pi * distance_um[rows, None] * f)
        values[rows] = _real_times_complex(waves, spectrum[:, None])[:, 0]
    return values


def _circle(transfer: Transfer, band: float, x_um: Array, y_um: Array, panels: int) -> Complex:
    result = np.zeros((len(y_um), len(x_um)), dtype=np.complex128)
    for fx, weight_x in _outer_nodes(transfer.cutoff, band, panels):
        radius = np.sqrt(np.maximum(transfer.cutoff**2 - fx**2, 0.0))
        angle, weight = _gauss(panels, 0.0, 1.0)
        upper = np.arcsin(np.minimum(1.0, band / radius))
        step = max(1, _BLOCK // (len(angle) * len(y_um)))
        columns = np.empty((len(fx), len(y_um)), dtype=np.complex128)
        for start in range(0, len(fx), step):
            rows = slice(start, start + step)
            fy = radius[rows, None] * np.sin(upper[rows, None] * angle)
            jacobian = radius[rows, None] * np.cos(upper[rows, None] * angle) * upper[rows, None] * weight
            values = transfer(fx[rows, None] ** 2 + fy**2) * jacobian
            columns[rows] = _real_times_complex(_cosines(y_um, fy), values[..., None])[..., 0]
        along_x = _cosines(x_um, fx) * weight_x
        result += _real_times_complex(along_x, columns).T
    return result


def _outer_nodes(cutoff: float, band: float, panels: int) -> list[tuple[Array, Array]]:
    """Nodes and weights along fx, split where the circle leaves the square; smooth by fx = R·sin(t)."""
    corner = math.sqrt(max(cutoff**2 - band**2, 0.0))
    pieces = []
    if corner > 0:
        t, weight = _gauss(panels, 0.0, math.pi / 2)
        pieces.append((corner * np.sin(t), weight * corner * np.cos(t)))
    t, weight = _gauss(panels, math.asin(corner / cutoff), math.asin(min(1.0, band / cutoff)))
    pieces.append((cutoff * np.sin(t), weight * cutoff * np.cos(t)))
    return pieces


def _cosines(positions_um: Array, frequencies: Array) -> Array:
    """2·cos(2π·position·frequency): an even spectrum folded on its positive half, [..., positions, nodes]."""
    return 2 * np.cos(2 * np.pi * positions_um[:, None] * frequencies[..., None, :])


def _real_times_complex(left: Array, right: Complex) -> Complex:
    pairs = np.ascontiguousarray(right).view(np.float64)
    return np.ascontiguousarray(left @ pairs).view(np.complex128)


def _gauss(panels: int, lower: float, upper: float) -> tuple[Array, Array]:
    nodes, weights = _legendre()
    edges = np.linspace(lower, upper, panels + 1)
    half = np.diff(edges)[:, None] / 2
    middle = (edges[:-1, None] + edges[1:, None]) / 2
    return (middle + half * nodes).ravel(), (half * weights).ravel()


@lru_cache(maxsize=1)
def _legendre() -> tuple[Array, Array]:
    nodes, weights = np.polynomial.legendre.leggauss(ORDER)
    return nodes, weights
