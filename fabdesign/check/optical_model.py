"""Where the optical model of a design holds: relief height against pitch, and pitch against wavelength."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fabdesign.check.finding import Finding, warning
from fabdesign.design import Design

HIGHEST_ASPECT = 1.0
"""Above this height / pitch a thin-layer score is not called verified (arXiv 2606.07896)."""
SMALLEST_PIXEL = 1.5
"""Below this pitch / wavelength reflections and walls decide, which no scalar one-way model knows."""


@dataclass(frozen=True)
class OpticalModel:
    """The two ratios that decide whether a model of a relief may be believed.

    Args:
        name: "thin" or "thick".
        height_um: tallest relief of the design.
        pitch_um: edge of a pixel.
        wavelength_um: vacuum wavelength.
    """

    name: str
    height_um: float
    pitch_um: float
    wavelength_um: float

    @property
    def height_over_pitch(self) -> float:
        """Tallest relief over pitch."""
        return self.height_um / self.pitch_um

    @property
    def pitch_over_wavelength(self) -> float:
        """Pitch over vacuum wavelength."""
        return self.pitch_um / self.wavelength_um

    @property
    def holds(self) -> bool:
        """Whether a score by this model may be called verified."""
        if self.name == "thick":
            return self.pitch_over_wavelength >= SMALLEST_PIXEL
        return self.height_over_pitch <= HIGHEST_ASPECT

    def to_dict(self) -> dict[str, Any]:
        """The ratios as plain JSON values."""
        return {
            "name": self.name,
            "height_over_pitch": self.height_over_pitch,
            "pitch_over_wavelength": self.pitch_over_wavelength,
            "verified": self.holds,
        }


def optical_model(design: Design, name: str | None = None) -> OpticalModel:
    """The model of a design, and its ratios by the tallest level that the design uses.

    Args:
        design: gives the ratios.
        name: "thin" or "thick"; left out: the model that the design was made with.
    """
    physical = design.physical
    name = name or str(design.settings.get("model", "thin"))
    return OpticalModel(name, float(design.height_um().max()), physical.pitch_um, physical.wavelength_um)


def optical_model_findings(model: OpticalModel) -> Iterator[Finding]:
    """A warning where a score must not be called verified."""
    if model.holds:
        return
    ratios = (
        f"The relief is {model.height_over_pitch:.2f} times as tall as a pixel is wide, and pixels are "
        f"{model.pitch_over_wavelength:.2f} wavelengths wide"
    )
    if model.name == "thick":
        yield warning(
            "model.thick-invalid",
            f"{ratios}: reflections and walls count, and a one-way score is not verified.",
            value=model.pitch_over_wavelength,
            limit=SMALLEST_PIXEL,
            unit="pitch / wavelength",
            limit_source="measured: gratings beside rigorous coupled waves",
            hint="Use a larger pitch, or judge the design with a rigorous solver.",
        )
        return
    yield warning(
        "model.thin-invalid",
        f"{ratios}: a thin-layer score is not verified.",
        value=model.height_over_pitch,
        limit=HIGHEST_ASPECT,
        unit="height / pitch",
        limit_source="literature: arXiv 2606.07896",
        hint='Use a larger pitch, or train and judge with optics.model = "thick".',
    )
