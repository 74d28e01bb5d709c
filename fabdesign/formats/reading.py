"""Reading files so that a refusal of the operating system is told clearly."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from fabdesign.errors import FileFormatError


@contextlib.contextmanager
def reading(file: Path) -> Iterator[None]:
    """Turn the operating system's refusals to read `file` into a clear error.

    Raises:
        FileFormatError: the file is missing or unreadable.
    """
    try:
        yield
    except FileNotFoundError as missing:
        raise FileFormatError(f"{file} does not exist.", hint="Check the path.") from missing
    except OSError as refused:
        raise FileFormatError(
            f"{file} cannot be read: {refused.strerror}.", hint="Check the path."
        ) from refused
