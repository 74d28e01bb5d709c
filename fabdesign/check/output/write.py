"""Writing findings to a file in one of the forms that other programs read."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from fabdesign.check.output.lyrdb import lyrdb_text
from fabdesign.check.output.sarif import sarif_text
from fabdesign.check.result import CheckResult
from fabdesign.errors import ConfigError
from fabdesign.formats.atomic import atomic_file

_WRITERS: Mapping[str, Callable[[CheckResult], str]] = {"lyrdb": lyrdb_text, "sarif": sarif_text}

OUTPUT_FORMATS: tuple[str, ...] = tuple(_WRITERS)
"""Names of the forms."""


def write_findings(result: CheckResult, path: str | os.PathLike[str], form: str) -> None:
    """Write the findings of a check; the same findings give the same bytes.

    Args:
        result: what a check found.
        path: the file; an existing one is replaced.
        form: one of `OUTPUT_FORMATS`.

    Raises:
        ConfigError: there is no such form.
        FileFormatError: the file cannot be written.
    """
    if form not in _WRITERS:
        raise ConfigError(f"Findings can be written as {', '.join(_WRITERS)}; got {form!r}.")
    text = _WRITERS[form](result)
    with atomic_file(path, "w") as stream:
        stream.write(text)
