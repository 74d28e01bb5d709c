"""Interferometer meshes on a chip, and learning on the device that was made.

Each name is imported when it is first used, so that reading a mesh design loads no torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fabdesign.chip.angles import power_rad, wrap
    from fabdesign.chip.calibration import Calibrated, Plan, calibrate
    from fabdesign.chip.calibration_file import CalibrationFile, load_calibration, save_calibration
    from fabdesign.chip.circuit import Circuit, layer_circuit, unitary_circuit
    from fabdesign.chip.crosstalk import Crosstalk, adjacent_crosstalk, heater_crosstalk
    from fabdesign.chip.design import MeshDesign, choose_active, design_mesh, limit_singular_values
    from fabdesign.chip.instrument import Instrument, InstrumentError, InstrumentLost, InstrumentTimeout
    from fabdesign.chip.layout import MeshLayout, mesh_layout
    from fabdesign.chip.learners import learner_names
    from fabdesign.chip.loss import Examples, accuracy, cross_entropy
    from fabdesign.chip.physical import MeshPhysical
    from fabdesign.chip.progress import Checked
    from fabdesign.chip.rotations import decompose_rotations, reconstruct_rotations, regauge
    from fabdesign.chip.simulated import SimulatedChip
    from fabdesign.chip.store import load_mesh, save_mesh
    from fabdesign.chip.twin import Twin
    from fabdesign.chip.unitary import UnitaryPhases, decompose_unitary, reconstruct_unitary
    from fabdesign.chip.unitary_design import UnitaryDesign, design_unitary, load_unitary, save_unitary
    from fabdesign.chip.variation import NO_ERRORS, ErrorModel

_MODULE_OF = {
    "Calibrated": "calibration",
    "CalibrationFile": "calibration_file",
    "Checked": "progress",
    "Circuit": "circuit",
    "Crosstalk": "crosstalk",
    "ErrorModel": "variation",
    "Examples": "loss",
    "Instrument": "instrument",
    "InstrumentError": "instrument",
    "InstrumentLost": "instrument",
    "InstrumentTimeout": "instrument",
    "MeshDesign": "design",
    "MeshLayout": "layout",
    "MeshPhysical": "physical",
    "NO_ERRORS": "variation",
    "Plan": "calibration",
    "SimulatedChip": "simulated",
    "Twin": "twin",
    "UnitaryDesign": "unitary_design",
    "UnitaryPhases": "unitary",
    "accuracy": "loss",
    "adjacent_crosstalk": "crosstalk",
    "calibrate": "calibration",
    "choose_active": "design",
    "cross_entropy": "loss",
    "decompose_rotations": "rotations",
    "decompose_unitary": "unitary",
    "design_mesh": "design",
    "design_unitary": "unitary_design",
    "heater_crosstalk": "crosstalk",
    "layer_circuit": "circuit",
    "learner_names": "learners",
    "limit_singular_values": "design",
    "load_calibration": "calibration_file",
    "load_mesh": "store",
    "load_unitary": "unitary_design",
    "mesh_layout": "layout",
    "power_rad": "angles",
    "reconstruct_rotations": "rotations",
    "reconstruct_unitary": "unitary",
    "regauge": "rotations",
    "save_calibration": "calibration_file",
    "save_mesh": "store",
    "save_unitary": "unitary_design",
    "unitary_circuit": "circuit",
    "wrap": "angles",
}

__all__ = [
    "NO_ERRORS",
    "Calibrated",
    "CalibrationFile",
    "Checked",
    "Circuit",
    "Crosstalk",
    "ErrorModel",
    "Examples",
    "Instrument",
    "InstrumentError",
    "InstrumentLost",
    "InstrumentTimeout",
    "MeshDesign",
    "MeshLayout",
    "MeshPhysical",
    "Plan",
    "SimulatedChip",
    "Twin",
    "UnitaryDesign",
    "UnitaryPhases",
    "accuracy",
    "adjacent_crosstalk",
    "calibrate",
    "choose_active",
    "cross_entropy",
    "decompose_rotations",
    "decompose_unitary",
    "design_mesh",
    "design_unitary",
    "heater_crosstalk",
    "layer_circuit",
    "learner_names",
    "limit_singular_values",
    "load_calibration",
    "load_mesh",
    "load_unitary",
    "mesh_layout",
    "power_rad",
    "reconstruct_rotations",
    "reconstruct_unitary",
    "regauge",
    "save_calibration",
    "save_mesh",
    "save_unitary",
    "unitary_circuit",
    "wrap",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
