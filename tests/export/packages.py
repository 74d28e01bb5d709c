"""A small package of several formats, and a way to take it apart without our own code."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from fabdesign.check import check_files
from fabdesign.design import Design, save_design
from fabdesign.export import export_design
from fabdesign.export.bundle import Exported, Package, write_bundle
from fabdesign.process import load_profile
from tests.export.devices import F_SHAPE, make_design

PROCESS = "2pp-63x-ip-dip"
FORMATS = {"stl": {}, "gds": {"tone": "add", "coding": "staircase"}, "png16": {}, "gwl": {}}


def small_design() -> Design:
    """Two layers, an F and an F upside down, on one-micron pixels."""
    return make_design(np.stack([F_SHAPE, F_SHAPE[::-1]]), step_um=0.1, pitch_um=1.0)


def make_package(
    folder: Path, formats: tuple[str, ...] = tuple(FORMATS), *, checked: bool = True, **more: object
) -> Package:
    """Export a design in several formats below a folder, all with some options, and read the files back."""
    design, profile = small_design(), load_profile(PROCESS)
    folder.mkdir(parents=True, exist_ok=True)
    design_file = folder / "any-name.safetensors"
    save_design(design, design_file)
    exported = []
    for name in formats:
        options = {**FORMATS.get(name, {}), **more}
        result = export_design(design, folder / name, name, stem="letter", profile=profile, options=options)
        exported.append(Exported(folder / name, result, {key: str(v) for key, v in options.items()}))
    files = [path for each in exported for path in each.result.paths]
    found = check_files(files, design_file, resimulate=False).to_dict() if checked else None
    unread = () if checked else formats
    return Package("letter", design, design_file, profile, tuple(exported), found, unread)


def small_bundle(folder: Path, formats: tuple[str, ...] = tuple(FORMATS)) -> Path:
    """Write the package of a design; returns the ZIP."""
    path = folder / "letter-bundle.zip"
    write_bundle(path, make_package(folder / "scratch", formats))
    return path


def unzipped(path: Path) -> dict[str, bytes]:
    """Names and bytes of a ZIP in its order, by Python's own reader."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    """Pack files as another program would."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path
