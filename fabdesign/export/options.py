"""Options of exporters: known names, known values, and messages that say which."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence

from fabdesign.design import Physical, parse_physical
from fabdesign.errors import ConfigError
from fabdesign.process import Profile, load_profile


def check_known(options: Mapping[str, object], known: Iterable[str]) -> None:
    """Refuse options that a format does not have.

    Raises:
        ConfigError: naming the option, and the one that was probably meant.
    """
    names = list(known)
    for name in options:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Known options: {', '.join(names) or 'none'}."
            raise ConfigError(f"Unknown export option {name!r}.", hint=hint)


def profile_option(options: Mapping[str, object]) -> Profile | None:
    """The value of the option "profile": a process profile, or the name or path of one.

    Raises:
        ConfigError: the value is neither.
    """
    value = options.get("profile")
    if value is None or isinstance(value, Profile):
        return value
    if not isinstance(value, str):
        raise ConfigError(f"Export option 'profile' must be a profile or the name of one; got {value!r}.")
    return load_profile(value)


def physical_option(options: Mapping[str, object]) -> Physical | None:
    """The value of the option "physical": the design's record, as such or as plain values.

    Raises:
        ConfigError: the value is no record.
    """
    value = options.get("physical")
    return value if value is None or isinstance(value, Physical) else parse_physical(value)


def choice(options: Mapping[str, object], name: str, values: Sequence[str]) -> str:
    """The value of an option that takes one of a few words; the first is the default.

    Raises:
        ConfigError: the value is none of them.

    >>> choice({}, "mesh", ("merged", "pixels"))
    'merged'
    """
    value = options.get(name, values[0])
    if not isinstance(value, str) or value not in values:
        raise ConfigError(f"Export option {name!r} must be one of {', '.join(values)}; got {value!r}.")
    return value
