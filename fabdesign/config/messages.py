"""Pydantic's findings turned into sentences about the user's file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

Location = tuple[int | str, ...]

_WRONG_TYPE = {
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "string_type": "must be a text in quotes",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "dict_type": "must be a table",
    "list_type": "must be a list",
}
_PATTERN_MEANING = {
    "name": "must be up to 64 letters, digits, dots, dashes or underscores, a letter or digit first",
    "device": "must be cpu, cuda, cuda:1 (or another number) or mps",
}
_RANGE = {
    "greater_than": ("must be greater than {}", "gt"),
    "greater_than_equal": ("must be at least {}", "ge"),
    "less_than": ("must be less than {}", "lt"),
    "less_than_equal": ("must be at most {}", "le"),
}


def sentences(
    error: ValidationError, model: type[BaseModel], raw: Mapping[str, Any]
) -> list[tuple[Location, str]]:
    """One (location, sentence) for each finding, in the order of the file.

    Args:
        error: what pydantic found.
        model: the model of the whole file, for the names that would have been right.
        raw: the values as the user wrote them.
    """
    found: list[tuple[Location, str]] = []
    for finding in error.errors(include_url=False):
        location = _clean(finding["loc"], raw)
        if finding["type"] == "geometry":
            found += [((), sentence) for sentence in finding["ctx"]["findings"]]
        elif not any(location == earlier for earlier, _ in found):
            found.append((location, _sentence(dict(finding), location, model, raw)))
    return found


def dotted(location: Location) -> str:
    """The key as the user would write it behind ``-o``.

    >>> dotted(("optics", "pitch"))
    'optics.pitch'
    """
    return ".".join(str(part) for part in location)


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """A half sentence with the nearest known name, or nothing.

    >>> did_you_mean("pich", ["pitch", "gap"])
    '; did you mean "pitch"?'
    """
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return f'; did you mean "{near[0]}"?' if near else "."


def as_written(value: object) -> str:
    """A value in the spelling of TOML, cut to a readable length."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "…"


def _sentence(
    finding: dict[str, Any], location: Location, model: type[BaseModel], raw: Mapping[str, Any]
) -> str:
    kind, key = finding["type"], dotted(location) or "the file"
    if kind == "extra_forbidden":
        known = _known_keys(model, location[:-1])
        table = f"in [{dotted(location[:-1])}]" if len(location) > 1 else "at the top"
        return f"unknown key {key}{did_you_mean(str(location[-1]), known)} Known {table}: {', '.join(known)}."
    if kind == "missing":
        return f"{key} is missing: {_description(model, location)}."
    value = _value_at(raw, location)
    if "options" in location[:-1]:
        return f"{key} must be a number, a text or true or false; got {as_written(value)}."
    if kind == "literal_error":
        allowed = _allowed(model, location)
        hint = did_you_mean(value, allowed) if isinstance(value, str) else "."
        return f"{key} must be one of {', '.join(map(as_written, allowed))}; got {as_written(value)}{hint}"
    return f"{key} {_expectation(finding)}; got {as_written(value)}."


def _expectation(finding: dict[str, Any]) -> str:
    kind = finding["type"]
    if kind in _RANGE:
        text, limit = _RANGE[kind]
        return text.format(f"{finding['ctx'][limit]:g}")
    if kind == "string_pattern_mismatch":
        return _PATTERN_MEANING.get(finding["loc"][-1], f"must match {finding['ctx']['pattern']}")
    return _WRONG_TYPE.get(kind) or str(finding["msg"])


def _clean(location: Sequence[int | str], raw: Mapping[str, Any]) -> Location:
    """Drop the parts that pydantic adds for unions and that no user wrote."""
    clean: list[int | str] = []
    value: object = raw
    for part in location:
        if isinstance(value, Mapping):
            clean.append(part)
            value = value.get(str(part))
        elif isinstance(value, list) and isinstance(part, int):
            clean.append(part)
            value = value[part] if part < len(value) else None
        else:
            break
    return tuple(clean)


def _value_at(raw: object, location: Location) -> object:
    for part in location:
        if isinstance(raw, Mapping):
            raw = raw.get(str(part))
        elif isinstance(raw, list) and isinstance(part, int) and part < len(raw):
            raw = raw[part]
    return raw


def _model_at(model: type[BaseModel], location: Location) -> type[BaseModel] | None:
    for part in location:
        if isinstance(part, int):
            continue
        inner = _inner_model(getattr(_fields(model).get(part), "annotation", None))
        if inner is None:
            return None
        model = inner
    return model


def _inner_model(annotation: object) -> type[BaseModel] | None:
    """The model in an annotation such as ``Model``, ``Model | None`` or ``tuple[Model, ...]``."""
    kinds = (annotation, *get_args(annotation))
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _known_keys(model: type[BaseModel], location: Location) -> list[str]:
    inner = _model_at(model, location)
    return sorted(_fields(inner)) if inner else []


def _description(model: type[BaseModel], location: Location) -> str:
    inner = _model_at(model, location[:-1])
    field = _fields(inner).get(str(location[-1])) if inner else None
    return getattr(field, "description", None) or f"a table [{dotted(location)}]"


def _allowed(model: type[BaseModel], location: Location) -> list[str]:
    inner = _model_at(model, location[:-1])
    field = _fields(inner).get(str(location[-1])) if inner else None
    choices = get_args(getattr(field, "annotation", None))
    return [
        str(text) for choice in choices for text in (get_args(choice) or [choice]) if isinstance(text, str)
    ]
