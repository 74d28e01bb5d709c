"""Reading projects of nanoPrintX back: the mesh as they print it, and the settings that would spoil it."""

from fabdesign.check.nano.findings import project_findings, slice_findings
from fabdesign.check.nano.mesh import ProjectMesh
from fabdesign.check.nano.project import NanoProject, is_nano, open_nano

__all__ = ["NanoProject", "ProjectMesh", "is_nano", "open_nano", "project_findings", "slice_findings"]
