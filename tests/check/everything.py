"""Exports in every format, each with the options that it needs."""

from pathlib import Path

from benchmarks.kinds import NEEDED
from fabdesign.design import Design
from fabdesign.export import export_design


def export_in(design: Design, name: str, folder: Path, **options: object) -> list[Path]:
    """All files of a design in a format."""
    chosen = {**NEEDED.get(name, {}), **options}
    return list(export_design(design, folder, name, options=chosen, overwrite=True).paths)
