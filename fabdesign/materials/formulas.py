"""Dispersion formulas: the refractive index n at a vacuum wavelength in micrometres.

Coefficients are checked once, when a material is read; the formulas are plain functions afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Coefficients = Mapping[str, Sequence[float]]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Formula:
    """One dispersion formula.

    Attributes:
        expression: the formula as a person writes it.
        names: the coefficient lists it needs.
        index: n for an array of vacuum wavelengths in um.
    """

    expression: str
    names: tuple[str, ...]
    index: Callable[[Coefficients, Array], Array]


def sellmeier(coefficients: Coefficients, wavelength_um: Array) -> Array:
    """n² = 1 + Σ B λ² / (λ² - C), with C in um².

    >>> float(sellmeier({"B": [3.0], "C": [0.0]}, np.array([0.5]))[0])
    2.0
    """
    square = np.asarray(wavelength_um, dtype=np.float64) ** 2
    terms = zip(coefficients["B"], coefficients["C"], strict=True)
    return np.asarray(np.sqrt(1.0 + sum(b * square / (square - c) for b, c in terms)))


def sellmeier2(coefficients: Coefficients, wavelength_um: Array) -> Array:
    """n² = 1 + Σ B λ² / (λ² - C²), with C in um (Malitson 1965 writes fused silica so).

    >>> float(sellmeier2({"B": [3.0], "C": [0.0]}, np.array([0.5]))[0])
    2.0
    """
    squared = {"B": coefficients["B"], "C": [c * c for c in coefficients["C"]]}
    return sellmeier(squared, wavelength_um)


def cauchy(coefficients: Coefficients, wavelength_um: Array) -> Array:
    """n = A₀ + A₁/λ² + A₂/λ⁴ + …, with λ in um.

    >>> float(cauchy({"A": [1.5, 0.01]}, np.array([0.5]))[0])
    1.54
    """
    inverse = np.asarray(wavelength_um, dtype=np.float64) ** -2
    return np.asarray(np.polynomial.polynomial.polyval(inverse, coefficients["A"]), dtype=np.float64)


def constant(coefficients: Coefficients, wavelength_um: Array) -> Array:
    """n = n₀ at every wavelength of the range.

    >>> float(constant({"n": [1.0]}, np.array([0.785]))[0])
    1.0
    """
    return np.full_like(np.asarray(wavelength_um, dtype=np.float64), coefficients["n"][0])


def tabulated(coefficients: Coefficients, wavelength_um: Array) -> Array:
    """Monotone cubic (PCHIP, Fritsch & Butland 1984) through measured points: no overshoot between them.

    >>> float(tabulated({"wavelength_um": [0.4, 0.8], "n": [1.6, 1.5]}, np.array([0.6]))[0])
    1.55
    """
    from scipy.interpolate import PchipInterpolator  # noqa: PLC0415  (half a second that few need)

    curve = PchipInterpolator(coefficients["wavelength_um"], coefficients["n"], extrapolate=False)
    return np.asarray(curve(wavelength_um), dtype=np.float64)


def gas(coefficients: Coefficients, wavelength_um: Array) -> Array:
    """n = 1 + Σ B / (C - λ⁻²), with C in um⁻² (Ciddor, Appl. Opt. 35, 1566 (1996), for standard air).

    >>> float(gas({"B": [0.0002], "C": [5.0]}, np.array([0.5]))[0])
    1.0002
    """
    inverse = np.asarray(wavelength_um, dtype=np.float64) ** -2
    terms = zip(coefficients["B"], coefficients["C"], strict=True)
    return np.asarray(1.0 + sum(b / (c - inverse) for b, c in terms), dtype=np.float64)


FORMULAS: dict[str, Formula] = {
    "sellmeier": Formula("n² = 1 + Σ B λ²/(λ² - C)", ("B", "C"), sellmeier),
    "sellmeier2": Formula("n² = 1 + Σ B λ²/(λ² - C²)", ("B", "C"), sellmeier2),
    "cauchy": Formula("n = A₀ + A₁/λ² + A₂/λ⁴ + …", ("A",), cauchy),
    "constant": Formula("n = n₀", ("n",), constant),
    "tabulated": Formula("monotone cubic through n(λ)", ("wavelength_um", "n"), tabulated),
    "gas": Formula("n = 1 + Σ B/(C - λ⁻²)", ("B", "C"), gas),
}


def coefficient_fault(formula: str, coefficients: Coefficients) -> str | None:
    """Say in words what the coefficients of a formula must be and are not, or None.

    >>> coefficient_fault("sellmeier", {"B": [1.0], "C": [0.01, 0.02]})
    'must hold as many B as C, at least 1'
    """
    names = FORMULAS[formula].names
    if set(coefficients) != set(names):
        return f"must be {' and '.join(names)} for the formula {formula}"
    sizes = [len(coefficients[name]) for name in names]
    least = 2 if formula == "tabulated" else 1
    if len(set(sizes)) > 1 or sizes[0] < least:
        return f"must hold as many {' as '.join(names)}, at least {least}"
    if formula == "constant" and sizes[0] != 1:
        return "must hold one value n"
    if formula == "tabulated" and np.any(np.diff(coefficients["wavelength_um"]) <= 0):
        return "must have wavelength_um that increase from value to value"
    return None
