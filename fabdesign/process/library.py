"""The process profiles that ship with the tool, and those that a user brings as a TOML file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fabdesign.materials.tables import read_table, unknown_name
from fabdesign.process.profile import Profile

_PROFILES = Path(__file__).parent / "profiles"


def load_profile(name_or_path: str | Path) -> Profile:
    """Load a process profile by its name, or from a file of your own.

    Args:
        name_or_path: a built-in name such as ``"2pp-63x-ip-dip"``, or a path that ends in ``.toml``.

    Raises:
        ConfigError: no such name, or a wrong value in the file.
        FileFormatError: the file cannot be read or is no TOML.

    >>> load_profile("2pp-63x-ip-dip").axial.slice_um.value
    0.1
    """
    if str(name_or_path).lower().endswith(".toml"):
        return read_table(Path(name_or_path), Profile)
    return _built_in(_known(str(name_or_path)))


def list_profiles() -> list[Profile]:
    """Return every built-in profile, sorted by name.

    >>> [profile.name for profile in list_profiles()][0]
    '2gl-grayscale'
    """
    return [_built_in(name) for name in _names()]


def profile_text(name: str) -> str:
    """Return the TOML of a built-in profile: a start for a profile of one's own.

    Raises:
        ConfigError: no such name.
    """
    return (_PROFILES / f"{_known(name)}.toml").read_text(encoding="utf-8")


def _known(name: str) -> str:
    plain = name.strip().lower()
    if plain not in _names():
        hint = "Give a built-in name, or the path of a profile of your own that ends in .toml."
        raise unknown_name("process", name, _names(), hint=hint)
    return plain


@cache
def _names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in _PROFILES.glob("*.toml")))


@cache
def _built_in(name: str) -> Profile:
    return read_table(_PROFILES / f"{name}.toml", Profile)
