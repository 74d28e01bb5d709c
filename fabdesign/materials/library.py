"""The materials that ship with the tool, and those that a user brings as a TOML file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fabdesign.errors import ConfigError
from fabdesign.materials.material import Material
from fabdesign.materials.tables import read_table, unknown_name

_DATA = Path(__file__).parent / "data"
_NO_DATA = frozenset({"ip-s", "ip-l", "ip-g", "ip-visio", "ip-n162", "ip-dip2", "ormocomp", "az-4562"})
_HOW_TO_SUPPLY = (
    "Give a measured index (process.index in the config, --index on the command line) or the path of a TOML "
    "file with the keys name, title, state, mark, source and [dispersion] formula, coefficients, range_um."
)


def load_material(name_or_path: str | Path) -> Material:
    """Load a material by its name, or from a file of your own.

    A file looks like this; ``fabdesign.materials.FORMULAS`` lists the formulas::

        name = "my-resin"
        title = "My resin, 20 mW, 10 mm/s"
        state = "cured, developed, 21 °C"
        mark = "measured"                 # or vendor, literature, assumed
        source = "ellipsometry, 2026-03-01, J. Doe"

        [dispersion]
        formula = "tabulated"
        range_um = [0.5, 0.9]
        coefficients = { wavelength_um = [0.5, 0.7, 0.9], n = [1.52, 1.51, 1.505] }

    Args:
        name_or_path: a built-in name such as ``"ip-dip"``, or a path that ends in ``.toml``.

    Raises:
        ConfigError: no such name, or a wrong value in the file.
        FileFormatError: the file cannot be read or is no TOML.

    >>> load_material("ip-dip").range_um
    (0.4, 1.6)
    """
    if str(name_or_path).lower().endswith(".toml"):
        return read_table(Path(name_or_path), Material)
    name = str(name_or_path).strip().lower()
    path = _DATA / f"{name}.toml"
    if name in _names():
        return _built_in(path)
    if name in _NO_DATA:
        raise ConfigError(
            f"no index of {name} is shipped: no readable source gives one.", hint=_HOW_TO_SUPPLY
        )
    raise unknown_name("material", str(name_or_path), _names(), hint=_HOW_TO_SUPPLY)


def list_materials() -> list[Material]:
    """Return every built-in material, sorted by name.

    >>> [material.name for material in list_materials()][:2]
    ['air', 'epocore']
    """
    return [_built_in(_DATA / f"{name}.toml") for name in _names()]


@cache
def _names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in _DATA.glob("*.toml")))


@cache
def _built_in(path: Path) -> Material:
    return read_table(path, Material)
