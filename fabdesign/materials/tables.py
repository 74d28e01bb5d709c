"""Reading a TOML data file into a frozen model, with errors that name the file, the key and the need."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

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
        faults = [_sentence(path, model, fault) for fault in error.errors()]
        raise ConfigError("\n".join(faults)) from error


def unknown_name(kind: str, name: str, known: Iterable[str], *, hint: str) -> ConfigError:
    """Build the error for a name that is not in a library, with the nearest known ones.

    >>> unknown_name("material", "ip-dib", ["ip-dip", "air"], hint="").message
    "no material is named 'ip-dib'; did you mean 'ip-dip'? Known: air, ip-dip."
    """
    names = sorted(known)
    near = difflib.get_close_matches(name.lower(), names, n=2, cutoff=0.6)
    guess = f"; did you mean {' or '.join(map(repr, near))}?" if near else "."
    return ConfigError(f"no {kind} is named {name!r}{guess} Known: {', '.join(names)}.", hint=hint or None)


def _sentence(path: Path, model: type[BaseModel], fault: ErrorDetails) -> str:
    where = ".".join(str(part) for part in fault["loc"]) or "the file"
    got = fault["input"]
    shown = f"; got {got!r}" if isinstance(got, (int, float, str, bool)) else ""
    match fault["type"]:
        case "extra_forbidden":
            return f"{path}: {where} is not a known key{_near_key(model, fault['loc'])}."
        case "missing":
            return f"{path}: {where} is missing."
        case _:
            expected = fault["msg"].removeprefix("Value error, ").removeprefix("Input ")
            return f"{path}: {where}: {expected}{shown}."


def _near_key(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    known: list[str] = []
    fields: type[BaseModel] | None = model
    for part in location[:-1]:
        fields = _inner_model(fields, str(part))
    if fields is not None:
        known = [field.alias or name for name, field in fields.model_fields.items()]
    near = difflib.get_close_matches(str(location[-1]), known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(known)}" if known else ""


def _inner_model(model: type[BaseModel] | None, name: str) -> type[BaseModel] | None:
    field = model.model_fields.get(name) if model is not None else None
    if field is None:
        return None
    candidates = [field.annotation, *getattr(field.annotation, "__args__", ())]
    return next((kind for kind in candidates if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
