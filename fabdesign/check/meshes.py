"""The chain of hashes for meshes: a mesh design, and the calibration of a chip made from it."""

from __future__ import annotations

from pathlib import Path

from fabdesign.check.finding import error
from fabdesign.check.verification import Verification
from fabdesign.chip.calibration_file import KIND as CALIBRATION
from fabdesign.chip.calibration_file import load_calibration
from fabdesign.chip.store import KIND as MESH
from fabdesign.chip.store import load_mesh
from fabdesign.chip.unitary_design import KIND as UNITARY
from fabdesign.chip.unitary_design import load_unitary
from fabdesign.design import load_design
from fabdesign.design.runs import find_among
from fabdesign.formats.container import container_kind


def verify_mesh_file(file: Path, design: Path | None = None) -> Verification | None:
    """Prove a mesh design, a unitary mesh, or a calibration and its design.

    Args:
        file: a container.
        design: the design that a calibration belongs to; else it is looked for beside the file.

    Returns:
        None if the file is none of these.

    Raises:
        FileFormatError: the file is unreadable or altered.
    """
    kind = container_kind(file)
    if kind == MESH:
        mesh = load_mesh(file)
        proved = "physical record, phases, signs and heaters have the content hash"
        rest = "scores, settings and provenance have their hash"
        return Verification(str(file), MESH, mesh.content_hash, (proved, rest))
    if kind == UNITARY:
        proved = "physical record and all phases have the content hash"
        rest = "settings and provenance have their hash"
        return Verification(str(file), UNITARY, load_unitary(file).content_hash, (proved, rest))
    return _verify_calibration(file, design) if kind == CALIBRATION else None


def _verify_calibration(file: Path, design: Path | None) -> Verification:
    calibration = load_calibration(file)
    wanted = calibration.design_hash
    proved = ["tuned phases and the instrument have the content hash", "scores and settings have their hash"]
    origin = design or find_among(iter(sorted(file.parent.glob("*.safetensors"))), wanted)
    if origin is None:
        proved.append(f"it names the design {wanted[:16]}…, which is not beside it")
        return Verification(str(file), CALIBRATION, wanted, tuple(proved))
    active, found = _active_phases(origin)
    if found != wanted:
        finding = error(
            "chain.other-design",
            f"The calibration is of the design with hash {wanted[:32]}…, not of {found[:32]}….",
            file=str(file),
            hint="Name the design that the chip or the print was made from.",
        )
        return Verification(str(file), CALIBRATION, wanted, tuple(proved), (finding,))
    if active is None:
        proved.append(f"it belongs to {origin}, which has its hashes")
    elif len(calibration.best_rad) == active:
        proved.append(f"it has one phase for each heater of {origin}, which has its hashes")
    return Verification(str(file), CALIBRATION, wanted, tuple(proved))


def _active_phases(origin: Path) -> tuple[int | None, str]:
    """How many heaters the design in a file has, none where it is printed, and its content hash."""
    if container_kind(origin) == MESH:
        mesh = load_mesh(origin)
        return int(mesh.active.sum()), mesh.content_hash
    return None, load_design(origin).content_hash
