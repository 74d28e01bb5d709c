"""The commented starter that ``fabdesign init`` writes."""

from __future__ import annotations

import re
from pathlib import Path

from fabdesign.config.load import CONFIG_NAME, builtin_text, project_from_text
from fabdesign.errors import ConfigError
from fabdesign.formats.atomic import write_text_atomic, writing


def starter_text(name: str) -> str:
    """The built-in digits project under another name, comments and all.

    Raises:
        ConfigError: the name is not one that a run folder can carry.

    >>> 'name = "lens"' in starter_text("lens")
    True
    """
    project_from_text(builtin_text("digits"), "NAME", overrides=[f'name="{name}"'])
    return re.sub(r'(?m)^name = ".*"$', f'name = "{name}"', builtin_text("digits"), count=1)


def write_starter(folder: Path) -> Path:
    """Write ``fabdesign.toml`` into a folder, which may exist, and return its path.

    Raises:
        ConfigError: there is a project already, or the folder's name is no name for one.
        FileFormatError: the folder is not writable.
    """
    target = folder / CONFIG_NAME
    text = starter_text(folder.absolute().name)
    if target.exists():
        raise ConfigError(f"{target} exists already.", hint="Choose another name; init never overwrites.")
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    write_text_atomic(target, text)
    return target
