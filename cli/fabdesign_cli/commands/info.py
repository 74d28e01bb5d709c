"""``fabdesign info FILE``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from fabdesign_cli.chips import show_chip_design
from fabdesign_cli.console import emit_json, result_table
from fabdesign_cli.meshes import show_calibration
from fabdesign_cli.options import FILE, json_option
from fabdesign_cli.scores import score_rows

if TYPE_CHECKING:
    from fabdesign.design import Design, Physical


@click.command()
@click.argument("file", type=FILE)
@json_option
def command(*, file: Path, as_json: bool) -> None:
    """Tell what a file holds: a design, a run folder, a mesh design, a unitary mesh, a calibration or STL."""
    from fabdesign.design.runs import DESIGN_NAME

    path = file / DESIGN_NAME if file.is_dir() else file
    if path.suffix.lower() == ".stl":
        _stl(path, as_json)
    else:
        _container(path, as_json)


def _container(path: Path, as_json: bool) -> None:
    from fabdesign.chip import load_calibration
    from fabdesign.formats.container import container_kind

    match container_kind(path):
        case "mesh" | "unitary":
            show_chip_design(path, as_json)
        case "calibration":
            show_calibration(path, load_calibration(path), as_json)
        case _:
            _design(path, as_json)


def _design(path: Path, as_json: bool) -> None:
    from fabdesign.design import load_design

    design = load_design(path)
    if as_json:
        emit_json(_design_record(path, design))
    else:
        result_table([("file", path), *_device_rows(design), *score_rows(design.scores)])


def _design_record(path: Path, design: Design) -> dict[str, Any]:
    return {
        "file": str(path),
        "kind": "design",
        "content_hash": design.content_hash,
        "layers": design.layers,
        "pixels": list(design.pixels),
        "height_of_level_um": design.height_of_level_um.tolist(),
        "physical": design.physical.to_json(),
        "settings": dict(design.settings),
        "scores": dict(design.scores),
        "provenance": dict(design.provenance),
    }


def _device_rows(design: Design) -> list[tuple[str, str]]:
    from fabdesign.units import format_length

    device = design.physical
    ny, nx = design.pixels
    tallest_um = float(design.height_um().max())
    side = " × ".join(format_length(n * device.pitch_um) for n in (nx, ny))
    return [
        ("content hash", design.content_hash),
        ("format", device.format),
        ("layers", f"{design.layers} of {ny} × {nx} pixels of {format_length(device.pitch_um)} ({side})"),
        ("wavelength", f"{format_length(device.wavelength_um)} in vacuum"),
        ("material", f"{device.material.name}, n = {device.material.index:.5g}"),
        ("medium", f"{device.medium.name}, n = {device.medium.index:.6g}"),
        ("process", device.process),
        (
            "levels",
            f"{design.height_of_level_um.shape[1]}, a full turn is {format_length(device.full_turn_um)}",
        ),
        ("tallest relief", f"{format_length(tallest_um)}, {tallest_um / device.pitch_um:.2f} of the pitch"),
        ("task", _task(device)),
    ]


def _task(device: Physical) -> str:
    match device.readout:
        case None:
            return "none"
        case readout if readout.kind == "phase-image":
            return f"a picture of {readout.pixels[0]} × {readout.pixels[1]} pixels shows the object's phase"
        case readout if readout.kind == "target-image":
            return f"light draws a picture of {readout.pixels[0]} × {readout.pixels[1]} pixels"
        case readout:
            pairs = " in pairs" if readout.kind == "pairs" else ""
            return f"{len(device.detectors)} detectors{pairs}"


def _stl(path: Path, as_json: bool) -> None:
    from fabdesign.check import read_back_stl

    back = read_back_stl(path)
    box_um = [float(side) for side in back.solid.size_um]
    record: dict[str, Any] = {
        "file": str(path),
        "kind": "stl",
        "design_hash_prefix": back.tag.hash_prefix if back.tag else None,
        "layer": back.tag.layer if back.tag else None,
        "layers": back.tag.layers if back.tag else None,
        "triangles": back.solid.triangles,
        "closed": back.solid.closed,
        "volume_um3": back.solid.volume_um3,
        "box_um": box_um,
        "pixels": list(back.lattice.shape),
        "pitch_um": back.pitch_um,
        "base_um": back.base_um,
    }
    if as_json:
        emit_json(record)
    else:
        result_table([(name.replace("_", " "), value) for name, value in record.items()])
