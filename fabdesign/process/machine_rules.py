"""What a machine's software takes and how fast the machine writes: two tables of a profile."""

from __future__ import annotations

from typing import Literal

from fabdesign.process.marked import NonNegative, Positive, Section, Whole


class Exposure(Section):
    """What the write time and the job text need; power in percent, times in seconds.

    Attributes:
        speed_mm_s: of a line, where a spot writes line by line.
        power: of the laser.
        rate_mm2_min: area that a scanning writer covers in a minute, whatever is drawn on it.
        dose_uc_cm2: charge for an area, of electron beams.
        current_na: of the electron beam.
        t_move_s: from one field to the next.
        t_setup_s: once for a job.
    """

    speed_mm_s: Positive | None = None
    power: Positive | None = None
    rate_mm2_min: Positive | None = None
    dose_uc_cm2: Positive | None = None
    current_na: Positive | None = None
    t_move_s: NonNegative | None = None
    t_setup_s: NonNegative | None = None


class Limits(Section):
    """What the machine's software refuses.

    Attributes:
        max_triangles: of one solid.
        max_file_mb: size of one file.
        max_vertices: of one polygon.
        max_reference_depth: nesting of cells.
        max_definitions: number of cells.
        max_extent_mm: greatest coordinate.
        max_name_length: characters of a name.
        max_write_h: longest job.
        name_regex: what a cell may be called.
        forbidden_names: names no cell may have.
        polygons_only: whether paths and texts must be drawn as polygons.
        text: what becomes of text in a layout file; absent where nobody knows.
        rectangles_only: whether polygons of many corners are written badly.
        overlap_modes: what the operator may choose for shapes that overlap.
        stitch_on_pixels: whether field borders must fall on pixel borders.
        source: where the rules in words come from: names, text, polygons and overlap.
    """

    max_triangles: Whole | None = None
    max_file_mb: Positive | None = None
    max_vertices: Whole | None = None
    max_reference_depth: Whole | None = None
    max_definitions: Whole | None = None
    max_extent_mm: Positive | None = None
    max_name_length: Whole | None = None
    max_write_h: Positive | None = None
    name_regex: str | None = None
    forbidden_names: tuple[str, ...] = ()
    polygons_only: bool = False
    text: Literal["read", "ignored", "refused"] | None = None
    rectangles_only: bool = False
    overlap_modes: tuple[str, ...] = ()
    stitch_on_pixels: bool = True
    source: str = ""
