"""From an optical task to a print job, with proof that what will be printed still works.

The names below are the public interface. Each is imported when it is first used, so that importing the
package costs nothing and the parts that need no torch never load it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fabdesign.check import check_files, read_back_stl
    from fabdesign.config import load_project
    from fabdesign.design import Design, load_design, save_design
    from fabdesign.design.from_phase import design_from_phase
    from fabdesign.errors import (
        ConfigError,
        FabdesignError,
        FileFormatError,
        NumericsError,
        ProcessLost,
        TrainingInterrupted,
    )
    from fabdesign.export import export_design
    from fabdesign.materials import list_materials, load_material
    from fabdesign.process import LevelTable, level_table, list_profiles, load_profile
    from fabdesign.relief import make_relief
    from fabdesign.training import evaluate_design, joined_ranks, resume, train

    __version__: str

_ROOM_OF = {
    "ConfigError": "errors",
    "Design": "design",
    "FabdesignError": "errors",
    "FileFormatError": "errors",
    "LevelTable": "process",
    "NumericsError": "errors",
    "ProcessLost": "errors",
    "TrainingInterrupted": "errors",
    "check_files": "check",
    "design_from_phase": "design.from_phase",
    "evaluate_design": "training",
    "export_design": "export",
    "joined_ranks": "training",
    "level_table": "process",
    "list_materials": "materials",
    "list_profiles": "process",
    "load_design": "design",
    "load_material": "materials",
    "load_profile": "process",
    "load_project": "config",
    "make_relief": "relief",
    "read_back_stl": "check",
    "resume": "training",
    "save_design": "design",
    "train": "training",
}

__all__ = [
    "ConfigError",
    "Design",
    "FabdesignError",
    "FileFormatError",
    "LevelTable",
    "NumericsError",
    "ProcessLost",
    "TrainingInterrupted",
    "__version__",
    "check_files",
    "design_from_phase",
    "evaluate_design",
    "export_design",
    "joined_ranks",
    "level_table",
    "list_materials",
    "list_profiles",
    "load_design",
    "load_material",
    "load_profile",
    "load_project",
    "make_relief",
    "read_back_stl",
    "resume",
    "save_design",
    "train",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("importlib.metadata").version("fabdesign")
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
