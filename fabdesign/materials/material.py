"""A material: n(λ) with the range it was measured in, the state it was measured in, and who measured it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator

from fabdesign.errors import ConfigError
from fabdesign.materials.formulas import FORMULAS, coefficient_fault
from fabdesign.units import format_length

Mark = Literal["measured", "vendor", "literature", "assumed"]
Wavelength = Annotated[FiniteFloat, Field(gt=0)]


class Dispersion(BaseModel):
    """A dispersion formula, its coefficients, and the wavelengths for which they hold.

    Attributes:
        formula: one of ``fabdesign.materials.FORMULAS``.
        coefficients: the lists of numbers that the formula needs, such as ``B`` and ``C``.
        range_um: shortest and longest vacuum wavelength, um.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    formula: Literal["sellmeier", "sellmeier2", "cauchy", "constant", "tabulated", "gas"]
    coefficients: dict[str, tuple[FiniteFloat, ...]]
    range_um: tuple[Wavelength, Wavelength]

    @model_validator(mode="after")
    def _check(self) -> Self:
        if fault := coefficient_fault(self.formula, self.coefficients):
            raise ValueError(fault)
        low, high = self.range_um
        if low >= high:
            raise ValueError("range_um must be [shortest, longest] wavelength in um")
        points = self.coefficients.get("wavelength_um", (low, high))
        if low < points[0] or high > points[-1]:
            raise ValueError(f"range_um must lie within the table, {points[0]:g} to {points[-1]:g} um")
        return self

    def index(self, wavelength_um: ArrayLike) -> NDArray[np.float64]:
        """Return n at vacuum wavelengths that the caller knows to be within the range."""
        return FORMULAS[self.formula].index(self.coefficients, np.asarray(wavelength_um, dtype=np.float64))


class Material(BaseModel):
    """One entry of the material library.

    Attributes:
        name: short name, the one that configs use.
        title: what it is, for people.
        dispersion: n(λ) and its range.
        state: cured or uncured, exposure, temperature.
        mark: how far the numbers can be trusted.
        source: where the numbers were published.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    title: str
    dispersion: Dispersion
    state: str
    mark: Mark
    source: Annotated[str, Field(min_length=1)]

    @property
    def range_um(self) -> tuple[float, float]:
        """Shortest and longest vacuum wavelength with a known index, um."""
        return self.dispersion.range_um

    def covers(self, wavelength_um: float) -> bool:
        """Tell whether the index is known at a vacuum wavelength in um."""
        low, high = self.range_um
        return low <= wavelength_um <= high

    def index(self, wavelength_um: float) -> float:
        """Return the refractive index at a vacuum wavelength; never extrapolated.

        Args:
            wavelength_um: vacuum wavelength, um.

        Raises:
            ConfigError: the wavelength lies outside the range of the data.

        >>> from fabdesign.materials import load_material
        >>> round(load_material("fused-silica").index(0.5876), 5)
        1.45846
        """
        if not self.covers(wavelength_um):
            low, high = map(format_length, self.range_um)
            raise ConfigError(
                f"{self.name} has a known index from {low} to {high}; got {format_length(wavelength_um)}.",
                hint="An index is never extrapolated: choose a wavelength in that range, another material, "
                "or give a measured index yourself.",
            )
        return float(self.dispersion.index(wavelength_um))
