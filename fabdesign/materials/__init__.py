"""Refractive indices with the range in which they hold, the state of the material, and the source."""

from fabdesign.materials.formulas import FORMULAS, Formula
from fabdesign.materials.library import list_materials, load_material
from fabdesign.materials.material import Dispersion, Mark, Material

__all__ = ["FORMULAS", "Dispersion", "Formula", "Mark", "Material", "list_materials", "load_material"]
