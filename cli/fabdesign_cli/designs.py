"""Finding the design that a command is about."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fabdesign_cli.console import say

if TYPE_CHECKING:
    from fabdesign.design import Design
    from fabdesign.process import Profile

EXPORTS_DIR = Path("exports")
"""Where exports go, in a folder for each run or design."""


@dataclass(frozen=True)
class OpenDesign:
    """A design with the file it came from."""

    design: Design
    path: Path

    @property
    def title(self) -> str:
        """A name for folders and messages: that of the run, or of the file."""
        from fabdesign.design.runs import is_run

        return self.path.absolute().parent.name if is_run(self.path.parent) else self.path.stem


def open_design(argument: Path | None, runs_dir: Path) -> OpenDesign:
    """Load the design that was named, or that of the latest run, and say which.

    Args:
        argument: a design file, a run folder, or None for the latest run.
        runs_dir: where the run folders lie.
    """
    from fabdesign.design import load_design
    from fabdesign.design.runs import DESIGN_NAME, latest_design

    if argument is None:
        path = latest_design(runs_dir)
        say(f"Using the latest run: {path}")
    else:
        path = argument / DESIGN_NAME if argument.is_dir() else argument
    return OpenDesign(load_design(path), path)


def profile_of(design: Design, process: str | None) -> Profile | None:
    """The process profile that was named, or the design's; none where that was a user's own file."""
    from fabdesign.errors import ConfigError
    from fabdesign.process import load_profile

    if process is not None:
        return load_profile(process)
    try:
        return load_profile(design.physical.process)
    except ConfigError:
        say(f"The process {design.physical.process} is no built-in one; --process can name its file.")
        return None
