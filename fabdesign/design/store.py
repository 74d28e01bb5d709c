"""The design file: one safetensors container whose hashes are checked at every reading."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from fabdesign.design.content import hash_arrays, hash_record
from fabdesign.design.design import Design
from fabdesign.design.migrations import migrate
from fabdesign.design.physical import FORMAT, parse_physical
from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.formats.container import read_container, write_container

KIND = "design"
_ALTERED_HINT = "The file was changed after it was written; fetch it again or export it anew."


def save_design(design: Design, path: str | os.PathLike[str]) -> None:
    """Write a design in one step; equal designs give equal bytes.

    Raises:
        FileFormatError: the file cannot be written.
    """
    record: dict[str, Any] = {
        "kind": KIND,
        "format": FORMAT,
        "physical": design.physical.to_json(),
        "settings": dict(design.settings),
        "scores": dict(design.scores),
        "provenance": dict(design.provenance),
        "content": design.content_hash,
        "hashes": {"scores": hash_record(dict(design.scores))},
    }
    arrays: dict[str, NDArray[Any]] = {
        "levels": design.levels,
        "height_of_level_um": design.height_of_level_um,
    }
    if design.phase is not None:
        arrays["phase"] = design.phase
        record["hashes"]["phase"] = hash_arrays({"phase": design.phase})
    record["hashes"]["record"] = _hash_of_rest(record)
    write_container(path, arrays, record)


def load_design(path: str | os.PathLike[str]) -> Design:
    """Read a design and check every hash in it.

    Raises:
        FileFormatError: the file is missing, truncated, altered, too new, or not a design.
    """
    file = Path(path)
    arrays, record = read_container(file)
    if record.get("kind") != KIND:
        raise FileFormatError(
            f"{file} holds a {record.get('kind', 'record of unknown kind')}, not a design.",
            hint="Name a design.safetensors file; a mesh is checked by the masks exported from it.",
        )
    record = migrate(record, file)
    design = _assemble(arrays, record, file)
    _check_hashes(design, record, file)
    return design


def _assemble(arrays: dict[str, NDArray[Any]], record: dict[str, Any], file: Path) -> Design:
    try:
        return Design(
            levels=arrays["levels"],
            height_of_level_um=arrays["height_of_level_um"],
            physical=parse_physical(record["physical"]),
            settings=dict(record["settings"]),
            scores=dict(record["scores"]),
            provenance=dict(record["provenance"]),
            phase=arrays.get("phase"),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise FileFormatError(f"{file} is not a complete design: {error} is missing or damaged.") from error
    except ConfigError as error:
        raise FileFormatError(f"{file} is not a valid design: {error.message}", hint=_ALTERED_HINT) from error


def _check_hashes(design: Design, record: dict[str, Any], file: Path) -> None:
    hashes = record.get("hashes")
    known = hashes if isinstance(hashes, dict) else {}
    found: dict[str, str] = {
        "content": design.content_hash,
        "scores": hash_record(dict(design.scores)),
        "record": _hash_of_rest(record),
    }
    if design.phase is not None:
        found["phase"] = hash_arrays({"phase": design.phase})
    stored = {**known, "content": record.get("content")}
    for name, value in found.items():
        if stored.get(name) != value:
            raise FileFormatError(
                f"{file} was altered: its {name} hash is {stored.get(name)}, its bytes give {value}.",
                hint=_ALTERED_HINT,
            )


def _hash_of_rest(record: dict[str, Any]) -> str:
    hashes = {name: value for name, value in dict(record.get("hashes") or {}).items() if name != "record"}
    return hash_record({**record, "hashes": hashes})
