"""Numbers of an assembly against limits of the process: refused where they are known, told where assumed."""

from __future__ import annotations

from fabdesign.errors import ConfigError
from fabdesign.process.marked import Marked

_ROUND = 1e-9


def hold(what: str, value: float, limit: Marked | None, unit: str = "um") -> list[str]:
    """Hold a number against a limit.

    Args:
        what: the number in words, beginning a sentence.
        value: the number.
        limit: at most this; None where nobody knows.
        unit: its unit.

    Returns:
        a warning where the number is above an assumed limit, else nothing.

    Raises:
        ConfigError: the number is above a limit that is measured, published or the vendor's.

    >>> hold("The print is tall:", 12.0, Marked(value=10.0, source="assumed"))
    ['The print is tall: 12 um, above 10 um (assumed): have the facility confirm it.']
    """
    if limit is None or value <= limit.value * (1 + _ROUND):
        return []
    told = f"{what} {value:.4g} {unit}, above {limit.value:.4g} {unit} ({limit.source})"
    if limit.mark == "assumed":
        return [f"{told}: have the facility confirm it."]
    raise ConfigError(f"{told}.", hint="Use fewer layers, shorter gaps, wider posts or a smaller aperture.")
