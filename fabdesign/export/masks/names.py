"""Names of cells and libraries that mask software takes, carrying the design's hash."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fabdesign.errors import ConfigError

if TYPE_CHECKING:
    from fabdesign.process import Profile

LEGAL = re.compile(r"[A-Za-z0-9_$?]{1,32}\Z")
FORBIDDEN = ("main",)


def layer_name(content_hash: str, layer: int) -> str:
    """The name of the library and top cell of one optical layer: 24 digits of the hash, and the layer.

    >>> layer_name("0123456789abcdef" * 4, 2)
    'FD_0123456789abcdef01234567_L02'
    """
    return f"FD_{content_hash[:24]}_L{layer:02d}"


def check_name(name: str, profile: Profile | None = None) -> str:
    """Return a name that GDSII and the profile's machine allow.

    Raises:
        ConfigError: the name is too long, holds other characters, or is reserved.

    >>> check_name("FD_0123_L00")
    'FD_0123_L00'
    """
    if not LEGAL.match(name):
        raise ConfigError(
            f"A cell name must be 1 to 32 letters, digits, '_', '$' or '?'; got {name!r}.",
            hint="This is what GDSII and mask software allow.",
        )
    limits = profile.limits if profile is not None else None
    reserved = {*FORBIDDEN, *(limits.forbidden_names if limits else ())}
    if name.lower() in {word.lower() for word in reserved}:
        raise ConfigError(f"A cell must not be called {name!r}: mask software reserves the name.")
    if limits and limits.name_regex and not re.fullmatch(limits.name_regex, name):
        raise ConfigError(f"The profile's machine allows names like {limits.name_regex}; got {name!r}.")
    if limits and limits.max_name_length and len(name) > limits.max_name_length.value:
        longest = int(limits.max_name_length.value)
        raise ConfigError(f"The profile's machine allows names of {longest} characters; got {name!r}.")
    return name
