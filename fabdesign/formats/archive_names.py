"""Names that a ZIP may hold without harm: relative, plain, and different on every file system."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

LONGEST_NAME = 200
_PART = re.compile(r"[A-Za-z0-9_.\[\]()+,=@ -]+\Z")
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
)


def name_fault(name: str) -> str | None:
    """Why a name must not be in an archive; None where it may.

    >>> name_fault("3D/3dmodel.model"), name_fault("../x")
    (None, 'leads out of the folder')
    """
    if not name or len(name) > LONGEST_NAME:
        return "is empty" if not name else f"has more than {LONGEST_NAME} characters"
    if "\\" in name:
        return "holds a backslash"
    if name.startswith("/"):
        return "is absolute"
    if ":" in name:
        return "holds a colon, as a drive letter does"
    return next((fault for part in name.split("/") if (fault := _part_fault(part))), None)


def clashes(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pairs of names, later and earlier, that cannot lie side by side on every file system.

    Two equal names clash, two that differ in their capitals, and a file that is also another's folder.

    >>> list(clashes(["a/b", "A"]))
    [('A', 'a/b')]
    """
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    for name in names:
        key = name.lower()
        parents = [key[:place] for place, letter in enumerate(key) if letter == "/"]
        taken = files.get(key) or folders.get(key) or next((files[up] for up in parents if up in files), None)
        if taken is not None:
            yield name, taken
        files.setdefault(key, name)
        for parent in parents:
            folders.setdefault(parent, name)


def _part_fault(part: str) -> str | None:
    if part in ("", "."):
        return "holds an empty part"
    if part == "..":
        return "leads out of the folder"
    if not _PART.match(part):
        return "holds a character that file names should not have"
    if part.endswith((".", " ")) or part.startswith(" "):
        return "has a part that begins or ends with a space, or ends with a dot"
    if part.partition(".")[0].lower() in _DEVICES:
        return "is the name of a device"
    return None
