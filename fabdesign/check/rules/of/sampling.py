"""Whether the score was computed finely enough to mean something."""

from __future__ import annotations

from collections.abc import Iterator

from fabdesign.check.finding import Finding, warning
from fabdesign.check.rules.registry import Rule
from fabdesign.design import Design
from fabdesign.process import Profile

LEAST_SAMPLES = 2
"""Samples along each side of a pixel wider than half a wavelength, for a score to hold."""
LARGEST_KERNEL_ERROR = 0.01
"""Estimated relative error of the propagation kernel up to which a score is taken as computed."""


def check_sampling(design: Design, profile: Profile) -> Iterator[Finding]:
    """A warning where pixels were computed as points, or the propagation kernel was too coarse."""
    del profile  # how a design was computed is its own
    samples = design.settings.get("samples_per_pixel")
    wide = design.physical.pitch_um / design.physical.wavelength_um
    if isinstance(samples, int) and samples < LEAST_SAMPLES and wide > 0.5:
        yield warning(
            "optics.sampling",
            f"The design was computed with {samples} sample per pixel, on pixels {wide:.3g} wavelengths "
            "wide: as points, not squares, which send much of the light elsewhere.",
            value=float(samples),
            limit=float(LEAST_SAMPLES),
            unit="samples per pixel",
            limit_source="measured: docs, explanation/pixels",
            hint="Train with optics.samples_per_pixel = 2, or evaluate the design again with 2 or 4.",
        )
    sampling = design.settings.get("sampling")
    off = sampling.get("estimated_error") if isinstance(sampling, dict) else None
    if isinstance(off, float) and off > LARGEST_KERNEL_ERROR:
        yield warning(
            "optics.sampling",
            f"The propagation kernel has an estimated error of {off:.2g}.",
            value=off,
            limit=LARGEST_KERNEL_ERROR,
            unit="relative",
            limit_source="assumed: a hundredth of the field",
            hint="Compute on a larger kernel grid, or with shorter distances.",
        )


RULES = (
    Rule(
        "optics.sampling",
        "samples per pixel and kernel of the score",
        check_sampling,
        "the design's settings",
    ),
)
