"""Phase has become height: exact integer reliefs, and closed meshes of them that stream in bands."""

from fabdesign.relief.floor import VertexCount, count_vertices
from fabdesign.relief.lattice import Lattice, layer_lattice
from fabdesign.relief.make import make_relief
from fabdesign.relief.mesh import Triangles
from fabdesign.relief.mesh_merged import merged_mesh
from fabdesign.relief.mesh_pixels import pixel_mesh
from fabdesign.relief.relief import Relief
from fabdesign.relief.vertices import VertexTable
from fabdesign.relief.volume import CornerVolume

__all__ = [
    "CornerVolume",
    "Lattice",
    "Relief",
    "Triangles",
    "VertexCount",
    "VertexTable",
    "count_vertices",
    "layer_lattice",
    "make_relief",
    "merged_mesh",
    "pixel_mesh",
]
