"""Where the thin-layer model holds: relief height against pitch, and pitch against wavelength."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fabdesign.check.finding import Finding, warning
from fabdesign.design import Design

HIGHEST_ASPECT = 1.0
"""Above this height / pitch a thin-layer score is not called verified (arXiv 2606.07896)."""


@dataclass(frozen=True)
class ThinModel:
    """The two ratios that decide whether a relief acts as a thin mask.

    Args:
        height_um: tallest relief of the design.
        pitch_um: edge of a pixel.
        wavelength_um: vacuum wavelength.
    """

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
        """Whether a score by the thin model may be called verified."""
        return self.height_over_pitch <= HIGHEST_ASPECT

    def to_dict(self) -> dict[str, Any]:
        """The ratios as plain JSON values."""
        return {
            "name": "thin",
            "height_over_pitch": self.height_over_pitch,
            "pitch_over_wavelength": self.pitch_over_wavelength,
            "verified": self.holds,
        }


def thin_model(design: Design) -> ThinModel:
    """The thin-model ratios of a design, by the tallest level that it uses."""
    physical = design.physical
    return ThinModel(float(design.height_um().max()), physical.pitch_um, physical.wavelength_um)


def thin_model_findings(model: ThinModel) -> Iterator[Finding]:
    """A warning where a thin-layer score must not be called verified."""
    if not model.holds:
        yield warning(
            "model.thin-invalid",
            f"The relief is {model.height_over_pitch:.2f} times as tall as a pixel is wide, and pixels are "
            f"{model.pitch_over_wavelength:.2f} wavelengths wide: a thin-layer score is not verified.",
            value=model.height_over_pitch,
            limit=HIGHEST_ASPECT,
            unit="height / pitch",
            limit_source="literature: arXiv 2606.07896",
            hint="Use a larger pitch; near the limit a real device loses a few points, far above it all.",
        )
