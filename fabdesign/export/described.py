"""What every format can be told: options with values, defaults and meaning, for people and programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fabdesign.export.nano.options import ANY, SUBSTRATES
from fabdesign.export.registry import exporters, find_exporter
from fabdesign.export.solids import CONTACTS, MESHES
from fabdesign.process.codings import coding_names
from fabdesign.relief.assembly import ASSEMBLIES

FROM_PROFILE = "the profile's"


@dataclass(frozen=True)
class Option:
    """One option of a format.

    Args:
        name: as in ``-o name=value``.
        values: the words that it takes, or what kind of value.
        default: what holds without it, in words.
        meaning: what it does.
    """

    name: str
    values: str
    default: str
    meaning: str

    def to_dict(self) -> dict[str, Any]:
        """The option as plain JSON values."""
        return asdict(self)


_PROFILE = Option("profile", "name or path", "the design's process", "process profile that fills in the rest")

_SOLIDS = (
    Option("mesh", " | ".join(MESHES), MESHES[0], "fewest triangles, or quickest to make"),
    Option("assembly", " | ".join(ASSEMBLIES), ASSEMBLIES[0], "a file per layer, or all put together in one"),
    Option("clearance_um", "length in µm", "chosen", "between optic and frame, with an assembly"),
    Option("drain_um", "length in µm", "chosen", "width of the openings that resin leaves by"),
    Option("frame_um", "length in µm", "chosen", "width of the frame around a layer"),
    Option("post_um", "length in µm", "chosen", "side of a post of a stack"),
    Option("substrate_um", "length in µm", "chosen", "thickness of the substrate of plates"),
    _PROFILE,
)
_CONTACTS = Option("contacts", " | ".join(CONTACTS), CONTACTS[0], "corners where pixels touch along an edge")
_MASKS = (
    Option(
        "coding", " | ".join(coding_names()), f"{FROM_PROFILE}, else {coding_names()[0]}", "levels to masks"
    ),
    Option("tone", "etch | add", "by the kind of process", "drawn pixels lose or gain material"),
    Option("polygon_tone", "clear | dark", f"{FROM_PROFILE}, else clear", "drawn polygons on the plate"),
    Option("marks", "true | false", "true", "marks, labels and test structures around the optic"),
    Option("merged", "true | false", "false", "merged polygons instead of rectangles; needs KLayout"),
    Option("grid_nm", "length in nm", f"{FROM_PROFILE}, else unit_nm", "manufacturing grid"),
    Option("unit_nm", "length in nm", "1", "database unit"),
    _PROFILE,
)
_HEIGHTS = (
    Option("range_um", "length in µm", "the tallest level", "height of white"),
    Option("invert", "true | false", f"{FROM_PROFILE}, else false", "black is the tallest"),
    _PROFILE,
)
_DOSES = (
    Option(
        "curve", "CSV file | even", f"{FROM_PROFILE}; refused without one", "contrast curve, grey to height"
    ),
    Option("offset_um", "length in µm", "0", "base of the relief above the lowest height of the curve"),
    Option("curve_sigma_nm", "length in nm", "unknown", "how well the curve was measured"),
    *_HEIGHTS,
)
_PLANES = (
    *_DOSES,
    Option("lsb_percent", "percent", f"{FROM_PROFILE}, else 0.39", "dose of the weakest plane"),
)
_PRESET = (
    Option("slice_um", "length in µm", FROM_PROFILE, "distance of the slices"),
    Option("hatch_um", "length in µm", FROM_PROFILE, "distance of the lines in a slice"),
    Option("hatch", "x | y | alternate", "x", "direction of the lines"),
    Option("power", "percent", f"{FROM_PROFILE}, else 30", "laser power"),
    Option("speed_um_s", "µm/s", FROM_PROFILE, "speed of the lines"),
)
_SUBSTRATE = Option("substrate", " | ".join(SUBSTRATES), ANY, "what nanoPrintX is told that it prints on")
_JOBS = (
    *_PRESET,
    Option("planes", "auto | half | whole", "auto", "slices at half or whole multiples of their distance"),
    Option("field_um", "length in µm", FROM_PROFILE, "largest side of a writing field"),
    _PROFILE,
)
_OPTIONS: Mapping[str, tuple[Option, ...]] = {
    "stl": _SOLIDS,
    "3mf": (*_SOLIDS, _CONTACTS),
    "gds": _MASKS,
    "oasis": _MASKS,
    "png16": _HEIGHTS,
    "tiff16": _HEIGHTS,
    "bmp8": _DOSES,
    "gds-grey": _DOSES,
    "dose-planes": _PLANES,
    "dose-planes-png": _PLANES,
    "gwl": _JOBS,
    "nano": (*_PRESET, _SUBSTRATE, *_SOLIDS),
}


def options_of(format: str) -> tuple[Option, ...]:
    """The options of a format.

    Raises:
        ConfigError: there is no such format.

    >>> [option.name for option in options_of("png16")]
    ['range_um', 'invert', 'profile']
    """
    find_exporter(format)
    return _OPTIONS.get(format, ())


def describe_formats() -> list[dict[str, Any]]:
    """All formats with their options, as plain JSON values."""
    return [
        {
            "name": name,
            "summary": exporter.summary,
            "options": [option.to_dict() for option in options_of(name)],
        }
        for name, exporter in exporters().items()
    ]
