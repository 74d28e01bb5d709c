"""How far frame and posts must stay away from the light."""

from __future__ import annotations

import math

from fabdesign.errors import ConfigError


def diffraction_angle_rad(wavelength_um: float, pitch_um: float, index: float = 1.0) -> float:
    """The largest angle that pixels steer light to, sin θ = λ / (2 n p): the Nyquist frequency of the pixels.

    A relief of pixels p wide changes its phase at most once a pixel, so it holds no spatial frequency above
    1 / (2 p); the direction of a spatial frequency f in a medium of index n is sin θ = f λ / n
    (J. W. Goodman, Introduction to Fourier Optics, 3rd ed., section 3.10).

    Args:
        wavelength_um: wavelength in vacuum.
        pitch_um: side of a pixel.
        index: refractive index of the medium.

    Raises:
        ConfigError: pixels below half a wavelength steer light to every angle.

    >>> round(math.degrees(diffraction_angle_rad(1.0, 1.0)), 1)
    30.0
    """
    sine = wavelength_um / (2 * index * pitch_um)
    if sine >= 1:
        raise ConfigError(
            f"Pixels of {pitch_um:g} um steer light of {wavelength_um:g} um to every angle, so no clearance "
            "beside the aperture follows from them.",
            hint="State one: -o clearance_um=20, say.",
        )
    return math.asin(sine)


def clearance_um(wavelength_um: float, pitch_um: float, index: float, gap_um: float) -> float:
    """How far beside the aperture the steered light gets on its way through a gap, gap · tan θ.

    >>> round(clearance_um(1.0, 1.0, 1.0, 100.0), 2)
    57.74
    """
    return gap_um * math.tan(diffraction_angle_rad(wavelength_um, pitch_um, index))
