"""The files of meshes, in the container of all fabdesign files: designs, calibrations, checkpoints."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from fabdesign.chip.design import MeshDesign
from fabdesign.chip.physical import FORMAT, parse_mesh_physical
from fabdesign.design.content import hash_arrays, hash_record
from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.formats.container import read_container, write_container

KIND = "mesh"
_VERSION = re.compile(r"(\d{1,6})\.(\d{1,6})\Z")
_ALTERED_HINT = "The file was changed after it was written; fetch it again or make it anew."

Arrays = Mapping[str, NDArray[Any]]


def save_mesh(design: MeshDesign, path: str | os.PathLike[str]) -> None:
    """Write a mesh design in one step; equal designs give equal bytes.

    Raises:
        FileFormatError: the file cannot be written.
    """
    record = {
        "physical": design.physical.to_json(),
        "settings": dict(design.settings),
        "scores": dict(design.scores),
        "provenance": dict(design.provenance),
    }
    save_hashed(path, KIND, design.arrays(), record)


def load_mesh(path: str | os.PathLike[str]) -> MeshDesign:
    """Read a mesh design and check every hash in it.

    Raises:
        FileFormatError: the file is missing, truncated, altered, too new, or not a mesh design.
    """
    file = Path(path)
    arrays, record = load_hashed(file, KIND)
    try:
        return MeshDesign(
            phase_rad=arrays["phase_rad"],
            sign=arrays["sign"],
            active=arrays["active"],
            physical=parse_mesh_physical(record["physical"]),
            settings=dict(record["settings"]),
            scores=dict(record["scores"]),
            provenance=dict(record["provenance"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise FileFormatError(f"{file} is not a complete mesh design: {error!r}.") from error
    except ConfigError as error:
        message = f"{file} is not a valid mesh design: {error.message}"
        raise FileFormatError(message, hint=_ALTERED_HINT) from error


def save_hashed(path: str | os.PathLike[str], kind: str, arrays: Arrays, record: Mapping[str, Any]) -> None:
    """Write arrays and a record with a content hash over arrays and ``physical``, and one over all the rest.

    Args:
        path: the file.
        kind: what it is.
        arrays: by name.
        record: plain JSON with at least ``physical``.

    Raises:
        FileFormatError: the file cannot be written.
    """
    content = hash_arrays(arrays, record["physical"])
    full = {"kind": kind, "format": FORMAT, **record, "content": content}
    write_container(path, arrays, {**full, "hashes": {"record": hash_record(full)}})


def load_hashed(file: Path, kind: str) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Read what `save_hashed` wrote.

    Raises:
        FileFormatError: the file is missing, truncated, altered, too new, or of another kind.
    """
    arrays, record = read_container(file)
    if record.get("kind") != kind:
        raise FileFormatError(
            f"{file} holds a {record.get('kind', 'record of unknown kind')}, not a {kind}.",
            hint=f"Name a file that holds a {kind}.",
        )
    _check_version(record.get("format"), file)
    hashes = record.pop("hashes", None)
    stored = hashes.get("record") if isinstance(hashes, dict) else None
    found = {
        "content": (record.get("content"), hash_arrays(arrays, record.get("physical"))),
        "record": (stored, hash_record(record)),
    }
    for name, (told, computed) in found.items():
        if told != computed:
            raise FileFormatError(
                f"{file} was altered: its {name} hash is {told}, its bytes give {computed}.",
                hint=_ALTERED_HINT,
            )
    return arrays, record


def _check_version(text: object, file: Path) -> None:
    match = _VERSION.match(text) if isinstance(text, str) else None
    if match is None:
        raise FileFormatError(f"{file} names no format version; got {text!r}.")
    major, minor = (int(part) for part in FORMAT.split("."))
    if (int(match[1]), int(match[2])) > (major, minor) or int(match[1]) != major:
        raise FileFormatError(
            f"{file} has format {text}; this release reads {major}.0 to {FORMAT}.",
            hint="Install a newer fabdesign to read it.",
        )
