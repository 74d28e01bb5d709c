"""Exports in every format, each with the options that it needs."""

from pathlib import Path

from fabdesign.design import Design
from fabdesign.export import export_design

NEEDED: dict[str, dict[str, object]] = {
    "bmp8": {"curve": "even"},
    "gds-grey": {"curve": "even"},
    "dose-planes": {"curve": "even"},
    "dose-planes-png": {"curve": "even"},
    "gwl": {"profile": "2pp-63x-ip-dip", "slice_um": 0.09},
}
"""Options without which a format refuses to be written, or rounds heights to the slices of a machine."""


def export_in(design: Design, name: str, folder: Path, **options: object) -> list[Path]:
    """All files of a design in a format."""
    chosen = {**NEEDED.get(name, {}), **options}
    return list(export_design(design, folder, name, options=chosen, overwrite=True).paths)
