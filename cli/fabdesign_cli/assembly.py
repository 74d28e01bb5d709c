"""Telling about layers that were put together, and what to print when they were not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fabdesign_cli.console import result_table, say

if TYPE_CHECKING:
    from fabdesign.export import ExportResult

KINDS = ("layers", "stack", "plates")
"""As in `fabdesign.relief.assembly.ASSEMBLIES`, without the import."""


def with_assembly(options: dict[str, Any], kind: str | None) -> dict[str, Any]:
    """Options of a format with the value of ``--assembly`` among them."""
    return options if kind is None else {**options, "assembly": kind}


def show_assembly(result: ExportResult) -> bool:
    """Print what one file with all layers holds; False where layers have files of their own."""
    report = result.report
    if "solid" not in report:
        return False
    solid, geometry = report["solid"], report["geometry"]
    x, y, z = geometry["size_um"]
    rows: list[tuple[object, ...]] = [
        ("file", result.paths[0]),
        ("triangles", f"{solid['triangles']:,}"),
        ("bodies", solid["bodies"]),
        ("volume", f"{solid['volume_um3']:.6g} um³"),
        ("size", f"{x:g} × {y:g} × {z:g} um"),
        (
            "clearance",
            f"{geometry['clearance_um']:g} um around the aperture ({geometry['clearance_source']})",
        ),
    ]
    if report["assembly"] == "stack":
        planes = ", ".join(f"{plane:g}" for plane in geometry["modulation_plane_um"])
        rows += [
            ("layers at", f"z = {planes} um; z = 0 is {geometry['z_zero']}"),
            ("input plane", f"z = {geometry['input_plane_um']:g} um"),
            ("detector plane", f"z = {geometry['detector_plane_um']:g} um"),
            ("posts", f"{geometry['posts_per_gap']} a gap, {geometry['post_width_um']:g} um wide"),
            ("drains", f"at least {geometry['drain_um']:g} um wide"),
        ]
    result_table(rows)
    return True


def recommend_stack(result: ExportResult) -> None:
    """Say what to print where a device has several layers, each in a file of its own."""
    report = result.report
    if report.get("assembly") == "layers" and len(report["layers"]) > 1:
        say(
            f"{len(report['layers'])} layers in files of their own: print --assembly stack, which holds them "
            "in place; sideways shifts between loose plates decide whether the device works."
        )
