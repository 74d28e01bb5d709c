"""Reading a TOML data file into a frozen model, with errors that name the file, the key and the need."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from fabdesign.config.messages import did_you_mean, sentences
from fabdesign.errors import ConfigError, FileFormatError

Model = TypeVar("Model", bound=BaseModel)


def read_table(path: Path, model: type[Model]) -> Model:
    """Read one TOML file and check every key of it.

    Args:
        path: the file.
        model: the pydantic model that says what the file may hold.

    Raises:
        FileFormatError: the file is missing, unreadable or no TOML.
        ConfigError: a key is unknown, missing, or has a value that it cannot have.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise FileFormatError(f"{path} must be a readable text file; {error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise FileFormatError(f"{path} must be TOML; {error}.") from error
    try:
        return model.model_validate(table, context={"folder": path.parent})
    except ValidationError as error:
        faults = [f"{path}: {sentence}" for _, sentence in sentences(error, model, table)]
        raise ConfigError("\n".join(faults)) from error


def unknown_name(kind: str, name: str, known: Iterable[str], *, hint: str | None = None) -> ConfigError:
    """Build the error for a name that is not in a library, with the nearest known one.

    >>> unknown_name("material", "ip-dib", ["ip-dip", "air"]).message
    'no material is named "ip-dib"; did you mean "ip-dip"? Known: air, ip-dip.'
    """
    names = sorted(known)
    guess = did_you_mean(name.lower(), names)
    return ConfigError(f'no {kind} is named "{name}"{guess} Known: {", ".join(names)}.', hint=hint)
