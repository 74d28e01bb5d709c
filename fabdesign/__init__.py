"""From an optical task to a print job, with proof that what will be printed still works.

The names below are the public interface. Each is imported when it is first used, so that importing the
package costs nothing and the parts that need no torch never load it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fabdesign.design import Design, load_design, save_design
    from fabdesign.errors import ConfigError, FabdesignError, FileFormatError, NumericsError
    from fabdesign.materials import list_materials, load_material
    from fabdesign.process import LevelTable, level_table, list_profiles, load_profile

    __version__: str

_ROOM_OF = {
    "ConfigError": "errors",
    "Design": "design",
    "FabdesignError": "errors",
    "FileFormatError": "errors",
    "LevelTable": "process",
    "NumericsError": "errors",
    "level_table": "process",
    "list_materials": "materials",
    "list_profiles": "process",
    "load_design": "design",
    "load_material": "materials",
    "load_profile": "process",
    "save_design": "design",
}

__all__ = [
    "ConfigError",
    "Design",
    "FabdesignError",
    "FileFormatError",
    "LevelTable",
    "NumericsError",
    "__version__",
    "level_table",
    "list_materials",
    "list_profiles",
    "load_design",
    "load_material",
    "load_profile",
    "save_design",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("importlib.metadata").version("fabdesign")
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
