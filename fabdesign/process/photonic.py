"""The table of a process for photonic chips: waveguides, couplers, heaters, metal, pads and their rules."""

from __future__ import annotations

from fabdesign.process.marked import NonNegative, Positive, Section, Whole


class Waveguides(Section):
    """The waveguides and the light in them.

    Attributes:
        layer: GDSII layer.
        width_um: width of a waveguide.
        effective_index: of its mode at the wavelength; it turns lengths into phases.
        radius_min_um: smallest radius of curvature.
        tip_width_um: width at the end of an inverse taper.
        taper_um: length of an inverse taper.
        min_width_um: narrowest drawn waveguide.
        min_space_um: narrowest gap between waveguides.
    """

    layer: Whole
    width_um: Positive
    effective_index: Positive
    radius_min_um: Positive
    tip_width_um: Positive
    taper_um: Positive
    min_width_um: Positive
    min_space_um: Positive


class Couplers(Section):
    """Directional couplers: κ per length is ``coupling_rad_per_um``·exp(−(gap − ``gap_um``)/``decay_um``).

    Attributes:
        gap_um: between the two waveguides.
        coupling_rad_per_um: κ per length at this gap; π/4 in all splits light in halves.
        decay_um: by how much more gap κ falls to 1/e.
    """

    gap_um: Positive
    coupling_rad_per_um: Positive
    decay_um: Positive


class Heaters(Section):
    """Resistive strips above waveguides.

    Attributes:
        layer: GDSII layer.
        width_um: width of a strip.
        length_um: length of a strip between its contacts.
        contact_um: side of the square at each end.
        min_width_um: narrowest drawn strip.
        min_space_um: narrowest gap between heaters.
        around_via_um: how far the heater layer reaches beyond a via.
    """

    layer: Whole
    width_um: Positive
    length_um: Positive
    contact_um: Positive
    min_width_um: Positive
    min_space_um: Positive
    around_via_um: NonNegative


class Vias(Section):
    """Openings through which metal meets a heater.

    Attributes:
        layer: GDSII layer.
        size_um: side of a square.
        min_width_um: narrowest opening.
        min_space_um: narrowest distance of openings.
    """

    layer: Whole
    size_um: Positive
    min_width_um: Positive
    min_space_um: Positive


class Metals(Section):
    """The one metal that leads from heaters to pads.

    Attributes:
        layer: GDSII layer.
        wire_um: width of a wire.
        space_um: distance of wires as they are laid.
        min_width_um: narrowest drawn metal.
        min_space_um: narrowest gap in the metal.
        around_via_um: how far metal reaches beyond a via.
    """

    layer: Whole
    wire_um: Positive
    space_um: Positive
    min_width_um: Positive
    min_space_um: Positive
    around_via_um: NonNegative


class Pads(Section):
    """Bond pads and the openings above them.

    Attributes:
        layer: GDSII layer of the openings.
        size_um: side of a pad.
        pitch_um: distance of the pads in a row.
        rows: rows of pads on each side of the chip, each between the pads of the other.
        inside_um: how far an opening stays inside its pad.
        min_width_um: narrowest opening.
        min_space_um: narrowest distance of openings.
    """

    layer: Whole
    size_um: Positive
    pitch_um: Positive
    rows: Whole
    inside_um: NonNegative
    min_width_um: Positive
    min_space_um: Positive


class Photonic(Section):
    """What a process for photonic chips makes, at one wavelength.

    Attributes:
        wavelength_um: vacuum wavelength that the numbers hold at.
        port_pitch_um: distance of the ports of a chip, that of the fibres which meet them.
    """

    wavelength_um: Positive
    port_pitch_um: Positive
    waveguide: Waveguides
    coupler: Couplers
    heater: Heaters
    via: Vias
    metal: Metals
    pad: Pads
