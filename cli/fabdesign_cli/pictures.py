"""Writing a picture that a command has drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fabdesign_cli.console import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def write_picture(path: Path, figure: Figure) -> None:
    """Write a figure in the format that its name says, and tell the user.

    Raises:
        ConfigError: the name is not that of a picture.
        FileFormatError: the file cannot be written.
    """
    from fabdesign.formats.atomic import write_bytes_atomic
    from fabdesign.plot import picture_format_of, render

    write_bytes_atomic(path, render(figure, picture_format_of(path)))
    say(f"Drew {path}.")
