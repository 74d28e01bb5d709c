"""A material: n(λ) with the range it was measured in, the state it was measured in, and who measured it."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

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

    formula: Literal["sellmeier", "sellmeier2", "cauchy", "constant", "tabulated", "gas"] = Field(
        description="the name of a dispersion formula"
    )
    coefficients: dict[str, tuple[FiniteFloat, ...]] = Field(description="the numbers of the formula")
    range_um: tuple[Wavelength, Wavelength] = Field(description="[shortest, longest] wavelength in um")

    @field_validator("coefficients")
    @classmethod
    def _fit_the_formula(
        cls, lists: dict[str, tuple[float, ...]], info: ValidationInfo
    ) -> dict[str, tuple[float, ...]]:
        fault = coefficient_fault(info.data["formula"], lists) if "formula" in info.data else None
        if fault:
            raise PydanticCustomError("coefficients", "{fault}", {"fault": fault})
        return lists

    @field_validator("range_um")
    @classmethod
    def _is_a_range(cls, span: tuple[float, float], info: ValidationInfo) -> tuple[float, float]:
        if span[0] >= span[1]:
            raise PydanticCustomError("range", "must be [shortest, longest] wavelength in um")
        points = info.data.get("coefficients", {}).get("wavelength_um", span)
        if span[0] < points[0] or span[1] > points[-1]:
            raise PydanticCustomError("range", "must lie within the wavelengths of the table")
        return span

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

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", description="a short name")
    title: str = Field(description="what it is")
    dispersion: Dispersion = Field(description="the table of formula, coefficients and range_um")
    state: str = Field(description="cured or uncured, exposure, temperature")
    mark: Mark = Field(description="measured, vendor, literature or assumed")
    source: str = Field(min_length=1, description="where the numbers were published or measured")

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
