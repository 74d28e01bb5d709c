"""Mesh designs and calibrations as tables and JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from fabdesign_cli.console import emit_json, result_table
from fabdesign_cli.scores import Row

if TYPE_CHECKING:
    from fabdesign.chip import CalibrationFile, MeshDesign


def show_mesh(path: Path, design: MeshDesign, as_json: bool) -> None:
    """Print what a mesh design holds."""
    if as_json:
        emit_json(mesh_record(path, design))
    else:
        result_table(mesh_rows(path, design))


def mesh_record(path: Path, design: MeshDesign) -> dict[str, Any]:
    """A mesh design as plain JSON values."""
    from fabdesign.chip import power_rad

    return {
        "file": str(path),
        "kind": "mesh",
        "content_hash": design.content_hash,
        "phases": len(design.phase_rad),
        "active": int(design.active.sum()),
        "power_rad": power_rad(design.phase_rad[design.active]),
        "physical": design.physical.to_json(),
        "settings": dict(design.settings),
        "scores": dict(design.scores),
        "provenance": dict(design.provenance),
    }


def mesh_rows(path: Path, design: MeshDesign) -> list[Row]:
    """A mesh design as rows of a table."""
    record, physical = mesh_record(path, design), design.physical
    rows = [
        ("file", str(path)),
        ("content hash", design.content_hash),
        ("network", " - ".join(map(str, physical.sizes)) + f", {physical.mesh} meshes"),
        ("phases", f"{record['phases']}, of which {record['active']} have a heater"),
        (
            "power",
            f"{record['power_rad']:.1f} rad of active phases, gauge {design.settings.get('gauge', '?')}",
        ),
    ]
    if "accuracy" in design.scores:
        scores = design.scores
        rows.append(
            ("accuracy", f"{_percent(scores['accuracy'])} of {scores['sample_count']} images, without errors")
        )
    return rows


def show_calibration(path: Path, calibration: CalibrationFile, as_json: bool) -> None:
    """Print what a calibration holds."""
    if as_json:
        emit_json(calibration_record(path, calibration))
    else:
        result_table(calibration_rows(path, calibration))


def calibration_record(path: Path, calibration: CalibrationFile) -> dict[str, Any]:
    """A calibration as plain JSON values."""
    return {
        "file": str(path),
        "kind": "calibration",
        "content_hash": calibration.content_hash,
        "design": calibration.design_hash,
        "instrument": dict(calibration.physical["instrument"]),
        "settings": dict(calibration.settings),
        "scores": dict(calibration.scores),
    }


def calibration_rows(path: Path, calibration: CalibrationFile) -> list[Row]:
    """A calibration as rows of a table."""
    scores = calibration.scores
    before, best = scores["before"], scores["best"]
    rows = [
        ("file", str(path)),
        ("design", calibration.design_hash),
        ("learner", str(calibration.settings["learner"])),
        ("queries", f"{scores['queries']} to learn, {scores['check_queries']} to look how well it goes"),
        ("loss", f"{before['loss']:.4f} before, {best['loss']:.4f} after"),
    ]
    if "zones" in calibration.physical["instrument"]:
        rows += _print_rows(calibration)
    else:
        rows.append(("power", f"{before['power_rad']:.1f} rad before, {best['power_rad']:.1f} rad after"))
    if test := scores.get("test"):
        rows.append(
            (
                "accuracy",
                f"{_percent(test['before'])} before, {_percent(test['best'])} after "
                f"({test['sample_count']} test images)",
            )
        )
    return rows


def _print_rows(calibration: CalibrationFile) -> list[Row]:
    """What a print has instead of heaters: frames of a camera, zones, windows."""
    instrument, scores = calibration.physical["instrument"], calibration.scores
    x, y = instrument["windows_um"]
    rows, columns = instrument["zones"]
    frames = calibration.settings["batch"] * (scores["queries"] + scores["check_queries"]) + scores["frames"]
    return [
        ("frames", f"{frames:,} of the camera at most"),
        ("element", f"{rows} × {columns} zones, phases in best_rad"),
        ("windows", f"{x:+.2f} µm in x and {y:+.2f} µm in y from where they were designed"),
    ]


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"
