"""The names of the scores, and how each is shown: one place for tasks, checks and commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ACCURACY = "accuracy"
"""Share of examples whose answer is the right class; a tie goes to the lowest label."""
EFFICIENCY = "detector_efficiency"
"""Mean share of the light that leaves the object and reaches any detector, or the window of the image."""
TARGET_EFFICIENCY = "target_efficiency"
"""Mean share of the light that leaves the object and reaches the right detector, or a wanted spot."""
SSIM = "ssim"
"""Mean structural similarity of the phase images, in units of the depth."""
PSNR = "psnr_db"
"""Mean peak signal-to-noise ratio of the phase images, the peak being the depth."""
PHASE_ERROR = "phase_error_rad"
"""Mean absolute error of the phase."""
UNIFORMITY = "uniformity"
"""1 − (max − min)/(max + min) of power over wanted power on the wanted pixels."""
SIGNAL_TO_NOISE = "signal_to_noise_db"
"""Power of the best multiple of the target over the power of what is left, both squared and summed."""
SAMPLE_COUNT = "sample_count"
"""How many examples a score is the mean of."""


@dataclass(frozen=True)
class Metric:
    """How a score is read and shown.

    Args:
        name: the key in designs and files.
        label: what people read.
        unit: ``"share"`` is shown in percent.
        better: whether more or less of it is good.
    """

    name: str
    label: str
    unit: Literal["share", "number", "dB", "rad"] = "number"
    better: Literal["higher", "lower"] = "higher"

    def text(self, value: float) -> str:
        """Return a value with its unit.

        >>> METRICS["accuracy"].text(0.8912), METRICS["ssim"].text(0.87654), METRICS["psnr_db"].text(21.5)
        ('89.12 %', '0.8765', '21.50 dB')
        """
        match self.unit:
            case "share":
                return f"{100 * value:.2f} %"
            case "dB":
                return f"{value:.2f} dB"
            case "rad":
                return f"{value:.4f} rad"
        return f"{value:.4f}"


METRICS = {
    metric.name: metric
    for metric in (
        Metric(ACCURACY, "accuracy", "share"),
        Metric(SSIM, "mean SSIM"),
        Metric(PSNR, "mean PSNR", "dB"),
        Metric(PHASE_ERROR, "phase error", "rad", "lower"),
        Metric(SIGNAL_TO_NOISE, "signal to noise", "dB"),
        Metric(UNIFORMITY, "uniformity"),
        Metric(TARGET_EFFICIENCY, "light on the right place", "share"),
        Metric(EFFICIENCY, "light on detectors", "share"),
    )
}
"""The metrics by name, the most telling ones first."""

_HEADLINE = {
    "argmax": ACCURACY,
    "pairs": ACCURACY,
    "phase-image": SSIM,
    "target-image": SIGNAL_TO_NOISE,
}


def headline_of(readout_kind: str) -> str:
    """Return the score that speaks for a device, given how it is read out.

    >>> headline_of("phase-image")
    'ssim'
    """
    return _HEADLINE[readout_kind]
