"""Small meshes as masks, and their polygons as another program reads them."""

from __future__ import annotations

from pathlib import Path

import gdstk
import numpy as np
from numpy.typing import NDArray

from fabdesign.chip import MeshDesign, UnitaryDesign, design_mesh, design_unitary, limit_singular_values
from fabdesign.chip.layout import MeshKind
from fabdesign.export import ExportResult
from fabdesign.export.circuit import export_chip
from fabdesign.export.circuit.shapes import MASKS
from fabdesign.process import load_profile

PROFILE = load_profile("soi-220-heaters")
assert PROFILE.photonic is not None
PHOTONIC = PROFILE.photonic


def random_unitary(ports: int, seed: int = 0) -> NDArray[np.complex128]:
    """A unitary matrix, evenly drawn."""
    random = np.random.default_rng(seed)
    q, r = np.linalg.qr(random.normal(size=(ports, ports)) + 1j * random.normal(size=(ports, ports)))
    return np.asarray(q * (np.diag(r) / np.abs(np.diag(r))))


def unitary(ports: int = 4, mesh: MeshKind = "clements", seed: int = 0) -> UnitaryDesign:
    """A unitary mesh."""
    return design_unitary(random_unitary(ports, seed), mesh)


def layer(
    rows: int = 4, columns: int = 4, mesh: MeshKind = "clements", share: float = 0.3, seed: int = 0
) -> MeshDesign:
    """One USV* layer of which some rotators have heaters."""
    weight = np.random.default_rng(seed).normal(size=(rows, columns))
    return design_mesh([limit_singular_values(weight, 2.9)], mesh=mesh, active_share=share, seed=seed)


def exported(design: MeshDesign | UnitaryDesign, folder: Path, format: str = "gds") -> ExportResult:
    """The masks of a design."""
    return export_chip(design, folder, format, stem="chip", profile=PROFILE)


def read_by_gdstk(path: Path) -> dict[str, list[NDArray[np.int64]]]:
    """Corners of the masks' polygons in nanometres, read by gdstk."""
    library = gdstk.read_gds(str(path)) if path.suffix == ".gds" else gdstk.read_oas(str(path))
    [cell] = library.top_level()
    mask_of = {int(getattr(PHOTONIC, mask).layer.value): mask for mask in MASKS}
    per_nm = round(library.unit / 1e-9)
    found: dict[str, list[NDArray[np.int64]]] = {mask: [] for mask in MASKS}
    for polygon in cell.polygons:
        if polygon.datatype == 0 and polygon.layer in mask_of:
            points = np.rint(polygon.points * per_nm).astype(np.int64)
            found[mask_of[polygon.layer]].append(points)
    return found
