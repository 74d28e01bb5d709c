"""From a file, a folder or nothing at all to a checked project."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError

from fabdesign.config.messages import Location, dotted, sentences
from fabdesign.config.models import Project
from fabdesign.config.overrides import Override, apply_overrides, parse_override
from fabdesign.errors import ConfigError

CONFIG_NAME = "fabdesign.toml"
"""The name under which a project lies in its folder."""

_PATH_SETTINGS = (
    ("optics", "medium"),
    ("process", "profile"),
    ("process", "material"),
    ("process", "substrate", "material"),
    ("task", "dataset"),
    ("task", "target"),
    ("train", "soft_labels"),
)


@dataclass(frozen=True)
class LoadedProject:
    """A project with where it came from.

    Attributes:
        project: the checked settings.
        text: the file as it was read.
        source: the path of the file, or ``"built-in digits"``.
        overrides: the ``-o`` texts, in order.
    """

    project: Project
    text: str
    source: str
    overrides: tuple[str, ...] = ()


def load_project(path: Path | str | None = None, overrides: Sequence[str] = ()) -> LoadedProject:
    """Read and check a project.

    Args:
        path: a TOML file, or a folder with a ``fabdesign.toml``; without one, the ``fabdesign.toml`` of
            the working folder, or the built-in ``digits`` where there is none.
        overrides: texts ``key.sub=value`` that replace single settings.

    Raises:
        ConfigError: the file is missing, is not TOML, or says what cannot be; all findings are told.

    >>> load_project(None, ["optics.layers=5"]).project.optics.layers
    5
    """
    file = _find(path)
    if file is None:
        return project_from_text(builtin_text("digits"), "built-in digits", overrides=overrides)
    return project_from_text(read_text(file), str(file), folder=file.parent, overrides=overrides)


def project_from_text(
    text: str, source: str, *, folder: Path | None = None, overrides: Sequence[str] = ()
) -> LoadedProject:
    """Check a project given as TOML text.

    Args:
        text: the TOML.
        source: how messages name it.
        folder: where relative paths in it start, which become absolute; without one, the working folder.
        overrides: texts ``key.sub=value``; relative paths in them start at the working folder.

    Raises:
        ConfigError: as for :func:`load_project`.
    """
    parsed = [parse_override(override) for override in overrides]
    raw = _anchored(apply_overrides(_anchored(parse_toml(text, source), folder or Path()), parsed), Path())
    try:
        project = Project.model_validate(raw)
    except ValidationError as error:
        raise _config_error(error, raw, source, parsed) from None
    return LoadedProject(project, text, source, tuple(overrides))


def builtin_text(name: str) -> str:
    """The commented TOML of a built-in project."""
    return (resources.files("fabdesign.config") / "builtin" / f"{name}.toml").read_text(encoding="utf-8")


def resolved_toml(project: Project) -> str:
    """The project as TOML with every setting written out; it loads to an equal project."""
    return tomlkit.dumps(project.model_dump(mode="json", by_alias=True, exclude_none=True))


def _find(path: Path | str | None) -> Path | None:
    if path is None:
        return Path(CONFIG_NAME) if Path(CONFIG_NAME).is_file() else None
    given = Path(path)
    file = given / CONFIG_NAME if given.is_dir() else given
    if not file.is_file():
        raise ConfigError(
            f"there must be a project file at {file}; found none.",
            hint="`fabdesign init NAME` writes a commented one.",
        )
    return file


def read_text(file: Path) -> str:
    """Read a UTF-8 file.

    Raises:
        ConfigError: it cannot be read, or is no UTF-8.
    """
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: must be UTF-8 text; byte {error.start} is not.") from None
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}.") from None


def parse_toml(text: str, source: str) -> dict[str, Any]:
    """Turn TOML text into a plain table.

    Args:
        text: the TOML.
        source: how messages name it.

    Raises:
        ConfigError: it is not TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"{source}: must be valid TOML; {str(error)[:1].lower()}{str(error)[1:]}.",
            hint='Texts and quantities with units stand in quotes: wavelength = "785 nm".',
        ) from None


def _anchored(raw: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The values with relative paths made absolute, so that a run can go on from anywhere."""
    for *tables, key in _PATH_SETTINGS:
        inner: Any = raw
        for table in tables:
            inner = inner.get(table) if isinstance(inner, dict) else None
        value = inner.get(key) if isinstance(inner, dict) else None
        if isinstance(value, str) and _is_path(value):
            inner[key] = str((folder / Path(value).expanduser()).absolute())
    return raw


def _is_path(value: str) -> bool:
    return "/" in value or "\\" in value or Path(value).suffix in {".toml", ".npy", ".npz", ".gz", ".png"}


def _config_error(
    error: ValidationError, raw: dict[str, Any], source: str, overrides: Sequence[Override]
) -> ConfigError:
    lines = [
        f"{_where(location, source, overrides)}: {sentence}"
        for location, sentence in sentences(error, Project, raw)
    ]
    return ConfigError(
        "\n".join(lines), hint="`fabdesign schema` prints every key with its meaning and range."
    )


def _where(location: Location, source: str, overrides: Sequence[Override]) -> str:
    key = dotted(location)
    typed = [item for item in overrides if key and (key + ".").startswith(".".join(item.location) + ".")]
    name = Path(source).name if source.endswith(".toml") else source
    return f"-o {typed[-1].text}" if typed else name
