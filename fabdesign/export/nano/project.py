"""The tables of a project: a preset, a mesh, and the nodes that print it.

Keys and their meaning as npxpy 0.4.0 writes them (PyPI, MIT); nanoPrintX's own description is not published.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fabdesign.export.nano.options import NanoOptions
from fabdesign.export.nano.slices import ProjectSlices
from fabdesign.relief.relief import PM_PER_UM

_IDS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:fabdesign:nano")
_ANGLES = {"x": (0.0, 0.0), "y": (90.0, 0.0), "alternate": (0.0, 90.0)}
"""Angle of the lines in degrees, and what each slice adds to it."""


@dataclass(frozen=True)
class MeshOfProject:
    """The one mesh of a project.

    Attributes:
        path: name in the archive, `mesh_path`.
        triangles: how many it has.
    """

    path: str
    triangles: int


def mesh_path(md5: str, name: str) -> str:
    """Where a mesh lies in the archive.

    >>> mesh_path("00ff", "a.stl")
    'resources/00ff/a.stl'
    """
    return f"resources/{md5}/{name}"


def project_tables(
    title: str, mesh: MeshOfProject, slices: ProjectSlices, options: NanoOptions
) -> dict[str, list[dict[str, Any]]]:
    """Everything that ``__main__.toml`` says.

    Args:
        title: design and layer, as in the header of the mesh; identifiers follow from it and the mesh.
        mesh: the mesh.
        slices: how it is sliced.
        options: the other settings.
    """
    ids = {what: str(uuid.uuid5(_IDS, f"{title} {mesh.path} {what}")) for what in _IDENTIFIED}
    return {
        "presets": [_preset(ids, slices, options)],
        "resources": [_resource(ids, mesh)],
        "nodes": list(_nodes(title, ids, slices, options)),
    }


def project_info(options: NanoOptions) -> dict[str, str]:
    """Everything that ``project_info.json`` says; the date is a fixed one, so that bytes repeat."""
    return {
        "author": "fabdesign",
        "objective": options.objective,
        "resist": options.resin,
        "substrate": options.substrate,
        "creation_date": "1980-01-01T00:00:00",
    }


_IDENTIFIED = ("preset", "mesh", "project", "scene", "aligner", "structure")


def _preset(ids: dict[str, str], slices: ProjectSlices, options: NanoOptions) -> dict[str, Any]:
    job = options.job
    angle, increment = _ANGLES[job.hatch]
    return {
        "id": ids["preset"],
        "name": f"fabdesign {job.profile.name}",
        "valid_objectives": [options.objective],
        "valid_resins": [options.resin],
        "valid_substrates": [options.substrate],
        "writing_speed": job.speed_um_s,
        "writing_power": job.power,
        "slicing_spacing": slices.slice_pm / PM_PER_UM,
        "hatching_spacing": job.hatch_pm / PM_PER_UM,
        "hatching_angle": angle,
        "hatching_angle_increment": increment,
        "hatching_offset": 0.0,
        "hatching_offset_increment": 0.0,
        "hatching_back_n_forth": True,
        "mesh_z_offset": 0.0,
        "grayscale_multilayer_enabled": False,
        "grayscale_layer_profile_nr_layers": 6.0,
        "grayscale_writing_power_minimum": 0.0,
        "grayscale_exponent": 1.0,
    }


def _resource(ids: dict[str, str], mesh: MeshOfProject) -> dict[str, Any]:
    return {
        "id": ids["mesh"],
        "name": mesh.path.rsplit("/", maxsplit=1)[-1],
        "type": "mesh_file",
        "path": mesh.path,
        "scale": [1.0, 1.0, 1.0],
        "translation": [0.0, 0.0, 0.0],
        "rotation": [0.0, 0.0, 0.0],
        "auto_center": False,
        "enhance_mesh": False,
        "simplify_mesh": False,
        "target_ratio": 100.0,
        "properties": {"original_triangle_count": mesh.triangles},
    }


def _nodes(
    title: str, ids: dict[str, str], slices: ProjectSlices, options: NanoOptions
) -> Iterator[dict[str, Any]]:
    yield {
        **_node(ids, "project", title, "scene"),
        "objective": options.objective,
        "resin": options.resin,
        "substrate": options.substrate,
    }
    yield {**_node(ids, "scene", title, "aligner"), "writing_direction_upward": True}
    yield {**_node(ids, "aligner", "Interface aligner", "structure"), **_INTERFACE}
    yield {
        **_node(ids, "structure", title),
        "preset": ids["preset"],
        "slicing_origin_reference": "structure_bottom",
        "slicing_offset": slices.offset_pm / PM_PER_UM,
        "priority": 0,
        "expose_individually": False,
        "geometry": {"type": "mesh", "resource": ids["mesh"], "scale": [1.0, 1.0, 1.0]},
    }


def _node(ids: dict[str, str], kind: str, name: str, child: str | None = None) -> dict[str, Any]:
    return {
        "type": kind,
        "id": ids[kind],
        "name": name,
        "position": [0.0, 0.0, 0.0],
        "rotation": [0.0, 0.0, 0.0],
        "children": [] if child is None else [ids[child]],
        "properties": {},
    }


_INTERFACE: dict[str, Any] = {
    "type": "interface_alignment",
    "action_upon_failure": "abort",
    "alignment_anchors": [],
    "area_measurement": False,
    "center_stage": True,
    "grid_point_count": [5, 5],
    "grid_size": [200.0, 200.0],
    "interface_finder_type": "auto",
    "laser_power": 0.5,
    "measure_tilt": False,
    "pattern": "Origin",
    "properties": {"detector_type": "auto", "signal_type": "auto"},
    "scan_area_res_factors": [1.0, 1.0],
    "scan_z_sample_count": 51,
    "scan_z_sample_distance": 0.1,
}
"""The interface aligner as npxpy 0.4.0 has it by default."""
