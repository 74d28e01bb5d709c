"""What a project does to its mesh that the design does not say."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fabdesign.check.finding import Finding, error, warning
from fabdesign.check.nano.project import NanoProject
from fabdesign.design import Design
from fabdesign.relief.relief import PM_PER_UM
from fabdesign.relief.slicing import plan_slices

_AGAIN = "Export the design again, and leave these settings as they are."
_LEAST_UM = 1e-4


def project_findings(project: NanoProject) -> Iterator[Finding]:
    """What is wrong with a project by itself."""
    mesh, file = project.mesh, str(project.path)
    if mesh.simplify_mesh:
        message = "The project simplifies its mesh, which moves the faces of levels."
        yield error("nano.simplify", message, file=file, hint="Switch simplify_mesh off.")
    if mesh.enhance_mesh:
        message = "The project has nanoPrintX enhance its mesh; what that does is not published."
        yield warning("nano.enhance", message, file=file, hint="Switch enhance_mesh off: the mesh is closed.")
    turned = [node.type for node in project.chain if any(node.rotation)]
    if any(mesh.rotation) or turned:
        where = ", ".join([*turned, *(["mesh"] if any(mesh.rotation) else [])])
        yield error("nano.turned", f"The project turns its print ({where}).", file=file, hint=_AGAIN)
    if project.md5 not in mesh.path.split("/"):
        message = f"The mesh's MD5 is {project.md5}; the project keeps it as {mesh.path[:80]}."
        yield error("nano.sum", message, file=file, hint="The mesh was replaced. " + _AGAIN)
    told = mesh.properties.get("original_triangle_count", project.solid.triangles)
    if told != project.solid.triangles:
        message = f"The mesh has {project.solid.triangles} triangles; the project says {str(told)[:20]}."
        yield error("nano.count", message, file=file, hint=_AGAIN)
    lifted_um = mesh.translation[2] + project.preset.mesh_z_offset
    lifted_um += sum(node.position[2] for node in project.chain)
    if abs(lifted_um) > _LEAST_UM:
        message = f"The project lifts its print by {lifted_um:g} um."
        yield warning("nano.lifted", message, file=file, value=lifted_um, unit="um", hint=_AGAIN)


def slice_findings(project: NanoProject, design: Design, layer: int, plane_um: float) -> Iterator[Finding]:
    """What the slices of a project make of the levels of a layer, wherever nanoPrintX puts the first plane.

    Args:
        project: the project.
        design: what is printed, with the heights as written.
        layer: which of its layers.
        plane_um: top of the layer's base above the bottom of the mesh.
    """
    slice_pm = round(project.preset.slicing_spacing * PM_PER_UM)
    offset_pm = round(project.structure.slicing_offset * PM_PER_UM)
    file, used = str(project.path), np.unique(design.levels[layer]).tolist()
    if project.structure.slicing_origin_reference != "structure_bottom":
        message = "The project does not slice from the bottom of its structure."
        yield warning("nano.slice-origin", message, file=file, layer=layer, hint=_AGAIN)
    heights_pm = np.rint(design.height_of_level_um[layer] * PM_PER_UM).astype(np.int64)
    for first_pm in (offset_pm, offset_pm + slice_pm // 2):
        base_pm = max(1, round(plane_um * PM_PER_UM))
        plan = plan_slices(heights_pm, base_pm, slice_pm, offset_pm=first_pm % slice_pm, used=used)
        told = {"file": file, "layer": layer, "value": slice_pm / PM_PER_UM, "unit": "um"}
        if plan.lost:
            low, high = plan.lost[0]
            message = f"Levels {low} and {high} print alike in slices of {slice_pm / PM_PER_UM:g} um."
            yield error("nano.slices", message, hint=_AGAIN, **told)
            return
        if plan.on_plane:
            message = f"The top of level {plan.on_plane[0]} may lie on a slice plane, and print or not."
            yield error("nano.slices", message, hint=_AGAIN, **told)
            return
